//! A tokenizer from `vocab.txt`, a token a line, as the first BERT had it; `tokenizer_config.json` beside it says the rest.

use crate::access;
use crate::error::{Error, Result};
use serde_json::{Map, Value};
use std::path::Path;
use tokenizers::decoders::wordpiece::WordPiece as Decoder;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::bert::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::processors::bert::BertProcessing;
use tokenizers::{AddedToken, Tokenizer};

pub(super) fn read(path: &Path) -> Result<Tokenizer> {
    let wrong = |why: String| Error::data(format!("{} is no vocabulary of BERT: {why}", path.display()));
    let settings = Settings::beside(path)?;
    // Not by its path, which the crate would open by itself.
    let words = WordPiece::read_bytes(&access::read(path)?).map_err(|e| wrong(e.to_string()))?;
    let model = WordPiece::builder()
        .vocab(words)
        .unk_token(settings.token("unk_token", "[UNK]"))
        .build()
        .map_err(|e| wrong(e.to_string()))?;
    let mut tokenizer = Tokenizer::new(model);
    let special = ["pad_token", "unk_token", "cls_token", "sep_token", "mask_token"]
        .map(|name| settings.token(name, &format!("[{}]", name[..name.len() - 6].to_uppercase())));
    let missing: Vec<&str> =
        special[..4].iter().filter(|t| tokenizer.token_to_id(t).is_none()).map(String::as_str).collect();
    if !missing.is_empty() {
        return Err(wrong(format!("it has no {}", missing.join(", "))));
    }
    let numbered = |token: &str| (token.to_string(), tokenizer.token_to_id(token).unwrap_or_default());
    let (cls, sep) = (numbered(&special[2]), numbered(&special[3]));
    let normalizer = BertNormalizer::new(
        true,
        settings.flag("tokenize_chinese_chars").unwrap_or(true),
        settings.flag("strip_accents"),
        settings.flag("do_lower_case").unwrap_or(true),
    );
    tokenizer.with_normalizer(Some(normalizer)).map_err(|e| wrong(e.to_string()))?;
    tokenizer.with_pre_tokenizer(Some(BertPreTokenizer));
    tokenizer.with_post_processor(Some(BertProcessing::new(sep, cls)));
    tokenizer.with_decoder(Some(Decoder::default()));
    let special: Vec<AddedToken> = special
        .iter()
        .filter(|token| tokenizer.token_to_id(token).is_some())
        .map(|token| AddedToken::from(token.as_str(), true))
        .collect();
    tokenizer.add_special_tokens(special).map_err(|e| wrong(e.to_string()))?;
    Ok(tokenizer)
}

/// `tokenizer_config.json`, where there is one.
struct Settings(Map<String, Value>);

impl Settings {
    fn beside(vocabulary: &Path) -> Result<Settings> {
        let path = vocabulary.with_file_name("tokenizer_config.json");
        if !access::is_file(&path) {
            return Ok(Settings(Map::new()));
        }
        let items = serde_json::from_slice(&access::read(&path)?);
        items.map(Settings).map_err(|e| Error::data(format!("{} is no JSON object: {e}", path.display())))
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    /// A special token: a text, or an object with its `content`.
    fn token(&self, name: &str, usual: &str) -> String {
        let given = self.0.get(name);
        let text = given.and_then(|t| t.as_str().or_else(|| t.get("content")?.as_str()));
        text.unwrap_or(usual).to_string()
    }
}
