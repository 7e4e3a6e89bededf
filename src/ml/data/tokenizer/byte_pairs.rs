//! A tokenizer from `vocab.json` and `merges.txt`, as RoBERTa had it: pieces of bytes (Sennrich et al. 2016, Radford et al. 2019).

use super::class::ROBERTA;
use super::settings::Settings;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use std::collections::HashMap;
use std::path::Path;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::processors::roberta::RobertaProcessing;
use tokenizers::{AddedToken, Tokenizer};

/// The pairs, beside the vocabulary.
pub(super) const MERGES: &str = "merges.txt";

pub(super) fn read(path: &Path, settings: &Settings) -> Result<Tokenizer> {
    let wrong = |why: String| Error::data(format!("{} is no vocabulary of byte pairs: {why}", path.display()));
    let pairs = path.with_file_name(MERGES);
    if !access::is_file(&pairs) {
        return Err(Error::new(ErrorKind::File, format!("{} has no {MERGES} beside it", path.display())));
    }
    let vocabulary: HashMap<String, u32> =
        serde_json::from_slice(&access::read(path)?).map_err(|e| wrong(e.to_string()))?;
    let merges = merges(&access::read(&pairs)?)
        .map_err(|why| Error::data(format!("{} is no list of pairs: {why}", pairs.display())))?;
    let model = BPE::builder().vocab_and_merges(vocabulary.into_iter().collect::<Vocab>(), merges).build();
    let mut tokenizer = Tokenizer::new(model.map_err(|e| wrong(e.to_string()))?);
    let token = |name: &str, usual: &str| settings.token(name).unwrap_or_else(|| usual.to_string());
    let [pad, cls, sep] = [("pad_token", ROBERTA.pad), ("cls_token", ROBERTA.cls), ("sep_token", ROBERTA.sep)]
        .map(|(name, usual)| token(name, usual));
    let id = |token: &str| tokenizer.token_to_id(token).map(|id| (token.to_string(), id));
    let (Some(before), Some(behind), Some(_)) = (id(&cls), id(&sep), id(&pad)) else {
        let missing: Vec<&str> =
            [&pad, &cls, &sep].into_iter().filter(|t| id(t).is_none()).map(String::as_str).collect();
        return Err(wrong(format!("it has no {}", missing.join(", "))));
    };
    let spaced = settings.flag("add_prefix_space").unwrap_or(false);
    tokenizer.with_pre_tokenizer(Some(ByteLevel::default().add_prefix_space(spaced)));
    tokenizer.with_post_processor(Some(RobertaProcessing::new(behind, before).add_prefix_space(spaced)));
    tokenizer.with_decoder(Some(ByteLevel::default()));
    let all = [&pad, &cls, &sep, &token("unk_token", ROBERTA.unk), &token("mask_token", ROBERTA.mask)];
    let special: Vec<AddedToken> = all
        .into_iter()
        .filter(|token| tokenizer.token_to_id(token).is_some())
        .map(|token| AddedToken::from(token.as_str(), true))
        .collect();
    tokenizer.add_special_tokens(special).map_err(|e| wrong(e.to_string()))?;
    Ok(tokenizer)
}

/// Lines of two pieces; one that begins with `#version` is a heading.
fn merges(text: &[u8]) -> std::result::Result<Vec<(String, String)>, String> {
    let text = std::str::from_utf8(text).map_err(|e| e.to_string())?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with("#version"));
    let pair = |(number, line): (usize, &str)| match line.split_once(' ') {
        Some((first, second)) if !first.is_empty() && !second.is_empty() && !second.contains(' ') => {
            Ok((first.to_string(), second.to_string()))
        }
        _ => Err(format!("line {} is `{line}`, expected two pieces with a space between them", number + 1)),
    };
    lines.map(pair).collect()
}
