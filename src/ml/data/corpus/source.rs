//! Where reviews come from.

use super::class_folders;
use crate::access;
use crate::error::{Error, Result};
use crate::ml::data::formats::FORMATS;
use crate::ml::data::sample;
use std::path::{Path, PathBuf};

/// Where reviews come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The reviews in the program.
    Sample,
    /// A folder laid out like aclImdb.
    Folder(PathBuf),
    /// A folder with a folder for each class, in sets or not.
    Classes(PathBuf),
    /// A table, and another for the test set; without one, a part of the first is drawn for it.
    Tables(PathBuf, Option<PathBuf>),
}

impl Source {
    /// A folder laid out like aclImdb, one of classes, or a table with perhaps another for the test set. A folder that holds `train.csv` (or another format's `train.…`)
    /// stands for that table, with `test.csv` beside it for the test set.
    ///
    /// # Errors
    /// A file that is no table; a test table beside a folder.
    pub fn open(data: &Path, test: Option<&Path>) -> Result<Source> {
        let name = data.display();
        if access::is_dir(data) {
            let inside =
                |stem: &str| FORMATS.endings().map(|e| data.join(format!("{stem}.{e}"))).find(|p| access::is_file(p));
            return match (inside("train").filter(|_| !access::is_dir(&data.join("train"))), test) {
                (Some(train), None) => Ok(Source::Tables(train, inside("test"))),
                (Some(train), Some(test)) => Ok(Source::Tables(train, Some(test.to_path_buf()))),
                (None, None) if class_folders::found(data).is_some() => Ok(Source::Classes(data.to_path_buf())),
                (None, None) => Ok(Source::Folder(data.to_path_buf())),
                (None, Some(_)) => Err(Error::value(format!(
                    "test_data is for tables; {name} is a folder, whose test reviews are in its folder test"
                ))),
            };
        }
        if !FORMATS.reads(data) {
            return Err(Error::data(format!(
                "{name} is no data set: expected a folder laid out like aclImdb, one with a folder for each class, or {}",
                FORMATS.expected()
            )));
        }
        Ok(Source::Tables(data.to_path_buf(), test.map(Path::to_path_buf)))
    }

    /// What messages call it.
    pub(super) fn name(&self) -> String {
        match self {
            Source::Sample => sample::NAME.into(),
            Source::Folder(path) | Source::Classes(path) | Source::Tables(path, _) => path.display().to_string(),
        }
    }

    /// Whether its classes are the user's own, not those of films.
    pub(super) fn has_own_classes(&self) -> bool {
        matches!(self, Source::Classes(_) | Source::Tables(..))
    }
}
