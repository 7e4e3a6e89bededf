//! From text to batches: read, clean, split, count, index, look up vectors, pad, draw.
//!
//! ```text
//! Source → Reviews → Texts → Tokens → Vocabulary → Encoded → Dataset → Batches → Batch
//!                               └──→ WordVectors ──────────────┘
//! Texts → Tokenizer → Encoded → …         for a pre-trained model, which has a vocabulary of its own
//! ```

mod batches;
mod cleaning;
mod corpus;
mod dataset;
mod encoded;
mod fingerprint;
mod listing;
mod reviews;
pub mod sample;
mod select;
mod table;
mod text;
mod tokenizer;
mod tokens;
mod vectors;
mod vocabulary;
mod vocabulary_file;
mod word_list;

pub use batches::{BatchOptions, Batches};
pub use corpus::{Corpus, CorpusOptions, Source};
pub use dataset::{Dataset, WordOptions};
pub use encoded::Encoded;
pub use reviews::{Label, Reviews};
pub use select::Selection;
pub use table::{TableOptions, is_table};
pub use text::{Texts, length_limit};
pub use tokenizer::{Keep, Tokenizer};
pub use tokens::{Split, Tokens};
pub use vectors::WordVectors;
pub use vocabulary::{PAD, UNK, Vocabulary, VocabularyOptions};
pub use word_list::WordList;
