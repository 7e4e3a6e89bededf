//! Texts of tables and folders whose labels, if there are any, nobody asks for.

use super::Texts;
use super::formats::FORMATS;
use super::stored::Stored;
use super::table::TableOptions;
use super::text_folder::texts_in;
use crate::access;
use crate::error::Result;
use std::path::PathBuf;

/// The texts of all rows of these tables, or of the files of folders, one behind the other, one that is not there as an empty one; and what the user should know of how they
/// were read. Those of a large table are read of its file whenever they are asked for.
///
/// # Errors
/// Folders that [`texts_in`] refuses; files that are no tables, or damaged, or lack the column; a row that cannot be read.
pub fn unlabelled(paths: &[PathBuf], options: &TableOptions) -> Result<(Texts, Vec<String>)> {
    let options = TableOptions { label: None, ..options.clone() };
    let (mut all, mut notes): (Option<Texts>, _) = (None, Vec::new());
    for path in paths {
        let texts = if access::is_dir(path) {
            let (texts, replaced) = texts_in(path)?;
            if replaced > 0 {
                notes.push(format!("{}: {replaced} characters that were not UTF-8 are read as U+FFFD", path.display()));
            }
            texts
        } else {
            let table = FORMATS.read(path, &options, &[])?;
            notes.extend(table.notes.iter().map(|note| format!("{}: {note}", path.display())));
            Texts::of(Stored::Rows(table.texts, (0..table.rows.len() as u32).collect()))
        };
        all = Some(match all {
            None => texts,
            Some(before) => before.followed_by(&texts)?,
        });
    }
    Ok((all.unwrap_or_default(), notes))
}
