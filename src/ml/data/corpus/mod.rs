//! A training set, a validation set and a test set of labelled reviews, from the program, a folder or one's own tables; with all that is
//! worth a word about them.

mod class_folders;
mod draw;
mod films;
mod notes;
mod options;
mod read;
mod repeated;
mod source;
mod splits;
mod tables;
mod valid;

pub use options::{CorpusOptions, Overlap};
pub use read::Corpus;
pub use source::Source;
pub use valid::Valid;
