//! Positions of a batch that are asked for the words that stand there, or beside them.

use crate::error::Result;
use crate::ml::tensor::During;
use tch::Tensor;

/// Which of the real positions of all rows, one behind the other, are asked. Where both sides of a position are read, those of the words
/// before it are numbered from the count of all positions on.
#[derive(Debug)]
pub struct Asked {
    places: Vec<i64>,
    /// Real positions of each row.
    lengths: Vec<i64>,
}

impl Asked {
    /// `places` are below the sum of `lengths`, or below twice of it.
    pub fn new(places: Vec<i64>, lengths: Vec<i64>) -> Asked {
        Asked { places, lengths }
    }

    /// In the order of the labels.
    pub fn places(&self) -> &[i64] {
        &self.places
    }

    fn positions(&self) -> i64 {
        self.lengths.iter().sum()
    }

    /// What is asked of `length` rows from `start` on, and those of the labels, `[asked]`.
    pub(super) fn rows(&self, labels: &Tensor, start: usize, length: usize) -> Result<(Asked, Tensor)> {
        let lengths = self.lengths[start..start + length].to_vec();
        let before: i64 = self.lengths[..start].iter().sum();
        let (all, own): (i64, i64) = (self.positions(), lengths.iter().sum());
        let (mut places, mut kept) = (Vec::new(), Vec::new());
        for (number, place) in (0..).zip(&self.places) {
            let (side, place) = (place / all, place % all);
            if (before..before + own).contains(&place) {
                places.push(side * own + place - before);
                kept.push(number);
            }
        }
        let index = Tensor::f_from_slice::<i64>(&kept).and_then(|i| i.f_to_device(labels.device()));
        let labels = index.and_then(|index| labels.f_index_select(0, &index)).during("parts", &[labels])?;
        Ok((Asked { places, lengths }, labels))
    }
}
