//! Rows as they come out of a file, and what the options make of them.

use super::{Encoding, Missing, Row, TableOptions, at, shortened};
use crate::error::Result;
use crate::ml::data::labels::{canonical, number};
use std::collections::BTreeMap;
use std::path::Path;

/// What a row of a file holds.
pub(in crate::ml::data) struct Cells {
    pub line: u64,
    /// `None` where the file has none, or null.
    pub text: Option<String>,
    pub label: Option<String>,
    pub replaced: usize,
}

/// What other programs write where there is no value (pandas' `na_values`).
const NO_VALUE: [&str; 10] = ["nan", "NaN", "NAN", "null", "NULL", "None", "<NA>", "#N/A", "N/A", "NA"];

/// The rows of a table so far.
pub(in crate::ml::data) struct Collected<'a> {
    path: &'a Path,
    options: &'a TableOptions,
    /// Labels that are classes, whatever they look like.
    classes: &'a [String],
    pub rows: Vec<Row>,
    /// Without a label or a text: how many, and the line of the first.
    skipped: (usize, u64),
    /// Labels that stand for none, in small letters, with the line of the first.
    none: BTreeMap<String, u64>,
    /// By a label that is mapped to nothing.
    left_out: BTreeMap<String, usize>,
}

impl<'a> Collected<'a> {
    pub fn new(path: &'a Path, options: &'a TableOptions, classes: &'a [String]) -> Self {
        Collected {
            path,
            options,
            classes,
            rows: Vec::new(),
            skipped: (0, 0),
            none: BTreeMap::new(),
            left_out: BTreeMap::new(),
        }
    }

    /// # Errors
    /// No label, or one that stands for none, unless such rows are to be left out.
    pub fn add(&mut self, cells: Cells) -> Result<()> {
        let Cells { line, text, label, replaced } = cells;
        let label = label.map(|label| label.trim().to_string()).unwrap_or_default();
        // What a decoder has put there for bytes that are none of its encoding.
        let lost = || text.as_deref().map_or(0, |text| text.matches('\u{fffd}').count());
        let replaced = if self.options.encoding == Encoding::Utf8 { replaced } else { lost() };
        let mapped = self.mapped(&label);
        let is_none = mapped.is_none() && (label.is_empty() || self.stands_for_none(&label));
        let no_text = text.as_deref().is_none_or(|text| text.trim().is_empty());
        if self.options.missing == Missing::Skip && (is_none || no_text) {
            if is_none && !label.is_empty() {
                self.none.entry(label.to_lowercase()).or_insert(line);
            }
            self.skip(line);
            return Ok(());
        }
        if is_none {
            let (column, skip) = (&self.options.label, "`missing: \"skip\"` leaves such rows out");
            let why = match label.as_str() {
                "" => format!("the column `{column}` is empty, expected a label ({skip})"),
                label => format!(
                    "the label `{label}` stands for none ({skip}; a class of this name is named in class_names)"
                ),
            };
            return Err(at(self.path, line, why));
        }
        let Some(text) = text else {
            let texts = self.options.texts();
            return Err(at(
                self.path,
                line,
                format!("{texts} is null, expected a text (`missing: \"skip\"` leaves such rows out)"),
            ));
        };
        match mapped {
            Some(None) => *self.left_out.entry(label).or_default() += 1,
            Some(Some(class)) => self.rows.push(Row { line, text, label: class, replaced }),
            None => self.rows.push(Row { line, text, label, replaced }),
        }
        Ok(())
    }

    /// A line that says the names of the columns once more, as files do that were put together of several.
    ///
    /// # Errors
    /// Unless such rows are to be left out.
    pub fn add_header(&mut self, line: u64) -> Result<()> {
        if self.options.missing == Missing::Skip {
            self.skip(line);
            return Ok(());
        }
        Err(at(
            self.path,
            line,
            "the names of the columns once more, expected a row (`missing: \"skip\"` leaves such lines out)",
        ))
    }

    fn skip(&mut self, line: u64) {
        if self.skipped.0 == 0 {
            self.skipped.1 = line;
        }
        self.skipped.0 += 1;
    }

    /// The class of a label in the map, which may write numbers in another way.
    fn mapped(&self, label: &str) -> Option<Option<String>> {
        let map = &self.options.label_map;
        if map.is_empty() {
            return None;
        }
        let value = number(label);
        let same = |key: &&String| value.is_finite() && number(key) == value;
        map.get(label).or_else(|| map.iter().find(|(key, _)| same(key)).map(|(_, class)| class)).cloned()
    }

    fn stands_for_none(&self, label: &str) -> bool {
        NO_VALUE.contains(&label) && !self.classes.iter().any(|class| class == label)
    }

    /// The rows, and what is to be said of those that are not among them.
    ///
    /// # Errors
    /// Rows that were left out, as `None` stands for none, where `none` is a class.
    pub fn done(self) -> Result<(Vec<Row>, Vec<String>)> {
        if !self.none.is_empty()
            && let Some(row) = self.rows.iter().find(|row| self.none.contains_key(&row.label.to_lowercase()))
        {
            let (label, line) = (&row.label, self.none[&row.label.to_lowercase()]);
            let why = format!(
                "the label stands for none, and `{label}` (line {}) is a class: label_map says what both are",
                row.line
            );
            return Err(at(self.path, line, why));
        }
        let rows = |count: usize| format!("{count} {}", if count == 1 { "row" } else { "rows" });
        let mut notes = Vec::new();
        if let (count @ 1.., line) = self.skipped {
            notes.push(format!("{} without a label or a text left out (the first in line {line})", rows(count)));
        }
        for (label, count) in &self.left_out {
            notes.push(format!("{} with the label `{}` left out, as label_map says", rows(*count), shortened(label)));
        }
        let is_numeric = |key: &String| number(key).is_finite();
        let unused = self.options.label_map.keys().filter(|key| {
            let class = self.options.label_map[*key].as_ref();
            let left = self.left_out.keys().any(|label| canonical(label, true) == canonical(key, is_numeric(key)));
            !left && class.is_none_or(|class| !self.rows.iter().any(|row| row.label == *class))
        });
        let unused: Vec<String> = unused.map(|key| format!("`{}`", shortened(key))).collect();
        if !unused.is_empty() {
            notes.push(format!("label_map names {}, which no row has", unused.join(", ")));
        }
        Ok((self.rows, notes))
    }
}
