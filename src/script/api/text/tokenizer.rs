//! A pre-trained model's tokenizer.

use super::args::integers;
use crate::access;
use crate::error::{Error, Result};
use crate::fetch::find_model;
use crate::ml::data::{Tokenizer, Truncation};
use crate::ml::models::encoder;
use crate::places::Places;
use crate::script::api::handles::{EncodedHandle, TextsHandle, TokenizerHandle};
use crate::script::base::{ScriptResult, options::Options, part};
use rhai::{Array, Dynamic, Map, NativeCallContext, plugin::*};
use std::path::Path;
use std::rc::Rc;

/// # Errors
/// The model in the folder has fewer words than the tokenizer has tokens.
fn fits(folder: &Path, tokens: usize) -> Result<()> {
    let config = folder.join(encoder::CONFIG);
    if !access::is_file(&config) {
        return Ok(());
    }
    // A tokenizer may be that of a model that is not read.
    let Ok(plan) = encoder::plan(encoder::items(&config)?) else { return Ok(()) };
    match tokens as i64 > plan.vocab_size {
        true => Err(Error::data(format!(
            "{} has a tokenizer of {tokens} tokens, but its model has {} words (vocab_size): the tokenizer is another model's",
            folder.display(),
            plan.vocab_size
        ))),
        false => Ok(()),
    }
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The tokenizer of a pre-trained model: `tokenizer.json`, `vocab.txt`, or `vocab.json` with `merges.txt` in the model's folder, or such a file.
    /// `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` beside it are read as transformers 5 reads them: of case and
    /// accents `tokenizer_config.json` counts, not `tokenizer.json`. The folder is found as by `encoder`; that of a run will do as well.
    ///
    /// Errors: a folder without a tokenizer, or with a SentencePiece model alone; a file that is none; more tokens than the model in the folder knows.
    ///
    /// ```rhai
    /// let t = tokenizer("tests/data/tiny_bert");
    /// let ids = t.encode(texts(["A great film!"]), 16)[0];
    /// assert_eq(t.decode(ids), "[CLS] a great film! [SEP]");
    /// ```
    #[rhai_fn(name = "tokenizer", return_raw)]
    pub fn read(context: NativeCallContext, path: &str) -> ScriptResult<TokenizerHandle> {
        let found = find_model(&*part::<Places>(&context)?, path, &encoder::check)?;
        let kept = found.join(encoder::ENCODER);
        let folder = if access::is_dir(&kept) { kept } else { found };
        let tokenizer = Tokenizer::read(&folder)?;
        fits(&folder, tokenizer.len())?;
        Ok(Rc::new(tokenizer))
    }

    /// Texts as token ids, for a `dataset`: special tokens stand around each, and what is beyond `max_len` tokens is left out.
    /// They are the ids of transformers' `encode_plus`. Option: `keep` `"head"`, or `"ends"`: of a text that is too long a third
    /// is from its beginning, the rest its end. All cores work on it.
    ///
    /// Errors: a `max_len` without room for the special tokens.
    ///
    /// ```rhai
    /// let t = tokenizer("tests/data/tiny_bert");
    /// let coded = t.encode(texts(["a great film", "the worst"]), 4);
    /// assert_eq(coded.lengths().to_array(), [4, 4]);
    /// let data = dataset(coded, tensor([1, 0]), #{});
    /// assert_eq(data.len(), 2);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn encode(tokenizer: &mut TokenizerHandle, texts: TextsHandle, max_len: i64) -> ScriptResult<EncodedHandle> {
        encode_with(tokenizer, texts, max_len, Map::new())
    }

    #[rhai_fn(name = "encode", return_raw, pure)]
    pub fn encode_with(
        tokenizer: &mut TokenizerHandle,
        texts: TextsHandle,
        max_len: i64,
        options: Map,
    ) -> ScriptResult<EncodedHandle> {
        let mut o = Options::new("encode", options);
        let keep = Truncation::parse(&o.string("keep", "head")?)?;
        o.done()?;
        let max_len = usize::try_from(max_len)
            .map_err(|_| Error::value(format!("encode: max_len must be at least 1, got {max_len}")))?;
        Ok(Rc::new(tokenizer.encode(&texts, max_len, keep)?))
    }

    /// The text of an array of token ids. Option: `skip_special` false; true leaves `[CLS]` and its like out.
    ///
    /// Errors: an id that is no token's.
    ///
    /// ```rhai
    /// let t = tokenizer("tests/data/tiny_bert");
    /// let ids = t.encode(texts(["acted"]), 16)[0];
    /// assert_eq(t.decode(ids, #{ skip_special: true }), "acted");
    /// ```
    #[rhai_fn(name = "decode", return_raw, pure)]
    pub fn decode_tokens(tokenizer: &mut TokenizerHandle, ids: Array) -> ScriptResult<String> {
        decode_tokens_with(tokenizer, ids, Map::new())
    }

    #[rhai_fn(name = "decode", return_raw, pure)]
    pub fn decode_tokens_with(tokenizer: &mut TokenizerHandle, ids: Array, options: Map) -> ScriptResult<String> {
        let mut o = Options::new("decode", options);
        let skip = o.boolean("skip_special", false)?;
        o.done()?;
        Ok(tokenizer.decode(&integers("decode", &ids)?, skip)?)
    }

    /// The id of a token, or `()` where the tokenizer does not have it.
    ///
    /// ```rhai
    /// assert_eq(tokenizer("tests/data/tiny_bert").index("[PAD]"), 0);
    /// ```
    #[rhai_fn(name = "index", pure)]
    pub fn token_index(tokenizer: &mut TokenizerHandle, token: &str) -> Dynamic {
        tokenizer.id(token).map_or(Dynamic::UNIT, Dynamic::from)
    }

    /// The token of an id, or `()`.
    ///
    /// ```rhai
    /// assert_eq(tokenizer("tests/data/tiny_bert").word(2), "[CLS]");
    /// ```
    #[rhai_fn(name = "word", pure)]
    pub fn token(tokenizer: &mut TokenizerHandle, id: i64) -> Dynamic {
        tokenizer.token(id).map_or(Dynamic::UNIT, Dynamic::from)
    }

    /// How many tokens of a text its model is given at most, special ones among them, as `model_max_length` in `tokenizer_config.json` says; `()` where
    /// that says nothing.
    ///
    /// ```rhai
    /// assert_eq(tokenizer("tests/data/tiny_bert").max_len, ());
    /// ```
    #[rhai_fn(get = "max_len", pure)]
    pub fn tokenizer_max_len(tokenizer: &mut TokenizerHandle) -> Dynamic {
        tokenizer.max_len().map_or(Dynamic::UNIT, |length| Dynamic::from(length as i64))
    }

    /// How many tokens a tokenizer knows.
    #[rhai_fn(name = "len", pure)]
    pub fn tokenizer_len(tokenizer: &mut TokenizerHandle) -> i64 {
        tokenizer.len() as i64
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_tokenizer(tokenizer: &mut TokenizerHandle) -> String {
        format!("tokenizer of {} tokens", tokenizer.len())
    }
}
