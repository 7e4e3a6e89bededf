//! The reviews of one split in their order, listed but not yet read.

use super::utf8::decode;
use super::{Reviews, Texts};
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
    pub entries: Vec<Entry>,
}

/// One review that has not been read.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its number in [`Listing::groups`].
    pub group: usize,
    pub class: i64,
    pub rating: i64,
    pub id: i64,
    pub name: String,
    pub body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    File(PathBuf),
    /// A text that is at hand, and how many of its characters were not UTF-8.
    Text(Arc<str>, usize),
}

/// Reads the given reviews, on all cores.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn read(entries: &[&Entry]) -> Result<Reviews> {
    let read: Vec<(Arc<str>, usize)> = entries
        .par_iter()
        .map(|entry| match &entry.body {
            Body::Text(text, replaced) => Ok((text.clone(), *replaced)),
            Body::File(path) => {
                interrupt::check()?;
                let (text, replaced) = decode(access::read(path)?);
                Ok((text.into(), replaced))
            }
        })
        .collect::<Result<_>>()?;
    Ok(Reviews {
        labels: entries.iter().map(|e| e.class).collect(),
        ratings: entries.iter().map(|e| e.rating).collect(),
        ids: entries.iter().map(|e| e.id).collect(),
        names: entries.iter().map(|e| e.name.clone()).collect(),
        replaced: read.iter().map(|(_, replaced)| replaced).sum(),
        texts: Texts::new(read.into_iter().map(|(text, _)| text)),
    })
}
