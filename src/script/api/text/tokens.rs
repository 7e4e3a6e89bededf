//! Texts split into words.

use super::args::{place, strings};
use super::lengths::account_map;
use crate::memory::room_for_values;
use crate::ml::data;
use crate::ml::tensor::During;
use crate::script::api::handles::{TensorHandle, TokensHandle};
use crate::script::base::ScriptResult;
use rhai::{Array, Map, plugin::*};
use tch::Tensor;

/// What a word takes in an array.
const WORD: u64 = 64;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    #[rhai_fn(name = "len", pure)]
    pub fn tokens_len(tokens: &mut TokensHandle) -> i64 {
        tokens.len() as i64
    }

    /// The words of one text.
    #[rhai_fn(index_get, return_raw, pure)]
    pub fn words(tokens: &mut TokensHandle, index: i64) -> ScriptResult<Array> {
        let words = tokens.words(place("text", index, tokens.len())?)?;
        room_for_values("the words of a text", WORD.saturating_mul(words.len() as u64))?;
        Ok(strings(words))
    }

    /// The number of words of each text, `[texts]`, int64.
    ///
    /// ```rhai
    /// assert_eq(texts(["a b", "c"]).split().lengths().to_array(), [2, 1]);
    /// ```
    #[rhai_fn(name = "lengths", return_raw, pure)]
    pub fn token_lengths(tokens: &mut TokensHandle) -> ScriptResult<TensorHandle> {
        Ok(Tensor::f_from_slice(&tokens.lengths()).during("lengths", &[])?.into())
    }

    /// How long texts are, in words: `#{ min, q25, median, q75, q95, max, mean, empty, cut, share_cut }`, quantiles as numpy has them; `empty` is how many have no word, `cut` how many
    /// are longer than `max_len`, and `share_cut` which share.
    ///
    /// ```rhai
    /// let lengths = texts(["a b c", "", "a b", "a"]).split().length_account(2);
    /// assert_eq([lengths.min, lengths.median, lengths.max, lengths.mean], [0, 1.5, 3, 1.5]);
    /// assert_eq([lengths.empty, lengths.cut, lengths.share_cut], [1, 1, 0.25]);
    /// ```
    #[rhai_fn(pure)]
    pub fn length_account(tokens: &mut TokensHandle, max_len: i64) -> Map {
        account_map(data::LengthAccount::of(tokens.lengths(), max_len), tokens.len())
    }

    /// The length that covers about 95 % of texts, `int(mean + 2·std)` of their lengths; the lab cuts and pads to it.
    ///
    /// ```rhai
    /// assert_eq(length_limit(texts(["a", "a b c"]).split()), 4);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn length_limit(tokens: &mut TokensHandle) -> ScriptResult<i64> {
        Ok(data::length_limit(&tokens.lengths())?)
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_tokens(tokens: &mut TokensHandle) -> String {
        format!("{} texts of {} distinct words", tokens.len(), tokens.distinct().len())
    }
}
