//! Rows as they come out of a file, and what the options make of them.

use super::kept::Kept;
use super::part::Seen;
use super::{Cells, Columns, Missing, Part, TableOptions, at, shortened};
use crate::error::Result;
use crate::ml::data::WordList;
use crate::ml::data::labels::{canonical, number};
use std::collections::BTreeMap;
use std::path::Path;

/// What other programs write where there is no value (pandas' `na_values`).
const NO_VALUE: [&str; 10] = ["nan", "NaN", "NAN", "null", "NULL", "None", "<NA>", "#N/A", "N/A", "NA"];

/// The rows of a table so far.
pub(in crate::ml::data) struct Collected<'a> {
    path: &'a Path,
    options: &'a TableOptions,
    /// Labels that are classes, whatever they look like.
    classes: &'a [String],
    rows: Columns,
    /// Where each row begins in the file; of rows whose texts are kept, none.
    places: Vec<u64>,
    kept: Kept,
    /// The labels as the file has them, and what becomes of each.
    labels: WordList,
    verdicts: Vec<Verdict>,
    /// Without a label or a text: how many, and the line of the first.
    skipped: (usize, u64),
    /// Labels that stand for none, in small letters, with the line of the first.
    none: BTreeMap<String, u64>,
    /// By a label that is mapped to nothing.
    left_out: BTreeMap<String, usize>,
    comments: (usize, u64),
}

/// What becomes of the rows with a label.
#[derive(Clone, Copy)]
enum Verdict {
    /// A number in [`Columns::names`]; of a label no row has had, `None`.
    Class(Option<u32>),
    LeftOut,
    NoLabel,
}

/// What was collected.
pub(in crate::ml::data) struct Done {
    pub rows: Columns,
    /// Where each row begins in the file; of rows whose texts are kept, none.
    pub places: Vec<u64>,
    pub kept: Kept,
    /// What is to be said, of rows that are not among these too.
    pub notes: Vec<String>,
}

impl<'a> Collected<'a> {
    pub fn new(path: &'a Path, options: &'a TableOptions, classes: &'a [String]) -> Self {
        Collected {
            path,
            options,
            classes,
            rows: Columns::default(),
            places: Vec::new(),
            kept: Kept::default(),
            labels: WordList::default(),
            verdicts: Vec::new(),
            skipped: (0, 0),
            none: BTreeMap::new(),
            left_out: BTreeMap::new(),
            comments: (0, 0),
        }
    }

    /// What the columns are called that it takes: of texts, and of labels.
    pub fn columns(&self) -> (String, Option<String>) {
        (self.options.texts(), self.options.label.as_ref().map(ToString::to_string))
    }

    /// Adds rows with their texts, or rows whose texts are read of the file again.
    ///
    /// # Errors
    /// As [`Self::add`], and what ended the part.
    pub fn add_part(&mut self, part: Part) -> Result<()> {
        if self.comments.0 == 0 {
            self.comments.1 = part.comments.1;
        }
        self.comments.0 += part.comments.0;
        let labels: Vec<u32> = part.labels.iter().map(|label| self.known(label)).collect();
        for (index, row) in part.rows.into_iter().enumerate() {
            if row.is_header {
                self.add_header(row.line)?;
            } else if self.takes(&row, row.label.map(|label| labels[label as usize]))? {
                match part.texts.is_empty() {
                    true => self.places.push(row.place),
                    false => self.kept.add(part.texts.text(index)),
                }
                if row.spans {
                    self.rows.spanning.push(self.rows.len() as u32 - 1);
                }
            }
        }
        part.error.map_or(Ok(()), Err)
    }

    /// Adds a row, and keeps its text.
    ///
    /// # Errors
    /// No label, or one that stands for none, or no text, unless such rows are to be left out; more rows than there can be.
    pub fn add(&mut self, cells: Cells) -> Result<()> {
        let label = cells.label.as_deref().map(|label| self.known(label.trim()));
        if self.takes(&Seen::new(0, &cells, None, self.options), label)? {
            self.kept.add(cells.text.as_deref().unwrap_or_default());
        }
        Ok(())
    }

    /// Adds what is known of a row, unless it is to be left out.
    fn takes(&mut self, row: &Seen, label: Option<u32>) -> Result<bool> {
        let Some(column) = &self.options.label else {
            let (class, sign) = (self.rows.names.add(""), row.sign.unwrap_or_default());
            self.rows.push(row.line, class, sign, row.replaced).map_err(|why| at(self.path, row.line, why))?;
            return Ok(true);
        };
        let verdict = label.map_or(Verdict::NoLabel, |label| self.verdicts[label as usize]);
        let is_none = matches!(verdict, Verdict::NoLabel);
        let shown = || label.and_then(|label| self.labels.word(label as usize)).unwrap_or_default();
        if self.options.missing == Missing::Skip && (is_none || row.sign.is_none_or(|sign| sign == 0)) {
            if is_none && !shown().is_empty() {
                let label = shown().to_lowercase();
                self.none.entry(label).or_insert(row.line);
            }
            self.skip(row.line);
            return Ok(false);
        }
        if is_none {
            let skip = "`missing: \"skip\"` leaves such rows out";
            let why = match shown() {
                "" => format!("the column `{column}` is empty, expected a label ({skip})"),
                label => format!(
                    "the label `{label}` stands for none ({skip}; a class of this name is named in class_names)"
                ),
            };
            return Err(at(self.path, row.line, why));
        }
        let Some(sign) = row.sign else {
            let texts = self.options.texts();
            let why = format!("{texts} is null, expected a text (`missing: \"skip\"` leaves such rows out)");
            return Err(at(self.path, row.line, why));
        };
        let class = match verdict {
            Verdict::LeftOut | Verdict::NoLabel => {
                let label = shown().to_string();
                *self.left_out.entry(label).or_default() += 1;
                return Ok(false);
            }
            Verdict::Class(Some(class)) => class,
            Verdict::Class(None) => self.class(label.unwrap_or_default()),
        };
        self.rows.push(row.line, class, sign, row.replaced).map_err(|why| at(self.path, row.line, why))?;
        Ok(true)
    }

    /// The number of a label as the file has it.
    fn known(&mut self, label: &str) -> u32 {
        let number = self.labels.add(label);
        if number as usize == self.verdicts.len() {
            let verdict = match self.mapped(label) {
                Some(None) => Verdict::LeftOut,
                None if label.is_empty() || self.stands_for_none(label) => Verdict::NoLabel,
                _ => Verdict::Class(None),
            };
            self.verdicts.push(verdict);
        }
        number
    }

    /// The number of what a label is called as a class, now that a row has it.
    fn class(&mut self, label: u32) -> u32 {
        let name = self.labels.word(label as usize).unwrap_or_default();
        let class = match self.mapped(name) {
            Some(Some(mapped)) => self.rows.names.add(&mapped),
            _ => self.rows.names.add(name),
        };
        self.verdicts[label as usize] = Verdict::Class(Some(class));
        class
    }

    /// A line that says the names of the columns once more, as files do that were put together of several.
    ///
    /// # Errors
    /// Unless such rows are to be left out.
    fn add_header(&mut self, line: u64) -> Result<()> {
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

    /// The rows, and what is to be said.
    ///
    /// # Errors
    /// Rows that were left out, as `None` stands for none, where `none` is a class.
    pub fn done(self) -> Result<Done> {
        let names = || self.rows.names.iter().zip(0..);
        if let Some((label, class)) = names().find(|(name, _)| self.none.contains_key(&name.to_lowercase())) {
            let (line, other) = (self.none[&label.to_lowercase()], self.rows.first_line(class));
            let why = format!(
                "the label stands for none, and `{label}` (line {other}) is a class: label_map says what both are"
            );
            return Err(at(self.path, line, why));
        }
        let rows = |count: usize| format!("{count} {}", if count == 1 { "row" } else { "rows" });
        let mut notes = Vec::new();
        if let ((count @ 1.., line), Some(sign)) = (self.comments, self.options.comment) {
            let (what, sign) = (if count == 1 { "line begins" } else { "lines begin" }, char::from(sign));
            notes.push(format!("{count} {what} with `{sign}` (the first is line {line}): comments, no rows"));
        }
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
            !left && class.is_none_or(|class| self.rows.names.number(class).is_none())
        });
        let unused: Vec<String> = unused.map(|key| format!("`{}`", shortened(key))).collect();
        if !unused.is_empty() {
            notes.push(format!("label_map names {}, which no row has", unused.join(", ")));
        }
        Ok(Done { rows: self.rows, places: self.places, kept: self.kept, notes })
    }
}
