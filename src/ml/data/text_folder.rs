//! Folders of texts, a file each, whose labels nobody asks for.

use super::Texts;
use super::corpus::files_of_texts;
use super::listing::{Bodies, Listing};
use crate::access;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// The folders of a set of reviews that is laid out like aclImdb; `unsup` are those that nobody has labelled.
const OF_FILMS: [&str; 3] = ["neg", "pos", "unsup"];

/// The texts in the files of a folder, by the numbers and letters of their names; of a folder that is laid out like aclImdb, those of its training reviews, the
/// unlabelled ones among them. And how many characters stand for bytes which were none.
///
/// # Errors
/// A folder of other folders, or without files; a file that cannot be read.
pub(super) fn texts_in(folder: &Path) -> Result<(Texts, usize)> {
    let train = folder.join("train");
    let of_films: Vec<PathBuf> =
        OF_FILMS.iter().map(|name| train.join(name)).filter(|path| access::is_dir(path)).collect();
    let mut entries = Vec::new();
    if of_films.is_empty() {
        if let Some(inner) = access::list_folders(folder)?.into_iter().next() {
            return Err(Error::data(format!(
                "{} holds the folder {}: texts are read from a folder of files, a text each, or from one that is laid out like aclImdb, train/{{neg,pos,unsup}}",
                folder.display(),
                inner.to_string_lossy()
            )));
        }
        entries = files_of_texts(folder, 0, String::new())?;
    }
    for place in of_films {
        entries.extend(files_of_texts(&place, 0, String::new())?);
    }
    let rows: Vec<u32> = (0..entries.len() as u32).collect();
    let place = folder.display().to_string();
    let listing =
        Listing { place, groups: vec![String::new()], group: vec![0; entries.len()], bodies: Bodies::Files(entries) };
    let read = listing.read(&rows)?.reviews;
    Ok((read.texts, read.replaced))
}
