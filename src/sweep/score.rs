//! The figure by which trials are compared.

use crate::ml::run::{Record, usual};
use serde_json::Value;

/// A column of the rows. A loss is the better the lower it is, anything else the higher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure(String);

impl Measure {
    /// The one that is asked for, or that of these rows.
    pub fn of(asked: Option<&str>, rows: &[Record]) -> Option<Measure> {
        let name = asked.or_else(|| usual(rows.last()?));
        name.map(|name| Measure(name.to_string()))
    }

    pub fn name(&self) -> &str {
        &self.0
    }

    pub fn is_loss(&self) -> bool {
        self.0.contains("loss")
    }

    /// Its value in a row. NaN is written as null.
    pub fn in_row(&self, row: &Record) -> Option<f64> {
        row.get(&self.0).and_then(Value::as_f64).filter(|value| value.is_finite())
    }

    /// The best value of the rows, and its epoch, counted from 1.
    pub fn best(&self, rows: &[Record]) -> Option<(f64, usize)> {
        let values = rows.iter().enumerate().filter_map(|(i, row)| Some((self.in_row(row)?, i + 1)));
        // Of equal ones, the first.
        values.reduce(|best, next| if self.rank(next.0) > self.rank(best.0) { next } else { best })
    }

    /// A number that is the larger the better the value is.
    pub fn rank(&self, value: f64) -> f64 {
        if self.is_loss() { -value } else { value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rows(all: &[Value]) -> Vec<Record> {
        all.iter().map(|row| row.as_object().unwrap().clone()).collect()
    }

    #[test]
    fn losses_are_better_when_low_and_all_else_when_high() {
        let rows = rows(&[
            json!({ "test_acc": 0.5, "test_loss": 0.7 }),
            json!({ "test_acc": 0.8, "test_loss": null }),
            json!({ "test_acc": 0.8, "test_loss": 0.9 }),
        ]);
        assert_eq!(Measure::of(None, &rows).unwrap().best(&rows), Some((0.8, 2)));
        assert_eq!(Measure::of(Some("test_loss"), &rows).unwrap().best(&rows), Some((0.7, 1)));
        assert_eq!(Measure::of(Some("test_f1"), &rows).unwrap().best(&rows), None);
        assert_eq!(Measure::of(None, &[]), None);
    }
}
