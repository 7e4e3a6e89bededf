//! Texts split into words.

use super::args::{place, strings};
use crate::memory::room_for_values;
use crate::ml::data;
use crate::ml::tensor::During;
use crate::script::api::handles::{TensorHandle, TokensHandle};
use crate::script::base::ScriptResult;
use rhai::{Array, plugin::*};
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
        let words = tokens.words(place("text", index, tokens.len())?);
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
