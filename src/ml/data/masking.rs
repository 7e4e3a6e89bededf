//! Words of a row that are hidden, to be told from the others (Devlin et al. 2019).

use super::Tokenizer;
use crate::error::{Error, Result};
use crate::ml::splitmix::SplitMix;
use std::sync::Arc;

/// Which share of a row is asked for, and what stands there instead: the names are those of transformers' `DataCollatorForLanguageModeling`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Of a row's tokens that are not special; rounded, and at least one token.
    pub mlm_probability: f64,
    /// Of those: the mask token stands in their place.
    pub mask_replace_prob: f64,
    /// Another token that is not special. The rest stay as they are.
    pub random_replace_prob: f64,
}

impl Default for Rates {
    /// BERT's.
    fn default() -> Self {
        Rates { mlm_probability: 0.15, mask_replace_prob: 0.8, random_replace_prob: 0.1 }
    }
}

/// How tokens are hidden.
#[derive(Debug)]
pub struct Masking {
    rates: Rates,
    mask: i32,
    /// Of each id whether it is that of a special token, which is never hidden and never drawn.
    special: Vec<bool>,
    /// The ids of all others.
    ordinary: Arc<[i32]>,
}

impl Masking {
    /// # Errors
    /// A tokenizer without a token that stands for a hidden one, or of special tokens alone; rates outside 0 to 1, or of which two are above 1 together.
    pub fn new(tokenizer: &Tokenizer, rates: Rates) -> Result<Masking> {
        let Some(mask) = tokenizer.mask() else {
            return Err(Error::data(
                "the tokenizer has no mask token: neither [MASK] nor <mask>, and tokenizer_config.json names no mask_token. Masked words need a \
                 model that was made for them, such as bert-base-uncased",
            ));
        };
        let Rates { mlm_probability: asked, mask_replace_prob, random_replace_prob } = rates;
        if !(asked > 0.0 && asked < 1.0) {
            return Err(Error::value(format!("mlm_probability is {asked}, it must be above 0 and below 1, as 0.15")));
        }
        for (name, share) in [("mask_replace_prob", mask_replace_prob), ("random_replace_prob", random_replace_prob)] {
            if !(0.0..=1.0).contains(&share) {
                return Err(Error::value(format!("{name} is {share}, it must be from 0 to 1")));
            }
        }
        if mask_replace_prob + random_replace_prob > 1.0 + 1e-9 {
            return Err(Error::value(format!(
                "mask_replace_prob {mask_replace_prob} and random_replace_prob {random_replace_prob} are more than 1 together"
            )));
        }
        let mut special = vec![false; tokenizer.len()];
        tokenizer.apart().filter_map(|id| usize::try_from(id).ok()).for_each(|id| special[id] = true);
        let ordinary: Arc<[i32]> =
            (0..).zip(&special).filter(|(_, is_special)| !**is_special).map(|(id, _)| id).collect();
        if ordinary.is_empty() {
            return Err(Error::data("the tokenizer has special tokens alone, of which none can be hidden"));
        }
        Ok(Masking { rates, mask: mask as i32, special, ordinary })
    }

    /// All that tells it from another one.
    pub(super) fn numbers(&self) -> [u64; 4] {
        let Rates { mlm_probability, mask_replace_prob, random_replace_prob } = self.rates;
        [mlm_probability.to_bits(), mask_replace_prob.to_bits(), random_replace_prob.to_bits(), self.mask as u64]
    }

    /// Whether a row has a token that can be hidden.
    pub(super) fn has_any(&self, ids: &[i32]) -> bool {
        ids.iter().any(|id| !self.is_special(*id))
    }

    fn is_special(&self, id: i32) -> bool {
        usize::try_from(id).is_ok_and(|id| self.special.get(id).copied().unwrap_or(false))
    }

    /// Hides tokens of a row, drawn by `key`. Gives their places in the row, in rising order, and what stood there.
    pub(super) fn hide(&self, ids: &mut [i32], key: u64) -> Vec<(usize, i32)> {
        let Rates { mlm_probability, mask_replace_prob, random_replace_prob } = self.rates;
        let mut draws = SplitMix(key);
        let mut open: Vec<usize> = (0..ids.len()).filter(|place| !self.is_special(ids[*place])).collect();
        let count = ((open.len() as f64 * mlm_probability).round() as usize).max(1).min(open.len());
        // The first of a shuffle (Fisher and Yates).
        for k in 0..count {
            let other = k + draws.below(open.len() - k);
            open.swap(k, other);
        }
        open.truncate(count);
        open.sort_unstable();
        let hidden = open.into_iter().map(|place| {
            let was = ids[place];
            let share = draws.share();
            if share < mask_replace_prob {
                ids[place] = self.mask;
            } else if share < mask_replace_prob + random_replace_prob {
                ids[place] = self.ordinary[draws.below(self.ordinary.len())];
            }
            (place, was)
        });
        hidden.collect()
    }
}
