//! What a corpus is asked for.

use super::Valid;
use crate::ml::data::{Selection, TableOptions};

#[derive(Debug, Clone)]
pub struct CorpusOptions {
    pub train: Option<Selection>,
    pub test: Option<Selection>,
    /// Taken from the training reviews, which then are the others; `None` makes no validation set.
    pub valid: Option<Valid>,
    /// 2 (negative, positive) or 10 (the stars) for reviews of films; as many as a table has. `None` takes what is there.
    pub classes: Option<usize>,
    /// The labels of a table in the order of their classes; empty for numbers by size or names by the alphabet.
    pub class_names: Vec<String>,
    pub table: TableOptions,
    /// How much of a table without a test table of its own goes into the test set, 0 to 1.
    pub test_share: f64,
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
        }
    }
}
