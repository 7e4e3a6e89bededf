//! Whether a difference is more than chance: of two networks on the same rows, and of two settings over the same seeds.

use super::splitmix::SplitMix;
use std::f64::consts::PI;

/// The probability that two networks which are equally good differ at least as much on rows that only one of them gets right: `first` rows by one, `second` by the other.
/// McNemar's test, exact and two-sided: each such row is a fair coin (McNemar: Note on the sampling error of the difference between correlated proportions, 1947).
pub fn mcnemar(first: u64, second: u64) -> f64 {
    let (n, fewer) = (first + second, first.min(second));
    let ln_half = 0.5f64.ln() * n as f64;
    let mut ln_ways = 0.0;
    let mut tail = ln_half.exp();
    for k in 1..=fewer {
        ln_ways += ((n - k + 1) as f64).ln() - (k as f64).ln();
        tail += (ln_ways + ln_half).exp();
    }
    (2.0 * tail).min(1.0)
}

/// Between which means the middle share `level` of so many resamples of the values lies: the percentile bootstrap (Efron: Bootstrap methods, 1979). The same for a `seed`.
/// None of no values.
pub fn bootstrap(values: &[f64], samples: usize, level: f64, seed: u64) -> Option<(f64, f64)> {
    if values.is_empty() || samples == 0 {
        return None;
    }
    let mut numbers = SplitMix(seed);
    let mut mean = || (0..values.len()).map(|_| values[numbers.below(values.len())]).sum::<f64>() / values.len() as f64;
    let mut means: Vec<f64> = (0..samples).map(|_| mean()).collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| {
        // Between two of them in proportion, as numpy's percentile.
        let place = share * (samples - 1) as f64;
        let (below, above) = (place.floor() as usize, place.ceil() as usize);
        means[below] + (place - place.floor()) * (means[above] - means[below])
    };
    Some((at((1.0 - level) / 2.0), at((1.0 + level) / 2.0)))
}

/// Mean and standard deviation (that of a sample: over n − 1; none of a single value). None of no values.
pub fn mean_and_deviation(values: &[f64]) -> Option<(f64, Option<f64>)> {
    let n = values.len() as f64;
    if values.is_empty() {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((mean, (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt())))
}

/// Where the mean of what the values are drawn from lies with the confidence `level`, by Student's t (Student: The probable error of a mean, 1908). None of fewer than two.
pub fn t_interval(values: &[f64], level: f64) -> Option<(f64, f64)> {
    let (mean, deviation) = mean_and_deviation(values)?;
    let n = values.len();
    let half = t_quantile((1.0 + level) / 2.0, n - 1) * deviation? / (n as f64).sqrt();
    Some((mean - half, mean + half))
}

/// The probability that a t of so many degrees of freedom is within ±t (Abramowitz and Stegun: Handbook of mathematical functions, 1964, 26.7.3 and 26.7.4).
fn within(t: f64, degrees: usize) -> f64 {
    let angle = (t / (degrees as f64).sqrt()).atan();
    let (sine, cosine) = angle.sin_cos();
    let odd = degrees % 2 == 1;
    let mut term = if odd { cosine } else { 1.0 };
    let mut sum = if degrees == 1 { 0.0 } else { term };
    let mut k = if odd { 3 } else { 2 };
    while k < degrees {
        term *= (k - 1) as f64 / k as f64 * cosine * cosine;
        sum += term;
        k += 2;
    }
    if odd { 2.0 / PI * (angle + sine * sum) } else { sine * sum }
}

/// Below which t of so many degrees of freedom lies with the probability `p`, from one half up.
fn t_quantile(p: f64, degrees: usize) -> f64 {
    let (mut low, mut high) = (0.0f64, 1e9f64);
    for _ in 0..200 {
        let middle = if high > 2.0 * low + 1.0 { 2.0 * low + 1.0 } else { low.midpoint(high) };
        if within(middle, degrees) < 2.0 * p - 1.0 { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `float(min(1, Fraction(2 * sum(comb(b + c, i) for i in range(min(b, c) + 1)), 2 ** (b + c))))` in Python
    #[test]
    fn mcnemars_test_is_a_binomial_one() {
        for (first, second, p) in [
            (10, 25, 0.016_673_847_800_120_71),
            (0, 5, 0.0625),
            (7, 7, 1.0),
            (0, 0, 1.0),
            (1, 0, 1.0),
            (600, 500, 0.002_819_544_991_436_427_5),
        ] {
            let found = mcnemar(first, second);
            assert!((found - p).abs() < 1e-10, "{first} {second}: {found}");
            assert_eq!(found, mcnemar(second, first));
        }
        // More rows than a number of floating point can count the ways of.
        assert!(mcnemar(20_000, 20_100) > 0.6 && mcnemar(20_000, 22_000) < 1e-20);
    }

    /// `scipy.stats.t.ppf(0.975, df)`
    #[test]
    fn students_t_is_that_of_the_tables() {
        for (degrees, t) in [
            (1, 12.706_204_736_432_1),
            (2, 4.302_652_729_696_14),
            (3, 3.182_446_305_284_26),
            (4, 2.776_445_105_197_79),
            (9, 2.262_157_162_854_99),
            (30, 2.042_272_456_301_24),
        ] {
            let found = t_quantile(0.975, degrees);
            assert!((found - t).abs() < 1e-9, "{degrees}: {found}");
        }
        let (low, high) = t_interval(&[1.0, 2.0, 3.0, 4.0], 0.95).unwrap();
        assert!((low - 0.445_739_743).abs() < 1e-8 && (high - 4.554_260_257).abs() < 1e-8, "{low} {high}");
        assert_eq!(t_interval(&[1.0], 0.95), None);
    }

    #[test]
    fn a_bootstrap_is_the_same_for_a_seed_and_about_as_wide_as_theory_says() {
        let values: Vec<f64> = (0..400).map(|i| f64::from(i % 2)).collect();
        let (low, high) = bootstrap(&values, 2000, 0.95, 1).unwrap();
        assert_eq!(bootstrap(&values, 2000, 0.95, 1), Some((low, high)));
        assert_ne!(bootstrap(&values, 2000, 0.95, 2), Some((low, high)));
        // 1.96 standard errors of 0.025 to both sides of a half.
        assert!((low - 0.451).abs() < 0.006 && (high - 0.549).abs() < 0.006, "{low} {high}");
        assert_eq!(bootstrap(&[], 10, 0.95, 1), None);
        assert_eq!(bootstrap(&[2.0], 10, 0.95, 1), Some((2.0, 2.0)));
    }

    #[test]
    fn the_deviation_is_that_of_a_sample() {
        let (mean, deviation) = mean_and_deviation(&[1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!(mean, 2.5);
        assert!((deviation.unwrap() - 1.290_994_448_735_805_6).abs() < 1e-15);
        assert_eq!(mean_and_deviation(&[3.0]), Some((3.0, None)));
        assert_eq!(mean_and_deviation(&[]), None);
    }
}
