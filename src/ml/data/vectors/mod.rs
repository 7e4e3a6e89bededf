//! Pre-trained word vectors.

mod binary;
mod block;
#[expect(clippy::disallowed_methods, reason = "the program's own folder")]
mod cache;
mod coverage;
mod file;
mod head;
mod number;
mod read;
mod text;
mod words;

pub use coverage::Coverage;
pub use words::WordVectors;
