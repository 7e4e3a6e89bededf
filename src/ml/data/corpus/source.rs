//! Where reviews come from.

use super::folder_tables::{beside, of_hub};
use super::{class_folders, files::Tables, treebank};
use crate::access;
use crate::error::{Error, Result};
use crate::ml::data::formats::FORMATS;
use crate::ml::data::{folder, sample};
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
    /// The Stanford sentiment treebank, as sentences and phrases or as trees.
    Treebank(PathBuf),
    /// Tables for each set.
    Tables(Tables),
}

impl Source {
    /// A folder laid out like aclImdb, one of classes, the Stanford sentiment treebank, or a table with perhaps another for the test set. A folder that holds `train.csv` (or
    /// another format's `train.…`) stands for that table, with `valid.csv` and `test.csv` beside it for the other sets; and so does a data set's of the Hugging Face hub.
    ///
    /// # Errors
    /// A file that is no table; a test table beside a folder; as [`of_hub`].
    pub fn open(data: &Path, test: Option<&Path>) -> Result<Source> {
        Source::of(&[data.to_path_buf()], test.map(Path::to_path_buf).into_iter().collect())
    }

    /// As [`Source::open`], of perhaps several tables, whose rows follow each other.
    ///
    /// # Errors
    /// As [`Source::open`]; a folder among several.
    pub fn of(data: &[PathBuf], test: Vec<PathBuf>) -> Result<Source> {
        if let ([folder], true) = (data, data.first().is_some_and(|data| access::is_dir(data))) {
            let tables = match beside(folder) {
                None if !folder::is_one(folder) => of_hub(folder)?,
                tables => tables,
            };
            return match (tables, test.is_empty()) {
                (Some(tables), true) => Ok(Source::Tables(tables)),
                (Some(tables), false) => Ok(Source::Tables(Tables { test: tables_only(test)?, ..tables })),
                (None, true) if class_folders::found(folder).is_some() => Ok(Source::Classes(folder.clone())),
                (None, true) if treebank::found(folder).is_some() => Ok(Source::Treebank(folder.clone())),
                (None, true) => Ok(Source::Folder(folder.clone())),
                (None, false) => Err(Error::value(format!(
                    "test_data is for tables; {} is a folder, whose test reviews are in its folder test",
                    folder.display()
                ))),
            };
        }
        Ok(Source::Tables(Tables { train: tables_only(data.to_vec())?, test: tables_only(test)?, ..Tables::default() }))
    }

    /// What messages call it.
    pub(super) fn name(&self) -> String {
        match self {
            Source::Sample => sample::NAME.into(),
            Source::Folder(path) | Source::Classes(path) | Source::Treebank(path) => path.display().to_string(),
            Source::Tables(tables) => tables.name(),
        }
    }

    /// Whether its classes are the user's own, not those of films.
    pub(super) fn has_own_classes(&self) -> bool {
        matches!(self, Source::Classes(_) | Source::Treebank(_) | Source::Tables(..))
    }
}

/// The same files, if all are tables.
fn tables_only(paths: Vec<PathBuf>) -> Result<Vec<PathBuf>> {
    match paths.iter().find(|path| access::is_dir(path) || !FORMATS.reads(path)) {
        None => Ok(paths),
        Some(other) => Err(Error::data(format!(
            "{} is no data set: expected a folder laid out like aclImdb, one with a folder for each class, or {}",
            other.display(),
            FORMATS.expected()
        ))),
    }
}
