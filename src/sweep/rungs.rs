//! Successive halving (Jamieson and Talwalkar: Non-stochastic best arm identification and hyperparameter optimization, 2016): all settings start, and after each
//! rung the better half goes on, from its checkpoint.

/// After how many epochs the settings are compared; the last is the whole length. Each rung is twice as long as the one before it, as far as epochs are whole.
pub fn rungs(settings: usize, epochs: u64) -> Vec<u64> {
    let halvings = settings.max(1).ilog2();
    let mut all: Vec<u64> = (0..=halvings).rev().map(|n| epochs.div_ceil(1 << n.min(62))).collect();
    all.dedup();
    all
}

/// Which settings are computed up to the rung `rung`, the best first. `scores` says what each came to by the end of each rung before it: the larger, the better;
/// none for what has failed. Equal ones are ordered as in the plan.
pub fn alive(settings: usize, rung: usize, score: impl Fn(usize, usize) -> Option<f64>) -> Vec<usize> {
    let mut alive: Vec<usize> = (0..settings).collect();
    for before in 0..rung {
        let count = alive.len().div_ceil(2);
        let mut ranked: Vec<(usize, f64)> =
            alive.iter().filter_map(|setting| Some((*setting, score(*setting, before)?))).collect();
        ranked.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        alive = ranked.into_iter().map(|(setting, _)| setting).take(count).collect();
    }
    alive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_double_and_end_with_the_whole() {
        assert_eq!(rungs(16, 16), [1, 2, 4, 8, 16]);
        assert_eq!(rungs(16, 10), [1, 2, 3, 5, 10]);
        assert_eq!(rungs(16, 4), [1, 2, 4]);
        assert_eq!(rungs(3, 10), [5, 10]);
        assert_eq!(rungs(1, 10), [10]);
    }

    #[test]
    fn the_better_half_goes_on() {
        let by_number = |setting: usize, _: usize| Some(setting as f64);
        assert_eq!(alive(5, 0, by_number), [0, 1, 2, 3, 4]);
        assert_eq!(alive(5, 1, by_number), [4, 3, 2]);
        assert_eq!(alive(5, 2, by_number), [4, 3]);
        assert_eq!(alive(5, 3, by_number), [4]);
        assert_eq!(alive(5, 4, by_number), [4]);
        // What has failed does not go on, also where fewer than half are left; equal ones go by their places.
        assert_eq!(alive(4, 1, |setting, _| (setting == 3).then_some(0.0)), [3]);
        assert_eq!(alive(4, 1, |_, _| Some(1.0)), [0, 1]);
        // What was good early and is not any more leaves.
        assert_eq!(alive(4, 2, |setting, rung| Some(if rung == 0 { -(setting as f64) } else { setting as f64 })), [1]);
    }
}
