//! Texts.

use super::args::place;
use crate::error::Error;
use crate::ml::data::{Split, Texts, Tokens};
use crate::script::api::handles::{TensorHandle, TextsHandle, TokensHandle};
use crate::script::base::ScriptResult;
use rhai::{Array, Dynamic, plugin::*};
use std::ops::Range;
use std::rc::Rc;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Texts from an array of strings; they are cleaned and split on all cores.
    ///
    /// ```rhai
    /// let t = texts(["A fine film.", "A dull one."]);
    /// assert_eq(t.len(), 2);
    /// assert_eq(t[0], "A fine film.");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn texts(strings: Array) -> ScriptResult<TextsHandle> {
        let read = |d: Dynamic| d.into_immutable_string().map(String::from);
        let all = strings.into_iter().map(read).collect::<std::result::Result<Vec<_>, _>>();
        let all = all.map_err(|kind| Error::value(format!("texts takes an array of strings, found a {kind}")))?;
        Ok(Rc::new(Texts::new(all)))
    }

    /// Texts split at white space; no word is empty.
    ///
    /// ```rhai
    /// assert_eq(texts([" a  b "]).split()[0], ["a", "b"]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn split(texts: &mut TextsHandle) -> ScriptResult<TokensHandle> {
        Ok(Rc::new(Tokens::split(texts, Split::WhiteSpace)?))
    }

    /// Texts split at each single space, as the lab does it: two in a row give an empty word.
    ///
    /// ```rhai
    /// assert_eq(texts([" a  b "]).split_spaces()[0], ["", "a", "", "b", ""]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn split_spaces(texts: &mut TextsHandle) -> ScriptResult<TokensHandle> {
        Ok(Rc::new(Tokens::split(texts, Split::Spaces)?))
    }

    /// 16 hexadecimal digits that tell texts with their labels from others: a run's `config.json` has those of its test set.
    ///
    /// ```rhai
    /// assert_eq(texts(["fine"]).fingerprint(tensor([1])), texts(["fine"]).fingerprint(tensor([1])));
    /// assert(texts(["fine"]).fingerprint(tensor([1])) != texts(["fine"]).fingerprint(tensor([0])));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn fingerprint(texts: &mut TextsHandle, labels: TensorHandle) -> ScriptResult<String> {
        Ok(texts.fingerprint(&labels)?)
    }

    #[rhai_fn(name = "len", pure)]
    pub fn texts_len(texts: &mut TextsHandle) -> i64 {
        texts.len() as i64
    }

    #[rhai_fn(index_get, return_raw, pure)]
    pub fn text(texts: &mut TextsHandle, index: i64) -> ScriptResult<String> {
        let at = place("text", index, texts.len())?;
        Ok(texts.get(at)?.unwrap_or_default().into_owned())
    }

    /// Some texts, in their order.
    ///
    /// ```rhai
    /// assert_eq(texts(["a", "b", "c"])[1..3].len(), 2);
    /// ```
    #[rhai_fn(index_get, return_raw, pure)]
    pub fn some_texts(texts: &mut TextsHandle, range: Range<i64>) -> ScriptResult<TextsHandle> {
        let bound = |n: i64| usize::try_from(n).ok().filter(|n| *n <= texts.len());
        match bound(range.start).zip(bound(range.end)) {
            Some((from, to)) => Ok(Rc::new(texts.slice(from..to))),
            None => Err(Error::value(format!("texts {range:?} of {}", texts.len())).into()),
        }
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_texts(texts: &mut TextsHandle) -> String {
        format!("{} texts", texts.len())
    }

    /// One list of texts behind the other.
    #[rhai_fn(name = "+", return_raw)]
    pub fn joined(a: TextsHandle, b: TextsHandle) -> ScriptResult<TextsHandle> {
        Ok(Rc::new(a.followed_by(&b)?))
    }
}
