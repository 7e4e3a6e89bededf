//! Data sets that ask for their own words, in the place of labels.

use crate::error::Result;
use crate::ml::data::{Masking, Objective, Rates};
use crate::script::api::handles::{DatasetHandle, TokenizerHandle};
use crate::script::base::ScriptResult;
use crate::script::base::options::Options;
use rhai::{Map, plugin::*};
use std::rc::Rc;

fn rates(options: Map) -> Result<Rates> {
    let mut o = Options::new("mask_tokens", options);
    let usual = Rates::default();
    let rates = Rates {
        mlm_probability: o.number("mlm_probability", usual.mlm_probability)?,
        mask_replace_prob: o.number("mask_replace_prob", usual.mask_replace_prob)?,
        random_replace_prob: o.number("random_replace_prob", usual.random_replace_prob)?,
    };
    o.done()?;
    Ok(rates)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A data set whose batches hide tokens and ask for them (BERT's masked words, Devlin et al. 2019), in the place of its labels. `data` holds token ids
    /// of this `tokenizer`. Of each row a share is asked for, at least one token, never a special one. Which, is drawn by the seed, others in each
    /// epoch, whatever the batches; in an evaluation, which has no epoch, always the same. In a batch `ids` are those with hidden tokens, `asked` are the
    /// places of the asked ones among the real positions of all rows, and `labels`, `[asked]`, what they are. Rows of special tokens alone are left
    /// out: `len()` says how many there are.
    ///
    /// Options, as in transformers' `DataCollatorForLanguageModeling`: `mlm_probability` 0.15, the share of a row (rounded; transformers draws each token for
    /// itself); of these `mask_replace_prob` 0.8 become the mask token, `random_replace_prob` 0.1 another token that is not special, and the others stay.
    ///
    /// Errors: a tokenizer without a mask token, shares that are none, a data set of other rows, or of which nothing is left.
    ///
    /// ```rhai
    /// let t = tokenizer("tests/data/tiny_bert");
    /// let data = dataset(t.encode(texts(["a great film", "the worst"]), 16), tensor([0, 0]), #{});
    /// for batch in mask_tokens(data, t, #{ mask_replace_prob: 1.0, random_replace_prob: 0.0 }).batches(#{}) {
    ///     assert_eq(batch.labels.len(), 2);
    ///     assert_eq(batch.ids.eq(t.index("[MASK]")).sum().item(), 2);
    /// }
    /// assert_throws(|| mask_tokens(data, t, #{ mlm_probability: 1.5 }), "mlm_probability is 1.5");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn mask_tokens(data: DatasetHandle, tokenizer: TokenizerHandle, options: Map) -> ScriptResult<DatasetHandle> {
        let masking = rates(options).and_then(|rates| Masking::new(&tokenizer, rates));
        let masked = masking.and_then(|masking| data.asking(Objective::Masked(masking)));
        Ok(Rc::new(masked.map_err(|e| e.within("mask_tokens"))?))
    }

    #[rhai_fn(name = "mask_tokens", return_raw)]
    pub fn mask_tokens_as_bert(data: DatasetHandle, tokenizer: TokenizerHandle) -> ScriptResult<DatasetHandle> {
        mask_tokens(data, tokenizer, Map::new())
    }

    /// A data set whose batches ask for the next word at each position of a row but its last, in the place of its labels: `asked` are those positions among the
    /// real ones of all rows, and `labels`, `[asked]`, the numbers of the words behind them. Rows of a single word are left out. Option: `bidirectional`
    /// false; true asks, behind these, each position but a row's first for the word before it, for what reads from the end: of `n` positions in a batch,
    /// position `i` is then `n + i` (Peters et al. 2018).
    ///
    /// Errors: a data set of other rows than words that are padded behind, or of single words.
    ///
    /// ```rhai
    /// let words = texts(["a fine film", "dull"]).split();
    /// let v = vocabulary(words);
    /// let data = next_words(dataset(v.encode(words, 9), tensor([0, 0]), #{}));
    /// assert_eq(data.len(), 1);
    /// for batch in data.batches(#{}) {
    ///     assert_eq(batch.asked.to_array(), [0, 1]);
    ///     assert_eq(v.decode(batch.labels.to_array()), ["fine", "film"]);
    /// }
    /// ```
    #[rhai_fn(return_raw)]
    pub fn next_words(data: DatasetHandle) -> ScriptResult<DatasetHandle> {
        next_words_with(data, Map::new())
    }

    #[rhai_fn(name = "next_words", return_raw)]
    pub fn next_words_with(data: DatasetHandle, options: Map) -> ScriptResult<DatasetHandle> {
        let mut o = Options::new("next_words", options);
        let objective = if o.boolean("bidirectional", false)? { Objective::NextAndBefore } else { Objective::Next };
        o.done()?;
        Ok(Rc::new(data.asking(objective).map_err(|e| e.within("next_words"))?))
    }
}
