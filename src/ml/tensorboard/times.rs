//! When what a run tells of happened.

use crate::access;
use crate::ml::run::{METRICS, Record, Summary};
use serde_json::Value;
use std::time::SystemTime;

/// The times of a run's epochs, in seconds since 1970. Its files say when it began, how long each epoch took, and since when it stands as it does; of pauses they say nothing, and epochs behind
/// one are dated that much too early.
#[derive(Debug)]
pub struct Times {
    began: f64,
    /// When each epoch was over, how long it took, and how much of that was training.
    epochs: Vec<(f64, f64, f64)>,
}

/// How many seconds of an epoch a column says.
fn seconds(row: &Record, column: &str) -> f64 {
    row.get(column).and_then(Value::as_f64).filter(|seconds| seconds.is_finite()).unwrap_or(0.0)
}

/// A time in UTC as run folders have it.
fn read(stamp: &str) -> Option<f64> {
    Some(stamp.parse::<jiff::Timestamp>().ok()?.as_millisecond() as f64 / 1e3)
}

impl Times {
    pub fn new(began: f64, rows: &[Record]) -> Times {
        let mut now = began;
        let epoch = |row: &Record| {
            let all = row.keys().filter(|name| name.ends_with("_seconds")).map(|name| seconds(row, name)).sum::<f64>();
            now += all;
            (now, all, seconds(row, "train_seconds").min(all))
        };
        Times { began, epochs: rows.iter().map(epoch).collect() }
    }

    /// Those of a run whose folder lies there. Where nothing says when it began, it is reckoned back from the last change of its rows.
    pub fn of(run: &Summary) -> Times {
        let began = run.started().as_deref().and_then(read);
        Times::new(began.unwrap_or(0.0), &run.rows).moved(|last| match began {
            Some(_) => last,
            None => changed(run).unwrap_or(last),
        })
    }

    /// The same, moved so that the last epoch is over at another time.
    fn moved(mut self, to: impl FnOnce(f64) -> f64) -> Times {
        let by = to(self.end()) - self.end();
        self.began += by;
        self.epochs.iter_mut().for_each(|(end, ..)| *end += by);
        self
    }

    /// The same, where the last epoch is over now.
    pub fn until(mut self, now: f64) -> Times {
        self.epochs.last_mut().into_iter().for_each(|(end, ..)| *end = now);
        self
    }

    pub fn began(&self) -> f64 {
        self.began
    }

    /// When the last epoch was over.
    pub fn end(&self) -> f64 {
        self.epochs.last().map_or(self.began, |(end, ..)| *end)
    }

    /// When the epoch at `index` was over.
    pub fn epoch(&self, index: usize) -> f64 {
        self.epochs.get(index).map_or(self.end(), |(end, ..)| *end)
    }

    /// When a `share` of the epoch at `index` was trained.
    pub fn within(&self, index: usize, share: f64) -> f64 {
        self.epochs.get(index).map_or(self.end(), |(end, all, training)| end - all + share * training)
    }
}

/// Since when a run stands as it does, where it says so and is over.
pub fn ended(run: &Summary) -> Option<f64> {
    run.since.as_deref().and_then(read)
}

fn changed(run: &Summary) -> Option<f64> {
    let modified = access::metadata(&run.folder.join(METRICS)).ok()??.modified().ok()?.into_std();
    Some(modified.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_epoch_is_dated_by_what_it_and_those_before_it_took() {
        let row = json!({ "train_seconds": 4.0, "test_seconds": 1.0, "epoch": 9 }).as_object().unwrap().clone();
        let times = Times::new(100.0, &[row.clone(), row.clone()]);
        assert_eq!((times.epoch(0), times.epoch(1), times.end(), times.epoch(7)), (105.0, 110.0, 110.0, 110.0));
        assert_eq!((times.within(0, 0.5), times.within(1, 1.0), times.within(2, 0.5)), (102.0, 109.0, 110.0));
        let times = Times::new(100.0, &[row.clone(), row]).until(200.0);
        assert_eq!((times.epoch(0), times.epoch(1), times.within(1, 0.0)), (105.0, 200.0, 195.0));
        assert_eq!(Times::new(3.0, &[]).end(), 3.0);
    }
}
