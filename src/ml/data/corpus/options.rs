//! What a corpus is asked for.

use super::Valid;
use crate::error::{ErrorKind, Result, choose};
use crate::ml::data::{Selection, TableOptions};

#[derive(Debug, Clone)]
pub struct CorpusOptions {
    pub train: Option<Selection>,
    pub test: Option<Selection>,
    /// Taken from the training reviews, which then are the others; `None` takes that of the data set, if it has one.
    pub valid: Option<Valid>,
    /// 2 (negative, positive) or 10 (the stars) for reviews of films; as many as a table has. `None` takes what is there.
    pub classes: Option<usize>,
    /// The labels of a table in the order of their classes; empty for numbers by size or names by the alphabet.
    pub class_names: Vec<String>,
    pub table: TableOptions,
    /// How much of a table without a test table of its own goes into the test set, 0 to 1.
    pub test_share: f64,
    pub overlap: Overlap,
}

/// What becomes of test reviews whose text stands in the training set, too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Overlap {
    /// From a hundredth of them on.
    #[default]
    Error,
    /// They stay, and are said.
    Keep,
}

impl Overlap {
    /// # Errors
    /// Another word than `"error"` or `"keep"`.
    pub fn parse(word: &str) -> Result<Overlap> {
        choose(&[("error", Overlap::Error), ("keep", Overlap::Keep)], word, ErrorKind::Option, "value of overlap")
    }
}

impl Default for CorpusOptions {
    fn default() -> Self {
        let table = TableOptions::default();
        CorpusOptions {
            train: None,
            test: None,
            valid: None,
            classes: None,
            class_names: Vec::new(),
            table,
            test_share: 0.2,
            overlap: Overlap::default(),
        }
    }
}
