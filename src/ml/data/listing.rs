//! The reviews of one split in their order, listed but not yet read.

use super::stored::{ByRow, Each, Stored};
use super::table::Table;
use super::utf8::decode;
use super::{Reviews, Texts, sign::sign};
use crate::access;
use crate::error::Result;
use crate::interrupt;
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Listing {
    /// Where the reviews are, for messages: `aclImdb/test`, `mine.csv`.
    pub place: String,
    /// What slices may name: `neg` and `pos`, or the classes of a table.
    pub groups: Vec<String>,
    /// Of each review its number in [`Self::groups`].
    pub group: Vec<u32>,
    pub bodies: Bodies,
}

#[derive(Debug)]
pub(super) enum Bodies {
    Files(Vec<Entry>),
    /// Some rows of each of some tables, whose class is their group.
    Rows(Vec<(Arc<Rows>, Vec<u32>)>),
}

/// One review that has not been read.
#[derive(Debug)]
pub(super) struct Entry {
    pub class: i64,
    pub rating: i64,
    pub id: i64,
    pub name: String,
    pub body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    File(PathBuf),
    /// A text that is at hand.
    Text(Arc<str>),
}

/// A table, and the name of its file.
#[derive(Debug)]
pub(super) struct Rows {
    pub file: String,
    pub table: Table,
}

/// Reviews that were read, and what is known of their texts.
#[derive(Debug, Default)]
pub(super) struct ReadSet {
    pub reviews: Reviews,
    /// By which texts are known to be the same; 0 for one of white space alone.
    pub signs: Vec<u64>,
    /// How many texts of a table have delimiters and line breaks in one quoted field.
    pub spanning: usize,
    /// The first review with characters that stand for bytes which were none.
    pub first_replaced: Option<usize>,
}

impl Listing {
    pub fn len(&self) -> usize {
        self.group.len()
    }

    /// The class of a review of this listing.
    pub fn class(&self, row: u32) -> i64 {
        match &self.bodies {
            Bodies::Files(entries) => entries[row as usize].class,
            Bodies::Rows(..) => self.group[row as usize].into(),
        }
    }

    pub fn name(&self, row: u32) -> String {
        match &self.bodies {
            Bodies::Files(entries) => entries[row as usize].name.clone(),
            Bodies::Rows(tables) => {
                let (table, row) = of_tables(tables, row);
                tables[table].0.name(row)
            }
        }
    }

    /// Reads some of its reviews: those in files of their own on all cores.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(&self, chosen: &[u32]) -> Result<ReadSet> {
        match &self.bodies {
            Bodies::Files(entries) => read_files(&chosen.iter().map(|row| &entries[*row as usize]).collect::<Vec<_>>()),
            Bodies::Rows(tables) => {
                let mut all = ReadSet::default();
                let mut left = chosen;
                while let Some(first) = left.first() {
                    let (table, _) = of_tables(tables, *first);
                    let run = left.iter().take_while(|row| of_tables(tables, **row).0 == table).count();
                    let rows: Arc<[u32]> = left[..run].iter().map(|row| of_tables(tables, *row).1).collect();
                    let labels = left[..run].iter().map(|row| self.class(*row)).collect();
                    all = all.followed_by(tables[table].0.read(&rows, labels))?;
                    left = &left[run..];
                }
                Ok(all)
            }
        }
    }
}

/// Which of the tables has a row of the listing, and which of the table's rows it is.
fn of_tables(tables: &[(Arc<Rows>, Vec<u32>)], row: u32) -> (usize, u32) {
    let mut row = row as usize;
    for (table, (_, rows)) in tables.iter().enumerate() {
        match rows.get(row) {
            Some(row) => return (table, *row),
            None => row -= rows.len(),
        }
    }
    (0, 0)
}

impl Rows {
    fn name(&self, row: u32) -> String {
        format!("{}:{}", self.file, self.table.rows.lines[row as usize])
    }

    fn read(self: &Arc<Self>, rows: &Arc<[u32]>, labels: Vec<i64>) -> ReadSet {
        let columns = &self.table.rows;
        // Few rows have some: they stand in the order of the rows.
        let replaced = |row: u32| {
            let found = columns.replaced.binary_search_by_key(&row, |(row, _)| *row);
            found.map_or(0, |at| columns.replaced[at].1 as usize)
        };
        let some = !columns.replaced.is_empty();
        let counts = || rows.iter().map(|row| replaced(*row));
        let reviews = Reviews {
            labels,
            ratings: vec![0; rows.len()],
            ids: rows.iter().map(|row| columns.lines[*row as usize].into()).collect(),
            names: Texts::of(Stored::Rows(Arc::new(Names(self.clone())), rows.clone())),
            texts: Texts::of(Stored::Rows(self.table.texts.clone(), rows.clone())),
            replaced: if some { counts().sum() } else { 0 },
        };
        ReadSet {
            reviews,
            signs: rows.iter().map(|row| columns.signs[*row as usize]).collect(),
            spanning: match columns.spanning.is_empty() {
                true => 0,
                false => rows.iter().filter(|row| columns.spanning.binary_search(row).is_ok()).count(),
            },
            first_replaced: if some { counts().position(|count| count > 0) } else { None },
        }
    }
}

/// What a table's rows are called: `mine.csv:17`.
#[derive(Debug)]
struct Names(Arc<Rows>);

impl ByRow for Names {
    fn read(&self, rows: &[u32], each: &mut Each) -> Result<()> {
        rows.iter().try_for_each(|row| each(self.0.name(*row).into()))
    }

    fn bytes(&self) -> usize {
        size_of_val(self.0.table.rows.lines.as_slice())
    }

    fn unheld(&self, _: usize) -> u64 {
        0
    }
}

fn read_files(entries: &[&Entry]) -> Result<ReadSet> {
    let read: Vec<(Arc<str>, usize, u64)> = entries
        .par_iter()
        .map(|entry| match &entry.body {
            Body::Text(text) => Ok((text.clone(), 0, sign(text))),
            Body::File(path) => {
                interrupt::check()?;
                let bytes = access::read(path)?;
                let (text, replaced) = decode(&bytes);
                let sign = sign(&text);
                Ok((text.into(), replaced, sign))
            }
        })
        .collect::<Result<_>>()?;
    let reviews = Reviews {
        labels: entries.iter().map(|e| e.class).collect(),
        ratings: entries.iter().map(|e| e.rating).collect(),
        ids: entries.iter().map(|e| e.id).collect(),
        names: Texts::new(entries.iter().map(|e| e.name.as_str())),
        replaced: read.iter().map(|(_, replaced, _)| replaced).sum(),
        texts: Texts::new(read.iter().map(|(text, ..)| text.clone())),
    };
    Ok(ReadSet {
        reviews,
        signs: read.iter().map(|(.., sign)| *sign).collect(),
        spanning: 0,
        first_replaced: read.iter().position(|(_, replaced, _)| *replaced > 0),
    })
}

impl ReadSet {
    pub fn len(&self) -> usize {
        self.signs.len()
    }

    /// What a review is called.
    ///
    /// # Errors
    /// None that can be met: names stand in memory.
    pub fn name(&self, review: usize) -> Result<String> {
        Ok(self.reviews.names.get(review)?.unwrap_or_default().into_owned())
    }

    /// These reviews, and behind them others.
    ///
    /// # Errors
    /// None that can be met: neither is cleaned.
    pub fn followed_by(mut self, other: ReadSet) -> Result<ReadSet> {
        if self.len() == 0 {
            return Ok(other);
        }
        let behind = || other.first_replaced.map(|at| self.len() + at);
        let first_replaced = self.first_replaced.or_else(behind);
        let reviews = self.reviews.followed_by(&other.reviews)?;
        self.signs.extend(other.signs);
        Ok(ReadSet { reviews, signs: self.signs, spanning: self.spanning + other.spanning, first_replaced })
    }
}
