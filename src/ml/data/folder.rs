//! Reviews in a folder that is laid out like aclImdb: in the order of the IDs in the files' names, never in that in which a
//! folder happens to list them.

use super::listing::{Bodies, Body, Entry, Listing};
use super::reviews::checked;
use super::{Label, Reviews};
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use std::ops::Range;
use std::path::{Path, PathBuf};

const LAYOUT: &str = "{train,test}/{neg,pos}/ID_RATING.txt, as aclImdb is laid out";

/// What a folder's own files are that come with copying, not with the data.
const LITTER: [&str; 2] = ["Thumbs.db", "desktop.ini"];

impl Reviews {
    /// Reads the reviews of `folder/split/label`, sorted by their numeric ID; `range` counts in that order, and `None`
    /// takes all. Bytes that are not UTF-8 are kept as U+FFFD and counted.
    ///
    /// # Errors
    /// A folder that is not laid out like aclImdb, a file whose name has no ID and rating or that cannot be read, a
    /// range that is empty or goes beyond the end.
    pub fn read(folder: &Path, split: &str, label: Label, range: Option<Range<usize>>) -> Result<Reviews> {
        let entries = files(folder, split, label)?;
        let place = folder.join(split).join(label.name());
        let range = checked(range, entries.len(), &place.display().to_string())?;
        let rows: Vec<u32> = (range.start as u32..range.end as u32).collect();
        Ok(of_files(place.display().to_string(), [(label, entries)]).read(&rows)?.reviews)
    }
}

/// The files of `folder/split/label`, sorted by ID.
///
/// # Errors
/// A folder that is not there, or holds none or others; a file whose name has no ID and rating.
fn files(folder: &Path, split: &str, label: Label) -> Result<Vec<Entry>> {
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
        entries.push(Entry { class: label.class(), rating, id, name, body: Body::File(path) });
    }
    if entries.is_empty() {
        return Err(Error::data(format!("{} holds no reviews (expected {LAYOUT})", place.display())));
    }
    // Two files of one ID would make the order the folder's: the rating and the name settle it.
    entries.sort_by(|a, b| (a.id, a.rating, &a.name).cmp(&(b.id, b.rating, &b.name)));
    Ok(entries)
}

/// Whether a folder has a part of that layout.
pub(super) fn is_one(folder: &Path) -> bool {
    let parts = [("train", Label::Neg), ("train", Label::Pos), ("test", Label::Neg), ("test", Label::Pos)];
    parts.into_iter().any(|(split, label)| access::is_dir(&folder.join(split).join(label.name())))
}

/// The negative reviews of a split and then the positive ones, each by ID.
///
/// # Errors
/// As [`files`].
pub(super) fn listed(folder: &Path, split: &str) -> Result<Listing> {
    let classes = [(Label::Neg, files(folder, split, Label::Neg)?), (Label::Pos, files(folder, split, Label::Pos)?)];
    Ok(of_files(folder.join(split).display().to_string(), classes))
}

/// The reviews of each class, one class behind the other.
pub(super) fn of_files<const N: usize>(place: String, classes: [(Label, Vec<Entry>); N]) -> Listing {
    let groups = [Label::Neg, Label::Pos].map(|label| label.name().to_string()).to_vec();
    let (mut group, mut all) = (Vec::new(), Vec::new());
    for (label, entries) in classes {
        group.extend(std::iter::repeat_n(label.class() as u32, entries.len()));
        all.extend(entries);
    }
    Listing { place, groups, group, bodies: Bodies::Files(all) }
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
