//! From text to batches: read, clean, split, count, index, look up vectors, pad, draw.
//!
//! ```text
//! Source → Reviews → Texts → Tokens → Vocabulary → Encoded → Dataset → Batches → Batch
//!                               └──→ WordVectors ──────────────┘
//! Texts → Tokenizer → Encoded → …         for a pre-trained model, which has a vocabulary of its own
//! ```

mod batches;
pub mod cleaning;
mod corpus;
mod dataset;
mod encoded;
mod facts;
mod fingerprint;
mod folder;
mod formats;
mod labels;
mod lengths;
mod listing;
mod masking;
mod objective;
mod packed;
mod parts;
mod reach;
mod reviews;
pub mod sample;
mod select;
mod sign;
mod special;
mod split;
mod stored;
mod table;
mod text;
mod text_folder;
mod tokenizer;
mod tokens;
mod unlabelled;
mod unread;
mod utf8;
mod vectors;
mod vocabulary;
mod vocabulary_file;
mod word_list;
mod word_numbers;

pub use batches::{BatchOptions, Batches, Begun};
pub use corpus::{Corpus, CorpusOptions, Overlap, SetAccount, Source, Tables, Valid, files_of_sets, sets_of};
pub use dataset::{Dataset, WordOptions};
pub use encoded::Encoded;
pub use facts::facts;
pub use formats::is_table;
pub use lengths::LengthAccount;
pub use masking::{Masking, Rates};
pub use objective::Objective;
pub use reviews::{Label, Reviews};
pub use select::Selection;
pub use special::{PAD, UNK};
pub use split::Split;
pub use table::{Column, Encoding, Missing, TableOptions};
pub use text::{Texts, length_limit};
pub use tokenizer::{Tokenizer, Truncation};
pub use tokens::Tokens;
pub use unlabelled::unlabelled;
pub use unread::Unread;
pub use vectors::{Coverage, WordVectors};
pub use vocabulary::{Vocabulary, VocabularyOptions};
pub use word_list::WordList;
