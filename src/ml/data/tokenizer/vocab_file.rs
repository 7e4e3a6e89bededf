//! A tokenizer from `vocab.txt`, a token a line, as the first BERT had it; what stands beside it says the rest.

use super::class::{BERT, Class};
use super::settings::Settings;
use crate::access;
use crate::error::{Error, Result};
use std::path::Path;
use tokenizers::decoders::wordpiece::WordPiece as Decoder;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::bert::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::processors::bert::BertProcessing;
use tokenizers::{AddedToken, Tokenizer};

pub(super) fn read(path: &Path, settings: &Settings) -> Result<Tokenizer> {
    let wrong = |why: String| Error::data(format!("{} is no vocabulary of BERT: {why}", path.display()));
    let special = match settings.class() {
        Some(Class::WordPiece(special)) => special,
        _ => &BERT,
    };
    let token = |name: &str, usual: &str| settings.token(name).unwrap_or_else(|| usual.to_string());
    let unk = token("unk_token", special.unk);
    // Not by its path, which the crate would open by itself.
    let words = WordPiece::read_bytes(&access::read(path)?).map_err(|e| wrong(e.to_string()))?;
    let model = WordPiece::builder().vocab(words).unk_token(unk.clone()).build().map_err(|e| wrong(e.to_string()))?;
    let mut tokenizer = Tokenizer::new(model);
    let [pad, cls, sep] =
        [("pad_token", special.pad), ("cls_token", special.cls), ("sep_token", special.sep)].map(|(n, t)| token(n, t));
    let needed = [&pad, &unk, &cls, &sep];
    let missing: Vec<&str> =
        needed.into_iter().filter(|t| tokenizer.token_to_id(t).is_none()).map(String::as_str).collect();
    if !missing.is_empty() {
        return Err(wrong(format!("it has no {}", missing.join(", "))));
    }
    let numbered = |token: &str| (token.to_string(), tokenizer.token_to_id(token).unwrap_or_default());
    let (before, behind) = (numbered(&cls), numbered(&sep));
    tokenizer.with_normalizer(Some(normalizer(settings))).map_err(|e| wrong(e.to_string()))?;
    tokenizer.with_pre_tokenizer(Some(BertPreTokenizer));
    tokenizer.with_post_processor(Some(BertProcessing::new(behind, before)));
    tokenizer.with_decoder(Some(Decoder::default()));
    let mask = token("mask_token", special.mask);
    let marks = |content: &String| {
        // transformers lets MPNet's take the space before it.
        AddedToken::from(content.as_str(), true).lstrip(*content == mask && special.mask != BERT.mask)
    };
    let special: Vec<AddedToken> = [&pad, &unk, &cls, &sep, &mask]
        .into_iter()
        .filter(|token| tokenizer.token_to_id(token).is_some())
        .map(marks)
        .collect();
    tokenizer.add_special_tokens(special).map_err(|e| wrong(e.to_string()))?;
    Ok(tokenizer)
}

/// Case and accents as the settings have them, or as BERT has them where they say nothing.
pub(super) fn normalizer(settings: &Settings) -> BertNormalizer {
    BertNormalizer::new(
        true,
        settings.flag("tokenize_chinese_chars").unwrap_or(true),
        settings.flag("strip_accents"),
        settings.flag("do_lower_case").unwrap_or(true),
    )
}
