//! A training set, a validation set and a test set of labelled reviews, from the program, a folder or one's own tables; with all that is
//! worth a word about them.

mod account;
mod class_folders;
mod draw;
mod files;
mod films;
mod folder_tables;
mod hub_folder;
mod notes;
mod options;
mod read;
mod repeated;
mod source;
mod splits;
mod tables;
mod treebank;
mod valid;

pub(super) use class_folders::files as files_of_texts;

pub use account::SetAccount;
pub use files::Tables;
pub use hub_folder::{files_of_sets, sets_of};
pub use options::{CorpusOptions, Overlap};
pub use read::Corpus;
pub use source::Source;
pub use valid::Valid;
