//! Figures over epochs and steps.

use super::messages::{Event, Shown, Summary, SummaryValue};
use crate::ml::run::Record;
use serde_json::Value;

/// The data sets that a training scores, as they begin the names of columns.
const SETS: [&str; 3] = ["train", "valid", "test"];
/// What an epoch's row says in its first column, and a step's line in its first two.
const EPOCH: &str = "epoch";
const STEP: &str = "step";

/// The tag of a row's column. TensorBoard puts what stands before a stroke above its panels: `train_loss` and `valid_loss` are `loss/train` and `loss/valid`, so that the
/// sets of one measure stand side by side, and `train_seconds` does not stand between the losses. Other columns keep their names.
pub fn tag(column: &str, row: &Record) -> String {
    let set = column.split_once('_').filter(|(set, measure)| SETS.contains(set) && !measure.is_empty());
    let grouped = set.map(|(set, measure)| format!("{measure}/{set}"));
    // A script may have called a column of its own so.
    grouped.filter(|tag| !row.contains_key(tag)).unwrap_or_else(|| column.to_string())
}

/// The epoch of the row at `index`, from 1.
pub fn epoch_of(row: &Record, index: usize) -> i64 {
    row.get(EPOCH).and_then(Value::as_i64).unwrap_or(index as i64 + 1)
}

/// An epoch's row, over the epochs.
pub fn of_epoch(wall_time: f64, row: &Record, index: usize) -> Event {
    let numbers = numbers(row).filter(|(name, _)| *name != EPOCH);
    event(wall_time, epoch_of(row, index), numbers.map(|(name, number)| (tag(name, row), number)))
}

/// A step's line, over the steps: `steps/loss`.
pub fn of_step(wall_time: f64, line: &Record) -> Event {
    let step = line.get(STEP).and_then(Value::as_i64).unwrap_or(0);
    let numbers = numbers(line).filter(|(name, _)| ![EPOCH, STEP].contains(name));
    event(wall_time, step, numbers.map(|(name, number)| (format!("steps/{name}"), number)))
}

/// The numbers of a row. JSON has none that is not finite: those are null in it, and NaN here.
fn numbers(row: &Record) -> impl Iterator<Item = (&str, f64)> {
    let number = |value: &Value| if value.is_null() { Some(f64::NAN) } else { value.as_f64() };
    row.iter().filter_map(move |(name, value)| Some((name.as_str(), number(value)?)))
}

fn event(wall_time: f64, step: i64, numbers: impl Iterator<Item = (String, f64)>) -> Event {
    let value = |(tag, number)| SummaryValue { tag, metadata: None, shown: Some(Shown::Scalar(number as f32)) };
    Event { wall_time, step, summary: Some(Summary { value: numbers.map(value).collect() }), ..Event::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_sets_of_a_measure_stand_under_its_name() {
        let row = json!({ "epoch": 2, "lr": 0.5, "train_loss": 1.5, "test_f1": null, "note": "x", "gap": 2, "test_acc": 1, "acc/test": 3 });
        let row = row.as_object().unwrap();
        let event = of_epoch(7.0, row, 0);
        assert_eq!((event.step, event.wall_time), (2, 7.0));
        let tags: Vec<String> = event.summary.unwrap().value.into_iter().map(|value| value.tag).collect();
        assert_eq!(tags, ["lr", "loss/train", "f1/test", "gap", "test_acc", "acc/test"]);
        assert_eq!(
            [tag("test_", row), tag("tested_x", row), tag("train_a_b", row)],
            ["test_", "tested_x", "a_b/train"]
        );
    }
}
