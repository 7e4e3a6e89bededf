//! What a data set asks of its own words, in the place of labels: those that are hidden, or those that come next.

use super::Encoded;
use super::masking::Masking;
use crate::error::Result;
use crate::ml::batch::Asked;
use crate::ml::random;
use std::borrow::Cow;

/// Without an epoch, as in an evaluation, the words that are hidden are always the same ones.
const NO_EPOCH: i64 = -1;

#[derive(Debug)]
pub enum Objective {
    /// Tokens that are hidden, others in each epoch.
    Masked(Masking),
    /// The word behind each position.
    Next,
    /// And the word before each position, for those who read from the end: of `n` positions in a batch, position `i` is asked for it as `n + i`.
    NextAndBefore,
}

impl Objective {
    /// The rows of which anything can be asked.
    pub(super) fn rows(&self, encoded: &Encoded) -> Result<Vec<i64>> {
        let mut rows = Vec::with_capacity(encoded.len());
        for row in 0..encoded.len() {
            let ids = encoded.row(row)?;
            let asks = match self {
                Objective::Masked(masking) => masking.has_any(&ids),
                Objective::Next | Objective::NextAndBefore => ids.len() > 1,
            };
            if asks {
                rows.push(row as i64);
            }
        }
        Ok(rows)
    }

    /// What is asked of these rows, whose numbers are `numbers`, and the right answers. Hides what is to be hidden.
    pub(super) fn ask(&self, rows: &mut [Cow<[i32]>], numbers: &[i64], epoch: Option<i64>) -> (Asked, Vec<i64>) {
        let lengths: Vec<i64> = rows.iter().map(|row| row.len() as i64).collect();
        let all: i64 = lengths.iter().sum();
        let (mut places, mut answers) = (Vec::new(), Vec::new());
        let mut start = 0;
        for (row, number) in rows.iter_mut().zip(numbers) {
            match self {
                Objective::Masked(masking) => {
                    let key = random::key_of_row(epoch.unwrap_or(NO_EPOCH), *number);
                    for (place, was) in masking.hide(row.to_mut(), key) {
                        places.push(start + place as i64);
                        answers.push(i64::from(was));
                    }
                }
                Objective::Next | Objective::NextAndBefore => {
                    places.extend(start..start + row.len() as i64 - 1);
                    answers.extend(row[1..].iter().map(|id| i64::from(*id)));
                }
            }
            start += row.len() as i64;
        }
        if let Objective::NextAndBefore = self {
            start = all;
            for row in rows.iter() {
                places.extend(start + 1..start + row.len() as i64);
                answers.extend(row[..row.len() - 1].iter().map(|id| i64::from(*id)));
                start += row.len() as i64;
            }
        }
        (Asked::new(places, lengths), answers)
    }

    /// All that tells it from another one.
    pub(super) fn numbers(&self) -> Vec<u64> {
        match self {
            Objective::Masked(masking) => std::iter::once(1).chain(masking.numbers()).collect(),
            Objective::Next => vec![2],
            Objective::NextAndBefore => vec![3],
        }
    }
}
