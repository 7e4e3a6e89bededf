//! Texts as the token ids that a pre-trained model was trained with.

mod byte_pairs;
mod class;
mod files;
mod growth;
mod pretrained;
mod saved;
mod settings;
mod vocab_file;

pub use pretrained::{Tokenizer, Truncation};
