//! The classes of tokenizers of transformers that build themselves of a vocabulary, whatever else `tokenizer.json` says.

/// How texts become tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// BERT's: words, and pieces of them.
    WordPiece(&'static Special),
    /// RoBERTa's: pairs of bytes.
    BytePairs,
    /// Of a `tokenizer.json` alone.
    Json,
}

/// The special tokens that a class has where nothing says otherwise.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Special {
    pub pad: &'static str,
    pub unk: &'static str,
    /// Before a text, and behind it.
    pub cls: &'static str,
    pub sep: &'static str,
    pub mask: &'static str,
}

pub(super) static BERT: Special = Special { pad: "[PAD]", unk: "[UNK]", cls: "[CLS]", sep: "[SEP]", mask: "[MASK]" };
static MPNET: Special = Special { pad: "<pad>", unk: "[UNK]", cls: "<s>", sep: "</s>", mask: "<mask>" };
pub(super) static ROBERTA: Special = Special { pad: "<pad>", unk: "<unk>", cls: "<s>", sep: "</s>", mask: "<mask>" };

impl Class {
    /// `BertTokenizer`, or `BertTokenizerFast`: the same since version 5.
    pub fn named(name: &str) -> Option<Class> {
        match name.trim_end_matches("Fast") {
            "BertTokenizer" | "DistilBertTokenizer" | "ElectraTokenizer" => Some(Class::WordPiece(&BERT)),
            "MPNetTokenizer" => Some(Class::WordPiece(&MPNET)),
            "RobertaTokenizer" => Some(Class::BytePairs),
            _ => Some(Class::Json),
        }
    }

    /// That of a model's `model_type`.
    pub fn of_model(model_type: &str) -> Option<Class> {
        match model_type {
            "bert" | "distilbert" | "electra" => Some(Class::WordPiece(&BERT)),
            "mpnet" => Some(Class::WordPiece(&MPNET)),
            "roberta" => Some(Class::BytePairs),
            _ => None,
        }
    }
}
