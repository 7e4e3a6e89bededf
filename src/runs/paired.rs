//! Two runs on the same test rows: whether the one is better by more than chance.

use crate::error::Result;
use crate::ml::run::{Predictions, Summary};
use crate::ml::statistics::{bootstrap, mcnemar};
use crate::output::in_a_line;
use serde_json::{Value, json};

/// Resamples of the rows, as `bootstrap` of scripts takes them; fewer where there are very many rows.
const SAMPLES: usize = 10_000;
const MOST_DRAWS: usize = 200_000_000;
const LEVEL: f64 = 0.95;
const SEED: u64 = 1;

/// What two runs said of the same rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// After which epoch of each.
    pub epochs: [usize; 2],
    pub accuracies: [f64; 2],
    pub both: u64,
    /// Right by one of them alone.
    pub only: [u64; 2],
    pub neither: u64,
    /// How probable it is that two equally good ones differ at least as much (McNemar).
    pub p: f64,
    /// The accuracy of the first less that of the second, and the ends of its 95 % interval (bootstrap over the rows).
    pub difference: f64,
    pub interval: (f64, f64),
}

/// Compares two runs row by row; in words, why they cannot be compared.
///
/// # Errors
/// A file of predictions that cannot be read.
pub fn paired(a: &Summary, b: &Summary) -> Result<Result<Paired, String>> {
    let why = |found: Result<&Predictions, &Summary>| match found {
        Ok(_) => None,
        Err(run) => Some(format!("{} keeps no predictions of test rows", run.folder.display())),
    };
    let (first, second) = (Predictions::of(&a.folder)?, Predictions::of(&b.folder)?);
    let (Some(x), Some(y)) = (&first, &second) else {
        let mut missing: Vec<String> =
            [why(first.as_ref().ok_or(a)), why(second.as_ref().ok_or(b))].into_iter().flatten().collect();
        missing.dedup();
        return Ok(Err(missing.join(", ")));
    };
    let same_labels = x.rows.iter().map(|said| said.label).eq(y.rows.iter().map(|said| said.label));
    if x.set != y.set || !same_labels {
        let [m, n] = [x, y].map(|p| p.rows.len());
        return Ok(Err(format!("their test sets are not the same: one of {m} rows, and another of {n}")));
    }
    Ok(Ok(compared(x, y)))
}

fn compared(x: &Predictions, y: &Predictions) -> Paired {
    let pairs: Vec<(bool, bool)> = x.rows.iter().zip(&y.rows).map(|(a, b)| (a.is_right(), b.is_right())).collect();
    let count = |wanted: (bool, bool)| pairs.iter().filter(|pair| **pair == wanted).count() as u64;
    let (both, only, neither) =
        (count((true, true)), [count((true, false)), count((false, true))], count((false, false)));
    let of = |right: u64| right as f64 / pairs.len().max(1) as f64;
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| f64::from(u8::from(*a)) - f64::from(u8::from(*b))).collect();
    let samples = (MOST_DRAWS / pairs.len().max(1)).clamp(500, SAMPLES);
    Paired {
        epochs: [x.epoch, y.epoch],
        accuracies: [of(both + only[0]), of(both + only[1])],
        both,
        only,
        neither,
        p: mcnemar(only[0], only[1]),
        difference: of(only[0]) - of(only[1]),
        interval: bootstrap(&differences, samples, LEVEL, SEED).unwrap_or_default(),
    }
}

/// As it is shown below what two runs differ in.
pub fn text(paired: &Result<Paired, String>) -> String {
    match paired {
        Err(why) => format!(
            "test rows\n  not compared: {}\n  imdbsh scripts/test.rhai model=A,B scores both anew, on the same reviews",
            in_a_line(why)
        ),
        Ok(Paired {
            epochs: [m, n],
            accuracies: [a, b],
            both,
            only: [first, second],
            neither,
            p,
            difference,
            interval,
        }) => {
            // Said of the one that is better.
            let (who, sign) = if *difference < 0.0 { ("second", -1.0) } else { ("first", 1.0) };
            let ends = [sign * interval.0, sign * interval.1];
            let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
            let difference = difference.abs();
            let rows = both + first + second + neither;
            format!(
                "test rows\n  the same {rows}, scored after epoch {m} and after epoch {n}\n  accuracy {a:.4} and {b:.4}\n  \
                 both right {both}, only the first {first}, only the second {second}, none {neither}\n  \
                 the {who} is better by {difference:.4} (95 %: {low:.4} to {high:.4}); equally good ones differ so much with p = {p:.4} (McNemar)"
            )
        }
    }
}

pub fn to_json(paired: &Result<Paired, String>) -> Value {
    match paired {
        Err(why) => json!({ "not_compared": why }),
        Ok(paired) => json!({
            "rows": paired.both + paired.only[0] + paired.only[1] + paired.neither,
            "epochs": paired.epochs, "accuracies": paired.accuracies,
            "both": paired.both, "first": paired.only[0], "second": paired.only[1], "neither": paired.neither, "p": paired.p,
            "difference": { "mean": paired.difference, "low": paired.interval.0, "high": paired.interval.1 },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::run::Said;

    fn predictions(right: &[bool]) -> Predictions {
        let said = |right: &bool| Said { label: 1, predicted: i64::from(*right), probability: 0.5 };
        Predictions { epoch: 3, set: "rows-1".into(), rows: right.iter().map(said).collect() }
    }

    #[test]
    fn rows_that_one_gets_right_alone_are_counted_and_weighed() {
        let first = predictions(&[true, true, true, true, true, true, false, false]);
        let second = predictions(&[true, false, false, false, false, false, true, false]);
        let found = compared(&first, &second);
        assert_eq!((found.both, found.only, found.neither), (1, [5, 1], 1));
        assert_eq!((found.accuracies, found.difference), ([0.75, 0.25], 0.5));
        assert!((found.p - 0.21875).abs() < 1e-12);
        let (low, high) = found.interval;
        assert!(low < 0.5 && high > 0.5 && low >= -1.0 && high <= 1.0);
        let back = compared(&second, &first);
        assert_eq!((back.difference, back.p), (-0.5, found.p));
        assert_eq!(compared(&first, &first).interval, (0.0, 0.0));
        assert!(text(&Ok(found)).contains("the first is better by 0.5000 (95 %: "));
        assert!(text(&Ok(back)).contains("the second is better by 0.5000 (95 %: "));
    }
}
