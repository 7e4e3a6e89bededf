//! Texts as the token ids that a pre-trained model was trained with: the `tokenizers` crate, on all cores.

use super::files::{self, JSON};
use super::growth::Growth;
use crate::error::{Error, ErrorKind, Result, choose};
use crate::interrupt;
use crate::ml::data::{Encoded, Texts, Unread};
use rayon::prelude::*;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use tokenizers::Tokenizer as Inner;

/// Texts between two looks for Ctrl-C.
const PART: usize = 1000;

/// What stays of a text that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Truncation {
    /// Its beginning.
    #[default]
    Head,
    /// Its beginning and, twice as much, its end (Sun et al. 2019): reviews tend to conclude with a verdict.
    Ends,
}

const TRUNCATIONS: [(&str, Truncation); 2] = [("head", Truncation::Head), ("ends", Truncation::Ends)];

impl Truncation {
    /// `"ends"` → [`Truncation::Ends`].
    ///
    /// # Errors
    /// Another word, with the nearest known one.
    pub fn parse(name: &str) -> Result<Truncation> {
        choose(&TRUNCATIONS, name, ErrorKind::Option, "part to keep")
    }
}

/// Splits texts into a model's tokens and numbers them; special tokens stand around each text.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    inner: Inner,
    pad: u32,
    mask: Option<u32>,
    special: Vec<u32>,
    /// Special tokens in front of a text and behind it.
    around: (Vec<u32>, Vec<u32>),
    growth: Growth,
    max_len: Option<usize>,
}

impl Tokenizer {
    /// Reads `tokenizer.json`, `vocab.txt`, or `vocab.json` with `merges.txt` from a folder, or such a file, and what stands beside it:
    /// `tokenizer_config.json`, `special_tokens_map.json`, `added_tokens.json`. Tokens are those of transformers' `AutoTokenizer`. What the files
    /// say of truncation and padding is the caller's matter here.
    ///
    /// # Errors
    /// A folder without any, a file that is none, one without a token that pads.
    pub fn read(path: &Path) -> Result<Tokenizer> {
        let files::Opened { file, mut inner, pad, mask, special, max_len } = files::open(path)?;
        inner.with_padding(None);
        inner.with_truncation(None).map_err(|e| Error::data(e.to_string()))?;
        let growth = Growth::of(&inner);
        let within = |e: Error| e.within(&file.display().to_string());
        growth.room("reading", 1).map_err(within)?;
        let around = around(&inner).map_err(within)?;
        Ok(Tokenizer { inner, pad, mask, special, around, growth, max_len })
    }

    /// Number of tokens: every id is below.
    pub fn len(&self) -> usize {
        self.inner.get_vocab(true).values().max().map_or(0, |id| *id as usize + 1)
    }

    /// Never: there is a token that pads.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of the token that fills up rows.
    pub fn pad(&self) -> i64 {
        self.pad.into()
    }

    /// How many tokens of a text its model is given at most, special ones among them, as `tokenizer_config.json` says; none where it does not.
    pub fn max_len(&self) -> Option<usize> {
        self.max_len
    }

    /// The special tokens in front of a text, and those behind it.
    pub(super) fn around(&self) -> (&[u32], &[u32]) {
        (&self.around.0, &self.around.1)
    }

    /// The id of the token that stands for a hidden one; a tokenizer need not have one.
    pub fn mask(&self) -> Option<i64> {
        self.mask.map(i64::from)
    }

    /// The ids of tokens that are no part of a text: those around it, that pad, that are unknown or hidden. One may come twice.
    pub fn apart(&self) -> impl Iterator<Item = i64> {
        self.special.iter().map(|id| i64::from(*id))
    }

    /// The id of a token; none where it is not in the vocabulary.
    pub fn id(&self, token: &str) -> Option<i64> {
        self.inner.token_to_id(token).map(i64::from)
    }

    /// The token of an id; none where there is none.
    pub fn token(&self, id: i64) -> Option<String> {
        self.inner.id_to_token(u32::try_from(id).ok()?)
    }

    /// The ids of each text with special tokens around them, at most `max_len`: those that transformers' `encode_plus(text,
    /// max_length=max_len, truncation=True)` gives, where the head is kept.
    ///
    /// # Errors
    /// A `max_len` that has no room for the special tokens; Ctrl-C.
    pub fn encode(&self, texts: &Texts, max_len: usize, keep: Truncation) -> Result<Encoded> {
        let least = (self.around.0.len() + self.around.1.len()).max(1);
        if max_len < least {
            let message = format!("encode: max_len is {max_len}, but {least} special tokens stand around each text");
            return Err(Error::value(message));
        }
        let mut rows = Vec::with_capacity(texts.len());
        for from in (0..texts.len()).step_by(PART) {
            interrupt::check()?;
            let part: Vec<Range<usize>> = (from..texts.len().min(from + PART)).map(|row| row..row + 1).collect();
            rows.par_extend(part.into_par_iter().map(|row| {
                let mut ids = Ok((Vec::new(), Unread::default()));
                texts.each(row, |text| {
                    ids = self.row(&text, max_len, keep);
                    Ok(())
                })?;
                ids
            }));
        }
        let (rows, unread): (Vec<_>, Vec<_>) = rows.into_iter().collect::<Result<Vec<_>>>()?.into_iter().unzip();
        Encoded::of_rows(&rows, unread, max_len, self.len(), self.pad as i32)
    }

    fn row(&self, text: &str, max_len: usize, keep: Truncation) -> Result<(Vec<i32>, Unread)> {
        self.growth.room("encode", text.len())?;
        let encoded = working("encode", || self.inner.encode_fast(text, true))?;
        let ids: Vec<i32> = encoded.get_ids().iter().map(|id| *id as i32).collect();
        let excess = ids.len().saturating_sub(max_len);
        let unread =
            Unread { cut: excess as u32, unknown: encoded.get_ids().iter().all(|id| self.special.contains(id)) };
        if excess == 0 {
            return Ok((if ids.is_empty() { vec![self.pad as i32] } else { ids }, unread));
        }
        let (before, after) = (self.around.0.len(), self.around.1.len());
        let room = max_len - before - after;
        let head = before + if keep == Truncation::Head { room } else { room / 3 };
        Ok(([&ids[..head], &ids[head + excess..]].concat(), unread))
    }

    /// The text of ids; without special tokens where they are to be skipped.
    ///
    /// # Errors
    /// An id that is no token's.
    pub fn decode(&self, ids: &[i64], skip_special: bool) -> Result<String> {
        let known = |id: &i64| u32::try_from(*id).ok().filter(|id| self.inner.id_to_token(*id).is_some());
        let last = self.len().saturating_sub(1);
        let ids = ids
            .iter()
            .map(|id| known(id).ok_or_else(|| Error::value(format!("decode: no token has the id {id} (0 to {last})"))));
        let ids = ids.collect::<Result<Vec<u32>>>()?;
        let bytes = ids.iter().filter_map(|id| self.inner.id_to_token(*id)).map(|token| token.len() + 1).sum();
        self.growth.room("decode", bytes)?;
        working("decode", || self.inner.decode(&ids, skip_special))
    }

    /// The whole tokenizer as the text of a `tokenizer.json`.
    ///
    /// # Errors
    /// None that can be met.
    pub fn to_json(&self) -> Result<String> {
        self.inner.to_string(false).map_err(|e| Error::data(format!("tokenizer: {e}")))
    }
}

/// What the crate makes of a text. It panics where a file asks for what cannot be, such as pieces of length 0.
fn working<T>(doing: &str, f: impl FnOnce() -> tokenizers::Result<T>) -> Result<T> {
    let made = catch_unwind(AssertUnwindSafe(f));
    let made = made.map_err(|_| Error::data(format!("{doing}: its {JSON} asks for what cannot be")))?;
    made.map_err(|e| Error::data(format!("{doing}: {e}")))
}

/// The special tokens in front of a text and behind it.
fn around(inner: &Inner) -> Result<(Vec<u32>, Vec<u32>)> {
    let encoded = working("the tokenizer does not work", || inner.encode_fast("a", true))?;
    let special = encoded.get_special_tokens_mask();
    let run = |mask: &mut dyn Iterator<Item = &u32>| mask.take_while(|s| **s == 1).count();
    let (ids, before, after) = (encoded.get_ids(), run(&mut special.iter()), run(&mut special.iter().rev()));
    Ok((ids[..before].to_vec(), ids[ids.len() - after..].to_vec()))
}
