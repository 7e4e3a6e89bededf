//! How long texts are.

/// The lengths of texts in words, in figures; quantiles are numpy's, between the two lengths next to them.
#[derive(Debug, Clone, PartialEq)]
pub struct LengthAccount {
    pub min: i64,
    pub q25: f64,
    pub median: f64,
    pub q75: f64,
    pub q95: f64,
    pub max: i64,
    pub mean: f64,
    /// How many have no word.
    pub empty: i64,
    /// How many are longer than the limit.
    pub cut: i64,
}

impl LengthAccount {
    /// Of these lengths, of which those above `limit` are cut; zeros of none.
    pub fn of(mut lengths: Vec<i64>, limit: i64) -> LengthAccount {
        lengths.sort_unstable();
        let n = lengths.len();
        // numpy.quantile's default method, "linear".
        let quantile = |q: f64| {
            let place = q * n.saturating_sub(1) as f64;
            let length = |at: usize| lengths.get(at).copied().unwrap_or_default() as f64;
            let below = place.floor() as usize;
            length(below) + (place - place.floor()) * (length((below + 1).min(n.saturating_sub(1))) - length(below))
        };
        let above = |limit: i64| (n - lengths.partition_point(|length| *length <= limit)) as i64;
        LengthAccount {
            min: lengths.first().copied().unwrap_or_default(),
            q25: quantile(0.25),
            median: quantile(0.5),
            q75: quantile(0.75),
            q95: quantile(0.95),
            max: lengths.last().copied().unwrap_or_default(),
            mean: lengths.iter().sum::<i64>() as f64 / n.max(1) as f64,
            empty: n as i64 - above(0),
            cut: above(limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // >>> a = np.array([3, 5, 8, 100, 0, 7])
    // >>> np.quantile(a, [.25, .5, .75, .95]).tolist(), a.mean()
    // ([3.5, 6.0, 7.75, 77.0], 20.5)
    #[test]
    fn quantiles_are_numpys() {
        let account = LengthAccount::of(vec![3, 5, 8, 100, 0, 7], 7);
        assert_eq!((account.q25, account.median, account.q75, account.q95, account.mean), (3.5, 6.0, 7.75, 77.0, 20.5));
        assert_eq!((account.min, account.max, account.empty, account.cut), (0, 100, 1, 2));
        let none = LengthAccount::of(Vec::new(), 7);
        assert_eq!((none.median, none.mean, none.max, none.cut), (0.0, 0.0, 0, 0));
    }
}
