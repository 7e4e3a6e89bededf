//! Some of the reviews, drawn by the seed.

use crate::error::Result;
use crate::ml::data::select::proportional;
use crate::ml::random;

/// What rows are drawn for. No epoch has these numbers, nor does [`crate::ml::data::Dataset`] draw parts by them: what is drawn tells
/// nothing about other draws.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Test = 1,
    Valid = 2,
}

/// Which of the rows with these classes are drawn: `count` of them, of each class its share; with `leaves_some` never a class's last.
pub(super) fn draw(classes: &[u32], count: usize, leaves_some: bool, purpose: Purpose) -> Result<Vec<bool>> {
    let mut counts = vec![0; classes.iter().max().map_or(0, |last| *last as usize + 1)];
    classes.iter().for_each(|class| counts[*class as usize] += 1);
    let mut left = proportional(count, &counts);
    if leaves_some {
        left.iter_mut().zip(&counts).for_each(|(quota, count)| *quota = (*quota).min(count.saturating_sub(1)));
    }
    let mut drawn = vec![false; classes.len()];
    for row in random::permutation(classes.len() as i64, i64::MIN + purpose as i64)? {
        let quota = &mut left[classes[row as usize] as usize];
        drawn[row as usize] = *quota > 0;
        *quota = quota.saturating_sub(1);
    }
    Ok(drawn)
}
