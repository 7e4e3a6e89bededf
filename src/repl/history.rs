//! What was typed, kept across sessions in the user's state folder.

#![expect(clippy::disallowed_methods, reason = "the program's own folder")]

use crate::places;
use rustyline::{Editor, Helper, history::DefaultHistory};
use std::path::{Path, PathBuf};

/// How many inputs are kept.
pub const LENGTH: usize = 10_000;

/// The file, or nowhere.
pub struct History(Option<PathBuf>);

impl History {
    /// Reads the file into `editor`. What is wrong with it is told as a note: the prompt works without.
    pub fn load<H: Helper>(editor: &mut Editor<H, DefaultHistory>) -> (Self, Option<String>) {
        let Some(folder) = places::state() else { return (History(None), None) };
        match read(&folder, editor) {
            Ok((file, note)) => (History(Some(file)), note),
            Err(cause) => {
                let file = folder.join("history");
                (History(None), Some(format!("the history is not kept: {}: {cause}", file.display())))
            }
        }
    }

    /// Adds an input, to the file as well.
    pub fn add<H: Helper>(&mut self, editor: &mut Editor<H, DefaultHistory>, text: &str) -> Option<String> {
        let added = editor.add_history_entry(text);
        let file = self.0.as_ref().filter(|_| added.is_ok())?;
        let cause = editor.append_history(file).err()?;
        let note = format!("the history is not kept any more: {}: {cause}", file.display());
        self.0 = None;
        Some(note)
    }
}

fn read<H: Helper>(
    folder: &Path,
    editor: &mut Editor<H, DefaultHistory>,
) -> Result<(PathBuf, Option<String>), rustyline::error::ReadlineError> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join("history");
    // A file that cannot be written is told of now, not at the first input.
    std::fs::OpenOptions::new().append(true).create(true).open(&file)?;
    let bytes = std::fs::read(&file)?;
    let note = match std::str::from_utf8(&bytes) {
        Ok(_) => None,
        Err(_) => {
            let broken = folder.join("history.broken");
            std::fs::write(&broken, &bytes)?;
            std::fs::write(&file, String::from_utf8_lossy(&bytes).as_bytes())?;
            Some(format!(
                "{} was not UTF-8: what can be read of it is kept, the rest is in {}",
                file.display(),
                broken.display()
            ))
        }
    };
    editor.load_history(&file)?;
    Ok((file, note))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_history_is_read_or_what_is_wrong_is_said_and_the_bytes_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("history");
        let whole = "#V2\nlet x = 1;\nprint(`ä\\n`);\n".as_bytes();
        let cut = (0..whole.len()).map(|end| whole[..end].to_vec());
        let changed = (0..whole.len()).flat_map(|at| {
            [0, 0xFF, b'\\', b'\n', b'#'].map(|byte| {
                let mut bytes = whole.to_vec();
                bytes[at] = byte;
                bytes
            })
        });
        for bytes in cut.chain(changed) {
            std::fs::write(&file, &bytes).unwrap();
            let mut editor = Editor::<(), DefaultHistory>::new().unwrap();
            let (_, note) = read(folder.path(), &mut editor).unwrap();
            assert_eq!(note.is_some(), std::str::from_utf8(&bytes).is_err(), "{bytes:?}");
            if note.is_some() {
                assert_eq!(std::fs::read(folder.path().join("history.broken")).unwrap(), bytes);
            }
        }
    }
}
