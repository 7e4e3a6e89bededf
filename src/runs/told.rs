//! Whether two runs came to the same on their test sets.

use super::compare::first_difference;
use crate::error::Result;
use crate::ml::run::{Predictions, Said, Summary};
use serde_json::Value;

/// In words, what is equal, or else what is not.
pub type Told = Result<String, String>;

/// What the test set says in the end, times apart; none where the first run does not say it, as those of older versions.
pub fn test_row(a: &Summary, b: &Summary) -> Option<Told> {
    let before = a.tested()?;
    let Some(now) = b.tested() else {
        return Some(Err("test: nothing is said of the test set in the end any more".into()));
    };
    Some(match first_difference(std::slice::from_ref(before), std::slice::from_ref(now)) {
        None => Ok("test: equal to the bit".into()),
        Some((_, column, values)) => {
            let [x, y] = values.map(|value| if value == Value::Null { "none".into() } else { value.to_string() });
            Err(format!("test: column {column} differs: {x}, and now {y}"))
        }
    })
}

/// What is said of each test row; none where the first run does not keep it.
///
/// # Errors
/// A file that cannot be read.
pub fn predictions(a: &Summary, b: &Summary) -> Result<Option<Told>> {
    let Some(before) = Predictions::of(&a.folder)? else { return Ok(None) };
    let Some(now) = Predictions::of(&b.folder)? else {
        return Ok(Some(Err("predictions: none are kept any more".into())));
    };
    Ok(Some(compared(&before, &now)))
}

fn compared(before: &Predictions, now: &Predictions) -> Told {
    let of = |p: &Predictions| format!("of {} rows of the test set {} after epoch {}", p.rows.len(), p.set, p.epoch);
    if of(before) != of(now) {
        return Err(format!("predictions: {}, and now {}", of(before), of(now)));
    }
    let same = |x: &Said, y: &Said| {
        (x.label, x.predicted, x.probability.to_bits()) == (y.label, y.predicted, y.probability.to_bits())
    };
    let pairs = || before.rows.iter().zip(&now.rows);
    let Some((row, (x, y))) = pairs().enumerate().find(|(_, (x, y))| !same(x, y)) else {
        return Ok(format!("predictions: equal to the bit ({} rows)", before.rows.len()));
    };
    let shown = |said: &Said| format!("class {}, of the true one {}", said.predicted, said.probability);
    let differing = pairs().filter(|(x, y)| !same(x, y)).count();
    Err(format!(
        "predictions: differ first in row {row}: {}, and now {} ({differing} of {} rows)",
        shown(x),
        shown(y),
        before.rows.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_that_differs_is_found_also_by_a_bit_of_its_probability() {
        let said = |probability| Said { label: 1, predicted: 1, probability };
        let of = |rows: &[f32]| Predictions {
            epoch: 2,
            set: "rows-1".into(),
            rows: rows.iter().copied().map(said).collect(),
        };
        assert_eq!(
            compared(&of(&[0.5, f32::NAN]), &of(&[0.5, f32::NAN])),
            Ok("predictions: equal to the bit (2 rows)".into())
        );
        let other = f32::from_bits(0.75f32.to_bits() + 1);
        let found = compared(&of(&[0.5, 0.75, 0.9]), &of(&[0.5, other, 0.9])).unwrap_err();
        assert!(
            found.starts_with("predictions: differ first in row 1: class 1, of the true one 0.75, and now class 1"),
            "{found}"
        );
        assert!(found.ends_with("(1 of 3 rows)"), "{found}");
        let later = Predictions { epoch: 3, ..of(&[0.5]) };
        assert!(compared(&of(&[0.5]), &later).unwrap_err().contains("after epoch 2, and now of 1 rows"));
    }
}
