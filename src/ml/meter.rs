//! Means over the batches of an epoch, gathered without waiting for the device.

use crate::error::{Error, Result};
use crate::ml::tensor::During;
use tch::{Kind, Tensor};

/// Sums of losses and of right answers. Adding to it queues work on the device and waits for nothing;
/// [`Meter::read`] waits once.
#[derive(Debug, Default)]
pub struct Meter {
    /// Each batch's loss (its mean) with its number of rows, kept apart so that the first that is no number can be named.
    losses: Vec<Tensor>,
    rows: Vec<i64>,
    right: Vec<Tensor>,
    read: Reading,
}

/// What a meter holds, in plain numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reading {
    /// Mean loss per row.
    pub loss: f64,
    /// Share of right answers; absent where the labels are not classes.
    pub accuracy: Option<f64>,
    pub rows: i64,
    /// The first batch, counted from 0, whose loss is NaN or infinite.
    pub first_nan: Option<usize>,
    loss_sum: f64,
    right_sum: f64,
    batches: usize,
}

impl Meter {
    /// Adds a batch: its mean loss (one element), its scores (`[rows, classes]`, or `[rows]` or `[rows, 1]`, where a score
    /// above 0 predicts class 1) and its labels (`[rows]` of int64; any other labels count no right answers).
    ///
    /// # Errors
    /// Scores and labels that do not fit each other.
    pub fn add(&mut self, loss: &Tensor, scores: &Tensor, labels: &Tensor) -> Result<()> {
        let rows = labels.size().first().copied().unwrap_or(1);
        self.losses.push(loss.f_detach().during("meter", &[loss])?);
        self.rows.push(rows);
        if labels.kind() == Kind::Int64 && labels.dim() == 1 && matches!(scores.dim(), 1 | 2) {
            let given = &[scores, labels];
            let predicted = predictions(scores).during("accuracy", given)?;
            let right = predicted.f_eq_tensor(labels).and_then(|t| t.f_sum(Kind::Int64)).during("accuracy", given)?;
            self.right.push(right);
        }
        Ok(())
    }

    /// Means so far. Waits for the device, once.
    ///
    /// # Errors
    /// A computation on the device that failed.
    pub fn read(&mut self) -> Result<Reading> {
        let losses = numbers(&std::mem::take(&mut self.losses))?;
        let right = numbers(&std::mem::take(&mut self.right))?;
        let r = &mut self.read;
        for (loss, rows) in losses.iter().zip(self.rows.drain(..)) {
            if !loss.is_finite() && r.first_nan.is_none() {
                r.first_nan = Some(r.batches);
            }
            r.batches += 1;
            r.rows += rows;
            r.loss_sum += loss * rows as f64;
        }
        r.loss = r.loss_sum / r.rows.max(1) as f64;
        if !right.is_empty() || r.accuracy.is_some() {
            r.right_sum += right.iter().sum::<f64>();
            r.accuracy = Some(r.right_sum / r.rows.max(1) as f64);
        }
        Ok(*r)
    }

    /// The mean loss of the last `rows` rows that were added, a tensor of one element, without waiting for the device; `None` where they have been
    /// read already.
    ///
    /// # Errors
    /// Losses that are not of one element.
    pub fn last(&self, rows: i64) -> Result<Option<Tensor>> {
        let mut parts = Vec::new();
        let mut counted = 0;
        for (loss, of) in self.losses.iter().zip(&self.rows).rev() {
            if counted >= rows {
                break;
            }
            counted += of;
            parts.push((loss, *of));
        }
        if counted != rows {
            return Ok(None);
        }
        let share = |(loss, of): &(&Tensor, i64)| {
            loss.f_reshape([1])
                .and_then(|l| l.f_to_kind(Kind::Double))
                .and_then(|l| l.f_mul_scalar(*of as f64 / rows as f64))
        };
        let shares = parts.iter().map(share).collect::<Result<Vec<_>, _>>().during("meter", &[])?;
        Tensor::f_cat(&shares, 0).and_then(|all| all.f_sum(Kind::Double)).map(Some).during("meter", &[])
    }

    /// All that the meter holds, `[7]` float64: what a snapshot or a checkpoint keeps. Waits for the device.
    ///
    /// # Errors
    /// Whatever libtorch refuses.
    pub fn state(&mut self) -> Result<Tensor> {
        let r = self.read()?;
        let bad = r.first_nan.map_or(-1.0, |batch| batch as f64);
        let counts = [r.rows as f64, r.batches as f64, f64::from(u8::from(r.accuracy.is_some()))];
        let all = [r.loss_sum, r.right_sum, counts[0], counts[1], counts[2], bad, FORMAT];
        Tensor::f_from_slice(&all).during("meter", &[])
    }

    /// Puts back what [`Meter::state`] gave.
    ///
    /// # Errors
    /// A tensor that is not a meter's.
    pub fn load_state(&mut self, state: &Tensor) -> Result<()> {
        let foreign = || Error::data("this is no state of a meter");
        let numbers = Vec::<f64>::try_from(state).map_err(|_| foreign())?;
        let [loss_sum, right_sum, rows, batches, counted, bad, FORMAT] = numbers[..] else { return Err(foreign()) };
        let per_row = |sum: f64| sum / rows.max(1.0);
        let read = Reading {
            loss: per_row(loss_sum),
            accuracy: (counted == 1.0).then(|| per_row(right_sum)),
            rows: rows as i64,
            first_nan: (bad >= 0.0).then_some(bad as usize),
            loss_sum,
            right_sum,
            batches: batches as usize,
        };
        *self = Meter { read, ..Meter::default() };
        Ok(())
    }
}

/// The last number of a state: its layout.
const FORMAT: f64 = 1.0;

/// The class that each row's scores predict, `[rows]`; `metrics::predictions` in the standard library is the same.
fn predictions(scores: &Tensor) -> std::result::Result<Tensor, tch::TchError> {
    let scores = scores.f_detach()?;
    match scores.size()[..] {
        [_, classes] if classes > 1 => scores.f_argmax(1, false),
        _ => scores.f_reshape([-1])?.f_gt(0.0)?.f_to_kind(Kind::Int64),
    }
}

/// The numbers in tensors of one element and on one device, fetched together: waits for the device once.
///
/// # Errors
/// A tensor of more elements.
pub fn numbers(tensors: &[Tensor]) -> Result<Vec<f64>> {
    if tensors.is_empty() {
        return Ok(Vec::new());
    }
    let flat: Vec<Tensor> =
        tensors.iter().map(|t| t.f_reshape([1])).collect::<std::result::Result<_, _>>().during("meter", &[])?;
    let all = Tensor::f_cat(&flat, 0).and_then(|t| t.f_to_kind(Kind::Double)).during("meter", &[])?;
    Ok(Vec::<f64>::try_from(all)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_score_a_row_predicts_class_1_above_0() {
        for shape in [vec![4], vec![4, 1]] {
            let mut meter = Meter::default();
            let scores = Tensor::from_slice(&[0.5f32, -0.5, 2.0, 0.0]).reshape(shape);
            meter.add(&Tensor::from(1.0), &scores, &Tensor::from_slice(&[1i64, 0, 0, 0])).unwrap();
            assert_eq!(meter.read().unwrap().accuracy, Some(0.75));
        }
    }

    #[test]
    fn a_meter_gives_means_per_row_and_names_the_first_batch_that_is_no_number() {
        let mut meter = Meter::default();
        let scores = Tensor::from_slice(&[1.0f32, 0.0, 0.0, 1.0]).reshape([2, 2]);
        meter.add(&Tensor::from(1.0), &scores, &Tensor::from_slice(&[0i64, 0])).unwrap();
        meter.add(&Tensor::from(4.0), &scores.narrow(0, 0, 1), &Tensor::from_slice(&[0i64])).unwrap();
        let reading = meter.read().unwrap();
        assert_eq!((reading.loss, reading.accuracy, reading.first_nan), (2.0, Some(2.0 / 3.0), None));
        assert!(meter.last(1).unwrap().is_none(), "they are read");
        meter.add(&Tensor::from(3.0), &scores, &Tensor::from_slice(&[0i64, 0])).unwrap();
        meter.add(&Tensor::from(9.0), &scores.narrow(0, 0, 1), &Tensor::from_slice(&[0i64])).unwrap();
        let last = |rows| meter.last(rows).unwrap().map(|loss| loss.double_value(&[]));
        assert_eq!((last(1), last(3), last(2), last(4)), (Some(9.0), Some(5.0), None, None));
        let mut meter = Meter::default();
        meter.add(&Tensor::from(1.0), &scores, &Tensor::from_slice(&[0i64, 0])).unwrap();
        meter.add(&Tensor::from(1.0), &scores, &Tensor::from_slice(&[0i64, 0])).unwrap();
        meter.add(&Tensor::from(f64::NAN), &scores, &Tensor::from_slice(&[0i64, 0])).unwrap();
        assert_eq!(meter.read().unwrap().first_nan, Some(2));
    }
}
