//! Rows of similar length, taken together: a batch as it is drawn is mostly padding.

/// Rows of a batch that are computed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Their places in the batch.
    pub rows: Vec<i64>,
    /// The length of the longest.
    pub longest: i64,
}

/// What a step costs besides its rows, in rows: measured on two cores (x86-64, 100 → 128 features, 8 to 64 rows).
const STEP: i64 = 4;
/// What a call costs besides its steps, in rows times steps: weights are laid out anew, tensors are made.
const CALL: i64 = 1000;
/// The most positions of a group of several rows: what a call works on, and keeps for the backward pass, goes with them
/// (about 4 KB a position and direction at 128 features), and blocks of tens of megabytes are neither found again nor given back.
const MOST: i64 = 8000;

/// Divides rows into groups of at most [`MOST`] positions so that `Σ longest·(rows + STEP) + CALL` is least: long groups of few rows cost steps, wide
/// groups of uneven rows cost padding. Shortest first. A function of the lengths alone, so that a run repeats exactly.
pub(super) fn by_length(lengths: &[i64]) -> Vec<Group> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|row| lengths[*row]);
    let longest = |end: usize| lengths[order[end - 1]];

    // best[end]: the least cost of the first `end` rows in that order, and where their last group starts.
    let mut best = vec![(0, 0)];
    for end in 1..=order.len() {
        let starts = (0..end).filter_map(|start| {
            let rows = (end - start) as i64;
            let fits = rows == 1 || longest(end) * rows <= MOST;
            fits.then(|| (best[start].0 + longest(end) * (rows + STEP) + CALL, start))
        });
        best.extend(starts.min());
    }
    let mut groups = Vec::new();
    let mut end = order.len();
    while end > 0 {
        let start = best[end].1;
        groups.push(Group { rows: order[start..end].iter().map(|row| *row as i64).collect(), longest: longest(end) });
        end = start;
    }
    groups.reverse();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_of_one_length_stay_together_and_a_long_one_among_short_ones_stands_alone() {
        assert_eq!(by_length(&[100; 64]).len(), 1);
        assert_eq!(by_length(&[600; 64]).len(), 5);
        let mut lengths = vec![50; 20];
        lengths[7] = 600;
        let groups = by_length(&lengths);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[1], Group { rows: vec![7], longest: 600 });
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn every_row_is_in_one_group_which_is_as_long_as_its_longest_row(
            lengths in prop::collection::vec(1i64..700, 1..100),
        ) {
            let groups = by_length(&lengths);
            let mut rows: Vec<i64> = groups.iter().flat_map(|g| g.rows.clone()).collect();
            rows.sort();
            prop_assert_eq!(rows, (0..lengths.len() as i64).collect::<Vec<_>>());
            for group in &groups {
                prop_assert_eq!(group.rows.iter().map(|row| lengths[*row as usize]).max(), Some(group.longest));
            }
            prop_assert!(groups.windows(2).all(|pair| pair[0].longest <= pair[1].longest));
        }
    }
}
