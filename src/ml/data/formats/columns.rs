//! Which of the columns of a file hold the texts and the labels.

use crate::error::{Error, Result, did_you_mean};
use crate::ml::data::table::{Column, TableOptions, shortened};
use std::path::Path;

/// Their places among the names, from 0.
#[derive(Debug)]
pub(super) struct Chosen {
    pub texts: Vec<usize>,
    /// None where labels are not read.
    pub label: Option<usize>,
}

/// The columns of a file in their order.
pub(super) struct Columns<'c> {
    /// For messages.
    pub path: &'c Path,
    pub names: &'c [String],
    /// Whether these are names; else what stands in their place, and columns are told by number.
    pub are_named: bool,
    /// What to do where a name that an option says is none of them; the option, and whether one of them is near to it.
    pub advice: &'c dyn Fn(&str, bool) -> String,
}

impl Columns<'_> {
    /// Where the columns are that are asked for, by their names (of a field of a field `review.text`) or numbers; several texts may be a list,
    /// `title,body`.
    ///
    /// # Errors
    /// A column that is not there, or twice.
    pub fn chosen(&self, options: &TableOptions) -> Result<Chosen> {
        let mut texts = Vec::new();
        for column in &options.text {
            match column {
                Column::Name(list) if list.contains(',') && !(self.are_named && self.names.contains(list)) => {
                    for one in Column::listed(list) {
                        texts.push(self.place(&one, "text_column", options)?);
                    }
                }
                _ => texts.push(self.place(column, "text_column", options)?),
            }
        }
        let label = options.label.as_ref().map(|label| self.place(label, "label_column", options)).transpose()?;
        Ok(Chosen { texts, label })
    }

    fn place(&self, column: &Column, option: &str, options: &TableOptions) -> Result<usize> {
        let (file, width) = (self.path.display(), self.names.len());
        let by_place = |place: usize| match place {
            0 => Err(Error::value(format!("{option} is 0: columns are counted from 1"))),
            _ if place > width => Err(Error::data(format!("{file} has {width} columns, and {option} is {place}"))),
            _ => Ok(place - 1),
        };
        let name = match (column, column.place()) {
            (Column::Place(place), _) => return by_place(*place),
            // Who says that there is no header counts columns, as text on a command line too.
            (Column::Name(_), Some(place)) if !options.header => return by_place(place),
            (Column::Name(name), _) => name,
        };
        if !self.are_named {
            let message =
                format!("{option} is `{name}`, but without a header columns are told by their number, from 1");
            return Err(Error::value(message));
        }
        let mut found = self.names.iter().enumerate().filter(|(_, n)| *n == name).map(|(i, _)| i);
        match (found.next(), found.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => Err(Error::data(format!("{file} has two columns `{name}`, expected one"))),
            (None, _) => {
                let known: Vec<&str> = self.names.iter().map(String::as_str).collect();
                let nearest = did_you_mean(name, &known);
                let advice = (self.advice)(option, !nearest.is_empty());
                Err(Error::data(format!("{file} has no column `{name}`{nearest} ({advice})")))
            }
        }
    }
}

/// The columns of a file that names them all, where they are asked for.
///
/// # Errors
/// As [`Columns::chosen`].
pub(super) fn chosen(path: &Path, names: &[String], options: &TableOptions) -> Result<Chosen> {
    let advice = |option: &str, _| format!("it has {}; {option}: \"NAME\" says which it is", listed(names));
    Columns { path, names, are_named: true, advice: &advice }.chosen(options)
}

/// The first of many names.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let first: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{}`", shortened(name))).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
