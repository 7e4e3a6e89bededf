//! Texts as the token ids that a pre-trained model was trained with.

mod growth;
mod pretrained;
mod vocab_file;

pub use pretrained::{Tokenizer, Truncation};
