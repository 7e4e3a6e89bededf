//! Reviews from a folder laid out like aclImdb: `{train,test}/{neg,pos}/ID_RATING.txt`.

use super::Texts;
use crate::error::{Error, Result};
use crate::interrupt;
use rayon::prelude::*;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

const LAYOUT: &str = "{train,test}/{neg,pos}/ID_RATING.txt, as aclImdb is laid out";

/// What a review thinks of its film: the name of its folder, and its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    Neg,
    Pos,
}

impl Label {
    /// `"neg"` or `"pos"`.
    ///
    /// # Errors
    /// Another word.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "neg" => Ok(Label::Neg),
            "pos" => Ok(Label::Pos),
            _ => Err(Error::unknown(crate::error::ErrorKind::Value, "label", name, &["neg", "pos"])),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Label::Neg => "neg",
            Label::Pos => "pos",
        }
    }

    /// 0 for negative, 1 for positive.
    pub fn class(self) -> i64 {
        match self {
            Label::Neg => 0,
            Label::Pos => 1,
        }
    }
}

/// Reviews with what their files' names say of them; the four lists have the same length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviews {
    pub texts: Texts,
    /// 0 for a negative review, 1 for a positive one.
    pub labels: Vec<i64>,
    /// Stars, 1 to 10.
    pub ratings: Vec<i64>,
    pub ids: Vec<i64>,
    /// How many U+FFFD stand in the texts in place of bytes that were not UTF-8.
    pub replaced: usize,
}

impl Reviews {
    /// Reads the reviews of `folder/split/label`, sorted by their numeric ID; `range` counts in that order, and `None`
    /// takes all. Bytes that are not UTF-8 are kept as U+FFFD and counted.
    ///
    /// # Errors
    /// A folder that is not laid out like aclImdb, a file whose name has no ID and rating or that cannot be read, a
    /// range that is empty or goes beyond the end.
    pub fn read(folder: &Path, split: &str, label: Label, range: Option<Range<usize>>) -> Result<Reviews> {
        let place = locate(folder, split, label)?;
        let mut files = list(&place)?;
        files.sort();
        let range = checked(range, files.len(), &place.display().to_string())?;
        let read: Vec<(String, usize)> = files[range.clone()]
            .par_iter()
            .map(|file| {
                interrupt::check()?;
                let bytes = fs::read(&file.path).map_err(|e| Error::file("read", &file.path, e))?;
                Ok(decode(bytes))
            })
            .collect::<Result<_>>()?;
        let files = &files[range];
        Ok(Reviews {
            labels: vec![label.class(); files.len()],
            ratings: files.iter().map(|f| f.rating).collect(),
            ids: files.iter().map(|f| f.id).collect(),
            replaced: read.iter().map(|(_, replaced)| replaced).sum(),
            texts: Texts(read.into_iter().map(|(text, _)| text).collect()),
        })
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// These reviews, and behind them those of `other`.
    pub fn followed_by(&self, other: &Reviews) -> Reviews {
        let mut all = self.clone();
        all.texts.0.extend_from_slice(&other.texts.0);
        all.labels.extend_from_slice(&other.labels);
        all.ratings.extend_from_slice(&other.ratings);
        all.ids.extend_from_slice(&other.ids);
        all.replaced += other.replaced;
        all
    }
}

/// The part of `0..len` that was asked for.
///
/// # Errors
/// An empty range or one beyond the end; `place` is where the reviews are.
pub(super) fn checked(range: Option<Range<usize>>, len: usize, place: &str) -> Result<Range<usize>> {
    let range = range.unwrap_or(0..len);
    if len == 0 {
        return Err(Error::data(format!("{place} holds no reviews (expected {LAYOUT})")));
    }
    if range.end > len {
        return Err(Error::value(format!(
            "reviews {range:?} of {place}: there are {len}, so the range may end at {len}"
        )));
    }
    if range.is_empty() {
        return Err(Error::value(format!("reviews {range:?} of {place}: the range is empty (there are {len})")));
    }
    Ok(range)
}

/// Ordered by ID first, which is what sorting the list means.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct ReviewFile {
    id: i64,
    rating: i64,
    path: PathBuf,
}

/// `folder/split/label`, if it is a folder; else an error that says at which step the layout ends.
fn locate(folder: &Path, split: &str, label: Label) -> Result<PathBuf> {
    let place = folder.join(split).join(label.name());
    if place.is_dir() {
        return Ok(place);
    }
    let why = if !folder.is_dir() {
        format!("there is no folder {}", folder.display())
    } else if !folder.join(split).is_dir() {
        format!("{} has no folder {split}", folder.display())
    } else {
        format!("{} has no folder {}", folder.join(split).display(), label.name())
    };
    let hint = match folder.join("aclImdb").is_dir() {
        true => format!("; did you mean {}?", folder.join("aclImdb").display()),
        false => String::new(),
    };
    Err(Error::new(crate::error::ErrorKind::File, format!("{why} (expected {LAYOUT}){hint}")))
}

fn list(place: &Path) -> Result<Vec<ReviewFile>> {
    let unreadable = |e| Error::file("list", place, e);
    let mut files = Vec::new();
    for entry in fs::read_dir(place).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue; // .DS_Store and its like come with copying, not with the data.
        }
        let Some((id, rating)) = id_and_rating(&name) else {
            let path = path.display();
            return Err(Error::data(format!("{path}: a review's file is named ID_RATING.txt, the rating 1 to 10")));
        };
        files.push(ReviewFile { id, rating, path });
    }
    Ok(files)
}

/// `"12_9.txt"` → (12, 9).
fn id_and_rating(name: &str) -> Option<(i64, i64)> {
    let (id, rating) = name.strip_suffix(".txt")?.split_once('_')?;
    let (id, rating): (u32, u32) = (id.parse().ok()?, rating.parse().ok()?);
    (1..=10).contains(&rating).then_some((id.into(), rating.into()))
}

/// The text, and how many characters stand in it for bytes that were not UTF-8.
fn decode(bytes: Vec<u8>) -> (String, usize) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, 0),
        Err(e) => {
            let bytes = e.as_bytes();
            let replaced = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
            (String::from_utf8_lossy(bytes).into_owned(), replaced)
        }
    }
}
