//! Values that no axis has a place for.

use super::scale::Scale;

/// Why a value is not drawn, and so where it is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Nan,
    /// Above all, or below all where it is negative.
    Infinite(bool),
    /// Of a log axis: 0, or below.
    NoLogarithm,
}

impl Why {
    /// Of a value; none where it has a place.
    pub fn of(value: f64, scale: Scale) -> Option<Why> {
        match value {
            v if v.is_nan() => Some(Why::Nan),
            v if v.is_infinite() => Some(Why::Infinite(v > 0.0)),
            v if scale == Scale::Log && v <= 0.0 => Some(Why::NoLogarithm),
            _ => None,
        }
    }

    /// Whether it lies above all that has a place.
    pub fn is_above(self) -> bool {
        self == Why::Infinite(true)
    }
}

/// `3 NaN, 1 infinite and 2 of at most 0 on a log axis are not drawn`; none of none.
pub fn told(all: impl Iterator<Item = Why>) -> Option<String> {
    let mut counts = [(0, "NaN"), (0, "infinite"), (0, "of at most 0 on a log axis")];
    for why in all {
        let kind = match why {
            Why::Nan => 0,
            Why::Infinite(_) => 1,
            Why::NoLogarithm => 2,
        };
        counts[kind].0 += 1;
    }
    let met: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let total: usize = counts.iter().map(|(n, _)| n).sum();
    let (last, first) = met.split_last()?;
    let listed = if first.is_empty() { last.clone() } else { format!("{} and {last}", first.join(", ")) };
    Some(format!(
        "{}: {listed}",
        if total == 1 { "a value is not drawn".into() } else { format!("{total} values are not drawn") }
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_counted_apart() {
        let of = |values: &[f64], scale| told(values.iter().filter_map(|v| Why::of(*v, scale)));
        assert_eq!(of(&[1.0, 0.0, -1e308], Scale::Linear), None);
        assert_eq!(of(&[1.0, f64::NAN], Scale::Linear).unwrap(), "a value is not drawn: 1 NaN");
        let all = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -1.0, 1.0];
        let said = "5 values are not drawn: 1 NaN, 2 infinite and 2 of at most 0 on a log axis";
        assert_eq!(of(&all, Scale::Log).unwrap(), said);
    }
}
