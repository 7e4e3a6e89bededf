//! The files of a data set of tables.

use std::path::{Path, PathBuf};

/// Each set's files, in the order in which their rows follow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    pub train: Vec<PathBuf>,
    /// Empty: a validation set is taken from the training rows, if one is asked for.
    pub valid: Vec<PathBuf>,
    /// Empty: test rows are drawn from the training rows.
    pub test: Vec<PathBuf>,
    /// What the user should know of files beside them.
    pub notes: Vec<String>,
}

impl Tables {
    /// The same, of paths that are relative to `folder`.
    pub fn within(mut self, folder: &Path) -> Tables {
        for set in [&mut self.train, &mut self.valid, &mut self.test] {
            set.iter_mut().for_each(|path| *path = folder.join(&*path));
        }
        self
    }

    /// What messages call the data set.
    pub(super) fn name(&self) -> String {
        Tables::several(&self.train)
    }

    /// `mine.csv`, or `a.csv and 2 more files`.
    pub(super) fn several(paths: &[PathBuf]) -> String {
        let first = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
        match paths.len() {
            0 | 1 => first,
            2 => format!("{first} and 1 more file"),
            more => format!("{first} and {} more files", more - 1),
        }
    }

    /// What the names of a file's rows call it: its own name, or its whole path where another file has that name, too.
    pub(super) fn shown(&self, path: &Path) -> String {
        let all = || self.train.iter().chain(&self.valid).chain(&self.test);
        let is_alone = all().filter(|other| other.file_name() == path.file_name()).take(2).count() < 2;
        match path.file_name() {
            Some(name) if is_alone => name.to_string_lossy().into_owned(),
            _ => path.display().to_string(),
        }
    }
}
