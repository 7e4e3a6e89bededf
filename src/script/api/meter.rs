//! Means over an epoch's batches.

use crate::ml::meter::Reading;
use crate::script::api::handles::{MeterHandle, TensorHandle};
use crate::script::base::ScriptResult;
use rhai::{Dynamic, Engine, Map, exported_module, plugin::*};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<MeterHandle>("Meter");
    engine.register_global_module(exported_module!(api).into());
}

/// A reading as scripts see it.
pub fn as_map(reading: &Reading) -> Map {
    let first_nan = reading.first_nan.map_or(Dynamic::UNIT, |batch| Dynamic::from(batch as i64));
    let mut map = Map::new();
    map.insert("loss".into(), reading.loss.into());
    map.insert("accuracy".into(), reading.accuracy.map_or(Dynamic::UNIT, Dynamic::from));
    map.insert("rows".into(), reading.rows.into());
    // Loops that were copied know it by its old name.
    map.insert("first_bad".into(), first_nan.clone());
    map.insert("first_nan".into(), first_nan);
    map
}

#[export_module(root = "crate::script::base::guard")]
mod api {
    /// A meter that sums losses and right answers over batches without waiting for the device.
    ///
    /// ```rhai
    /// let m = meter();
    /// m.add(tensor(0.5), tensor([[2.0, 1.0], [0.0, 3.0]]), tensor([0, 0]));
    /// let seen = m.read();
    /// assert_eq(seen.loss, 0.5);
    /// assert_eq(seen.accuracy, 0.5);
    /// ```
    pub fn meter() -> MeterHandle {
        MeterHandle::default()
    }

    /// Adds a batch: its mean loss (one element), its scores `[rows, classes]` (or `[rows]` or `[rows, 1]`, where a score
    /// above 0 predicts class 1), its labels `[rows]`. Where the labels are not int64, no right answers are counted.
    ///
    /// ```rhai
    /// let m = meter();
    /// m.add(tensor(0.5), tensor([[2.0, 1.0]]), tensor([0]));
    /// assert_eq(m.read().rows, 1);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn add(
        meter: &mut MeterHandle,
        loss: TensorHandle,
        scores: TensorHandle,
        labels: TensorHandle,
    ) -> ScriptResult<()> {
        Ok(meter.0.borrow_mut().add(&loss, &scores, &labels)?)
    }

    /// Makes a meter forget what it has seen.
    ///
    /// ```rhai
    /// let m = meter();
    /// m.add(tensor(0.5), tensor([[2.0, 1.0]]), tensor([0]));
    /// m.reset();
    /// assert_eq(m.read().rows, 0);
    /// ```
    #[rhai_fn(name = "reset", pure)]
    pub fn reset_meter(meter: &mut MeterHandle) {
        meter.0.take();
    }

    /// What a meter has seen: `#{ loss, accuracy, rows, first_nan }`. `loss` is the mean per row; `accuracy` is `()` where
    /// none was counted; `first_nan` is the first batch, counted from 0, whose loss is NaN or infinite, else `()` (so is
    /// `first_bad`, its old name). Waits for the device, so it belongs where a number is shown, not into every step.
    ///
    /// ```rhai
    /// let m = meter();
    /// m.add(tensor(1.0) / 0.0, tensor([[2.0, 1.0]]), tensor([0]));
    /// assert_eq(m.read().first_nan, 0);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn read(meter: &mut MeterHandle) -> ScriptResult<Map> {
        Ok(as_map(&meter.0.borrow_mut().read()?))
    }
}
