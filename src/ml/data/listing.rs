//! The reviews of one split in their order, listed but not yet read: by the IDs in the files' names, never by the order in
//! which a folder happens to list them.

use super::{Label, Reviews, Texts};
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const LAYOUT: &str = "{train,test}/{neg,pos}/ID_RATING.txt, as aclImdb is laid out";

/// What a folder's own files are that come with copying, not with the data.
const LITTER: [&str; 2] = ["Thumbs.db", "desktop.ini"];

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

/// The files of `folder/split/label`, sorted by ID.
///
/// # Errors
/// A folder that is not there, or holds none or others; a file whose name has no ID and rating.
pub(super) fn files(folder: &Path, split: &str, label: Label) -> Result<Vec<Entry>> {
    let place = locate(folder, split, label)?;
    let mut entries = Vec::new();
    for name in access::list(&place)? {
        let path = place.join(&name);
        let name = name.to_string_lossy().into_owned();
        if name.starts_with('.') || LITTER.contains(&name.as_str()) {
            continue;
        }
        let Some((id, rating)) = id_and_rating(&name) else {
            let path = path.display();
            return Err(Error::data(format!("{path}: a review's file is named ID_RATING.txt, the rating 1 to 10")));
        };
        let name = format!("{split}/{}/{name}", label.name());
        let (group, class) = (label.class() as usize, label.class());
        entries.push(Entry { group, class, rating, id, name, body: Body::File(path) });
    }
    if entries.is_empty() {
        return Err(Error::data(format!("{} holds no reviews (expected {LAYOUT})", place.display())));
    }
    // Two files of one ID would make the order the folder's: the rating and the name settle it.
    entries.sort_by(|a, b| (a.id, a.rating, &a.name).cmp(&(b.id, b.rating, &b.name)));
    Ok(entries)
}

/// The negative reviews of a split and then the positive ones, each by ID.
///
/// # Errors
/// As [`files`].
pub(super) fn folder(folder: &Path, split: &str) -> Result<Listing> {
    let mut entries = files(folder, split, Label::Neg)?;
    entries.extend(files(folder, split, Label::Pos)?);
    let place = folder.join(split).display().to_string();
    Ok(Listing { place, groups: [Label::Neg, Label::Pos].map(|l| l.name().to_string()).to_vec(), entries })
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

/// `folder/split/label`, if it is a folder; else an error that says at which step the layout ends.
fn locate(folder: &Path, split: &str, label: Label) -> Result<PathBuf> {
    let place = folder.join(split).join(label.name());
    if access::is_dir(&place) {
        return Ok(place);
    }
    let why = if !access::is_dir(folder) {
        format!("there is no folder {}", folder.display())
    } else if !access::is_dir(&folder.join(split)) {
        format!("{} has no folder {split}", folder.display())
    } else {
        format!("{} has no folder {}", folder.join(split).display(), label.name())
    };
    let hint = match access::is_dir(&folder.join("aclImdb")) {
        true => format!("; did you mean {}?", folder.join("aclImdb").display()),
        false => String::new(),
    };
    Err(Error::new(ErrorKind::File, format!("{why} (expected {LAYOUT}){hint}")))
}

/// `"12_9.txt"` → (12, 9).
fn id_and_rating(name: &str) -> Option<(i64, i64)> {
    let (id, rating) = name.strip_suffix(".txt")?.split_once('_')?;
    let (id, rating): (u32, u32) = (id.parse().ok()?, rating.parse().ok()?);
    (1..=10).contains(&rating).then_some((id.into(), rating.into()))
}

/// The text, and how many characters stand in it for bytes that were not UTF-8.
pub(super) fn decode(bytes: Vec<u8>) -> (String, usize) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, 0),
        Err(e) => {
            let bytes = e.as_bytes();
            let replaced = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
            (String::from_utf8_lossy(bytes).into_owned(), replaced)
        }
    }
}
