//! From numbers to places along an axis, and the ticks that a reader expects.

use super::scale::Scale;

/// Two decades or more are told by powers of ten.
const DECADES: usize = 2;
/// Differences of larger numbers may be none.
const HUGE: f64 = 1e307;
/// No label has more digits behind the point.
const DIGITS: i32 = 12;
/// As wide as a digit, which the hyphen is not.
const MINUS: &str = "−";

#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// From 0 (where the axis begins) to 1.
    pub at: f64,
    pub label: String,
}

#[derive(Debug, Clone)]
pub struct Axis {
    scale: Scale,
    /// The ends; on a log axis those of the logarithm.
    low: f64,
    high: f64,
    /// Only whole numbers lie on it: epochs, counts.
    whole: bool,
    /// There is nothing to count.
    empty: bool,
}

impl Axis {
    /// An axis that holds `values`, with `margin` (a share of its length) left free at both ends.
    pub fn around(values: impl Iterator<Item = f64>, scale: Scale, margin: f64) -> Self {
        let (mut low, mut high, mut whole) = (f64::INFINITY, f64::NEG_INFINITY, scale == Scale::Linear);
        for v in values {
            if let Some(place) = scale.project(v) {
                low = low.min(place);
                high = high.max(place);
                whole &= v.fract() == 0.0;
            }
        }
        if low > high {
            return Axis { scale, low: 0.0, high: 1.0, whole: false, empty: true };
        }
        let axis = Axis { scale, low, high, whole, empty: false }.widened();
        // All the same: there is room enough already.
        let free = if low < high { axis.high * margin - axis.low * margin } else { 0.0 };
        Axis { low: (axis.low - free).max(f64::MIN), high: (axis.high + free).min(f64::MAX), ..axis }
    }

    /// Exactly from `low` to `high`. On a log axis an end that has no logarithm is one decade from the other.
    pub fn between(low: f64, high: f64, scale: Scale) -> Self {
        let high = scale.project(high).unwrap_or(0.0);
        let low = scale.project(low).unwrap_or(high - 1.0);
        Axis { scale, low, high, whole: false, empty: false }.widened()
    }

    /// The same, with ticks at whole numbers alone.
    pub fn of_whole_numbers(self) -> Self {
        Axis { whole: true, ..self }
    }

    /// An axis of no length, or so short that numbers run out of digits, is given some.
    fn widened(self) -> Self {
        let size = self.low.abs().max(self.high.abs());
        if self.high - self.low > (size * 1e-9).max(1e-290) {
            return self;
        }
        let least: f64 = if self.whole || self.scale == Scale::Log || size < 1e-290 { 0.5 } else { 0.0 };
        let free = least.max(if self.whole { size * 1e-6 } else { size * 0.1 });
        Axis { low: (self.low - free).max(f64::MIN), high: (self.high + free).min(f64::MAX), ..self }
    }

    /// Where `v` lies: 0 at the beginning of the axis, 1 at its end, other values outside. None for a gap.
    pub fn place(&self, v: f64) -> Option<f64> {
        // Far outside is far enough: strokes that are clipped there still need finite directions.
        self.scale.project(v).map(|p| self.share(p).clamp(-1e4, 1e4))
    }

    /// At most about `count` ticks with labels.
    pub fn ticks(&self, count: usize) -> Vec<Tick> {
        if self.empty {
            return Vec::new();
        }
        let count = count.max(2);
        if self.scale == Scale::Log {
            let decades = (self.high.floor() - self.low.ceil() + 1.0).max(0.0) as usize;
            if decades >= DECADES {
                let stride = decades.div_ceil(count) as i32;
                let (first, last) = (self.low.ceil() as i32, self.high.floor() as i32);
                let exponents = (first..=last).filter(|e| e.rem_euclid(stride) == 0);
                return exponents.map(|e| self.tick(f64::from(e), power_of_ten(e))).collect();
            }
            let round = self.round_ticks(count);
            if round.len() > 1 {
                return round;
            }
            let values = steps(10f64.powf(self.low), 10f64.powf(self.high), count, false);
            return values.iter().map(|v| self.tick(v.value.log10(), v.label.clone())).collect();
        }
        let values = steps(self.low, self.high, count, self.whole);
        values.into_iter().map(|v| self.tick(v.value, v.label)).collect()
    }

    /// 1, 2 and 5 times the powers of ten, or fewer where there are too many; none on less than a decade, where they are too few.
    fn round_ticks(&self, count: usize) -> Vec<Tick> {
        if self.high - self.low < 1.0 {
            return Vec::new();
        }
        let exponents = || self.low.floor() as i32..=self.high.floor() as i32;
        let of = |multiples: &[f64]| -> Vec<Tick> {
            let values = exponents().flat_map(|e| multiples.iter().map(move |m| (e, m * 10f64.powi(e))));
            let within = values.filter(|(_, v)| (self.low..=self.high).contains(&v.log10()));
            within.map(|(e, v)| self.tick(v.log10(), label(v, v, e))).collect()
        };
        let sets: [&[f64]; 2] = [&[1.0, 2.0, 5.0], &[1.0, 3.0]];
        sets.into_iter().map(of).find(|ticks| ticks.len() <= count + 1).unwrap_or_default()
    }

    /// Places of the lines without labels: 2 to 9 times the powers of ten.
    pub fn fine_ticks(&self) -> Vec<f64> {
        if self.empty || self.scale == Scale::Linear || self.high - self.low > 7.0 {
            return Vec::new();
        }
        let decades = self.low.floor() as i32..=self.high.floor() as i32;
        let places = decades.flat_map(|e| (2..10).map(move |m| f64::from(e) + f64::from(m).log10()));
        places.filter(|p| (self.low..=self.high).contains(p)).map(|p| self.share(p)).collect()
    }

    fn share(&self, projected: f64) -> f64 {
        // The largest numbers are farther apart than any number is large.
        let half = |v: f64| if self.low.abs().max(self.high.abs()) > HUGE { v / 4.0 } else { v };
        (half(projected) - half(self.low)) / (half(self.high) - half(self.low))
    }

    fn tick(&self, projected: f64, label: String) -> Tick {
        Tick { at: self.share(projected), label }
    }
}

struct Step {
    value: f64,
    label: String,
}

/// Multiples of 1, 2, 2.5 or 5 times a power of ten between `low` and `high`, at most about `count`.
fn steps(low: f64, high: f64, count: usize, whole: bool) -> Vec<Step> {
    let raw = high / count as f64 - low / count as f64;
    let magnitude = 10f64.powf(raw.log10().floor());
    // A few ticks more than asked for are better than half of them.
    let fits = |f: &f64| f * magnitude >= raw * 0.85 && !(whole && *f == 2.5);
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(fits).unwrap_or(10.0);
    let step = if whole { (factor * magnitude).max(1.0) } else { factor * magnitude };
    if !step.is_normal() || step <= 0.0 {
        return Vec::new();
    }
    // A little slack: 0.3 / 0.1 is not 3.
    let (first, last) = ((low / step - 1e-6).ceil(), (high / step + 1e-6).floor());
    let n = (last - first).clamp(0.0, 100.0) as usize;
    let values: Vec<f64> = (0..=n).map(|i| (first + i as f64) * step).collect();
    let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let finest = step.log10().floor() as i32 - i32::from(factor == 2.5);
    values.into_iter().map(|v| Step { value: v, label: label(v, largest, finest) }).collect()
}

/// `v` with its digits down to `10^finest`; scientific where the axis reaches far up or down.
fn label(v: f64, largest: f64, finest: i32) -> String {
    let exponent = if largest > 0.0 { largest.log10().floor() as i32 } else { 0 };
    // Neither a rounding error nor "-0".
    let v = if v.abs() < largest * 1e-12 { 0.0 } else { v };
    if (-4..6).contains(&exponent) && finest >= -DIGITS {
        return format!("{v:.*}", (-finest).max(0) as usize).replace('-', MINUS);
    }
    if v == 0.0 {
        return "0".to_string();
    }
    let digits = (exponent - finest).clamp(0, 15) as usize;
    let mantissa = v / 10f64.powi(exponent);
    // 10^308 and beyond have no reciprocal: divide twice.
    let mantissa = if mantissa.is_finite() { mantissa } else { v * 1e10 / 10f64.powi(exponent + 10) };
    format!("{mantissa:.digits$}×{}", power_of_ten(exponent)).replace('-', MINUS)
}

fn power_of_ten(exponent: i32) -> String {
    let digits = exponent.to_string();
    let raised = digits.chars().map(|c| match c {
        '-' => '⁻',
        digit => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit.to_digit(10).unwrap_or(0) as usize],
    });
    format!("10{}", raised.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], scale: Scale, count: usize) -> Vec<String> {
        Axis::around(values.iter().copied(), scale, 0.0).ticks(count).into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn epochs_are_whole_numbers() {
        assert_eq!(labels(&[1.0], Scale::Linear, 8), ["1"]);
        assert_eq!(labels(&[1.0, 3.0], Scale::Linear, 8), ["1", "2", "3"]);
        assert_eq!(labels(&[1.0, 30.0], Scale::Linear, 8), ["5", "10", "15", "20", "25", "30"]);
    }

    #[test]
    fn labels_have_the_digits_of_the_step() {
        assert_eq!(labels(&[0.5, 0.95], Scale::Linear, 6), ["0.5", "0.6", "0.7", "0.8", "0.9"]);
        assert_eq!(labels(&[0.0, 0.1], Scale::Linear, 4), ["0.000", "0.025", "0.050", "0.075", "0.100"]);
        assert_eq!(labels(&[0.5e7, 2.2e7], Scale::Linear, 4), ["0.5×10⁷", "1.0×10⁷", "1.5×10⁷", "2.0×10⁷"]);
        assert_eq!(labels(&[-2e-7, 2e-7 + 1e-12], Scale::Linear, 2), ["−2×10⁻⁷", "0", "2×10⁻⁷"]);
    }

    #[test]
    fn a_log_axis_counts_decades_and_falls_back_to_numbers_within_one() {
        assert_eq!(labels(&[1e-4, 0.0, -1.0, 0.1], Scale::Log, 8), ["10⁻⁴", "10⁻³", "10⁻²", "10⁻¹"]);
        assert_eq!(labels(&[0.2, 0.9], Scale::Log, 4), ["0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(labels(&[0.018, 0.6], Scale::Log, 5), ["0.02", "0.05", "0.1", "0.2", "0.5"]);
        assert_eq!(labels(&[0.018, 0.6], Scale::Log, 2), ["0.03", "0.1", "0.3"]);
        assert_eq!(labels(&[1.5e-6, 3e-5], Scale::Log, 5), ["2×10⁻⁶", "5×10⁻⁶", "1×10⁻⁵", "2×10⁻⁵"]);
    }

    #[test]
    fn equal_and_extreme_values_still_make_an_axis() {
        for v in [0.0, 1.0, -3.5, 1e300, -1e300, 1e-310, 5e-324, 123456789.25] {
            for scale in [Scale::Linear, Scale::Log] {
                let axis = Axis::around([v].into_iter(), scale, 0.05);
                assert!(axis.place(v).is_none_or(|p| (0.0..=1.0).contains(&p)), "{v} {scale:?}");
                assert!(axis.ticks(6).len() <= 12);
            }
        }
    }
}
