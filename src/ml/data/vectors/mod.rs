//! Pre-trained word vectors.

#[expect(clippy::disallowed_methods, reason = "the program's own folder")]
mod cache;
mod read;
mod text_file;
mod words;

pub use words::WordVectors;
