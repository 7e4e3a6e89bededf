//! Texts as the token ids that a pre-trained model was trained with.

mod pretrained;
mod vocab_file;

pub use pretrained::{Tokenizer, Truncation};
