//! The files that a tokenizer can be in.

use super::class::{BERT, Class, ROBERTA};
use super::settings::Settings;
use super::{byte_pairs, vocab_file};
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use serde_json::Value;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use tokenizers::{AddedToken, Tokenizer};

/// The whole of it.
pub(super) const JSON: &str = "tokenizer.json";
/// Words and their pieces, a line each.
const LINES: &str = "vocab.txt";
/// Pieces of bytes, with `merges.txt` beside it.
const PIECES: &str = "vocab.json";
/// A model of Google's SentencePiece, which the tokenizers' crate does not read.
const SENTENCE_PIECE: [&str; 3] = ["sentencepiece.bpe.model", "spiece.model", "tokenizer.model"];

/// The tokenizer in a folder or file, and the token that fills up rows.
pub(super) struct Opened {
    pub file: PathBuf,
    pub inner: Tokenizer,
    pub pad: u32,
    /// The most tokens of a text, where the files say it.
    pub max_len: Option<usize>,
    /// The token that stands for a hidden one.
    pub mask: Option<u32>,
    /// Those that are no part of a text.
    pub special: Vec<u32>,
}

/// # Errors
/// A folder without a tokenizer, a file that is none, one without a token that pads.
pub(super) fn open(path: &Path) -> Result<Opened> {
    let file = if access::is_dir(path) { in_folder(path)? } else { path.to_path_buf() };
    let settings = Settings::beside(&file)?;
    let mut inner = match file.file_name().and_then(|name| name.to_str()) {
        Some(name) if name.ends_with(".txt") => vocab_file::read(&file, &settings)?,
        Some(PIECES) => byte_pairs::read(&file, &settings)?,
        _ => json(&file, &settings)?,
    };
    let padding = inner.get_padding().map(|p| p.pad_token.clone());
    let wrong = |e: tokenizers::Error| Error::data(format!("{}: {e}", file.display()));
    inner.add_tokens(settings.added()).map_err(wrong)?;
    let special = special(&inner, &settings);
    inner.add_special_tokens(special).map_err(wrong)?;
    let said = settings.token("pad_token").or(padding);
    let usual = ["[PAD]".to_string(), "<pad>".to_string()];
    let pad = said.iter().chain(&usual).find_map(|token| inner.token_to_id(token)).ok_or_else(|| {
        let known =
            "none is named in tokenizer_config.json or special_tokens_map.json, and there is neither [PAD] nor <pad>";
        Error::data(format!("{} has no token that fills up rows: {known}", file.display()))
    })?;
    let mask = settings.token("mask_token");
    let mask =
        mask.iter().map(String::as_str).chain([BERT.mask, ROBERTA.mask]).find_map(|token| inner.token_to_id(token));
    let special = apart(&inner);
    Ok(Opened { file, inner, pad, mask, special, max_len: settings.max_len() })
}

/// The special tokens that are to be added. A tokenizer that is read as it is has told already how those that it knows are found.
fn special(inner: &Tokenizer, settings: &Settings) -> Vec<AddedToken> {
    let as_it_is = matches!(settings.class(), Some(Class::Json) | None);
    let known: Vec<String> = inner.get_added_tokens_decoder().into_values().map(|token| token.content).collect();
    settings.special().into_iter().filter(|token| !as_it_is || !known.contains(&token.content)).collect()
}

/// The tokens that are no part of a text: those that were added as special ones, and those that usually are.
fn apart(inner: &Tokenizer) -> Vec<u32> {
    let added = inner.get_added_tokens_decoder().into_iter().filter(|(_, token)| token.special).map(|(id, _)| id);
    let usual =
        [&BERT, &ROBERTA].into_iter().flat_map(|usual| [usual.pad, usual.unk, usual.cls, usual.sep, usual.mask]);
    added.chain(usual.filter_map(|token| inner.token_to_id(token))).collect()
}

fn in_folder(folder: &Path) -> Result<PathBuf> {
    let there = |name: &&str| access::is_file(&folder.join(name));
    if let Some(name) = [JSON, LINES, PIECES].iter().find(|name| there(name)) {
        return Ok(folder.join(name));
    }
    let shown = folder.display();
    let message = match SENTENCE_PIECE.iter().find(|name| there(name)) {
        Some(model) => format!(
            "{shown} has its tokenizer in {model} only, which is not read: \
             `AutoTokenizer.from_pretrained(…).save_pretrained(…)` of transformers makes a {JSON} of it"
        ),
        None => format!("{shown} has no tokenizer: neither {JSON} nor {LINES} nor {PIECES}"),
    };
    Err(Error::new(ErrorKind::File, message))
}

fn json(file: &Path, settings: &Settings) -> Result<Tokenizer> {
    let text = access::read(file)?;
    let wrong = |why: String| Error::data(format!("{} is no tokenizer: {why}", file.display()));
    let text = match settings.overrules() {
        true => overruled(text, settings).map_err(|e| wrong(e.to_string()))?,
        false => text,
    };
    // The crate panics over some files that it could refuse, such as one whose decoder is cut.
    let parsed = catch_unwind(|| Tokenizer::from_bytes(text)).map_err(|_| wrong("it is damaged".into()))?;
    parsed.map_err(|e| wrong(e.to_string()))
}

/// `tokenizer.json` as transformers 5 reads it: of case, accents and the space in front of a text it is `tokenizer_config.json` that counts.
fn overruled(text: Vec<u8>, settings: &Settings) -> serde_json::Result<Vec<u8>> {
    let (part, kind) = match settings.class() {
        Some(Class::WordPiece(_)) => ("normalizer", "BertNormalizer"),
        Some(Class::BytePairs) => ("pre_tokenizer", "ByteLevel"),
        Some(Class::Json) | None => return Ok(text),
    };
    let mut whole: Value = serde_json::from_slice(&text)?;
    let Some(step) = whole.get_mut(part).filter(|step| step["type"] == kind) else { return Ok(text) };
    match settings.class() {
        Some(Class::WordPiece(_)) => *step = serde_json::to_value(vocab_file::normalizer(settings))?,
        _ => step["add_prefix_space"] = settings.flag("add_prefix_space").unwrap_or(false).into(),
    }
    serde_json::to_vec(&whole)
}
