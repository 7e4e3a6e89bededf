//! What is done to runs that are there: words put to them, and their end.

use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::run::{Summary, is_held, is_run, write_tags};
use std::path::Path;

/// Puts words to a run, and takes others away; gives those that it has then. They are kept beside what it was asked for, which stays.
///
/// # Errors
/// A folder that holds no run, a word of nothing but blanks, one to take away that the run does not have.
pub fn tag(run: &Path, add: &[String], remove: &[String]) -> Result<Vec<String>> {
    let mut tags = Summary::open(run)?.tags;
    if let Some(blank) = add.iter().find(|tag| tag.trim().is_empty()) {
        return Err(Error::new(ErrorKind::Usage, format!("a tag is a word, got `{blank}`")));
    }
    if let Some(other) = remove.iter().find(|tag| !tags.contains(tag)) {
        let all = if tags.is_empty() { "no tags".into() } else { format!("the tags {}", tags.join(", ")) };
        return Err(Error::new(ErrorKind::Usage, format!("{} has {all}, and no `{other}`", run.display())));
    }
    tags.retain(|tag| !remove.contains(tag));
    for tag in add {
        if !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    write_tags(run, &tags)?;
    Ok(tags)
}

/// Whether a run may be removed.
///
/// # Errors
/// A folder that holds no run; one in which a program is at work.
pub fn may_remove(run: &Path) -> Result<()> {
    let refuse = |why: &str| Err(Error::new(ErrorKind::Usage, format!("{} {why}", run.display())));
    match access::link_metadata(run)? {
        None => return refuse("is not there"),
        Some(found) if !found.is_dir() => return refuse("is no folder"),
        Some(_) if !is_run(run) => return refuse("holds no run, or nothing that tells of one: it is not removed"),
        Some(_) => {}
    }
    match is_held(run) {
        Some(true) => refuse("is at work: it is not removed"),
        _ => Ok(()),
    }
}

/// Removes a run with all that is in its folder.
///
/// # Errors
/// As [`may_remove`]; a folder that cannot be written.
pub fn remove(run: &Path) -> Result<()> {
    may_remove(run)?;
    access::remove_folder(run)
}
