//! What goes in and out of networks: tensors, sequences, batches.

use crate::error::Error;
use crate::ml::data::Batch;
use crate::ml::models::{Sequence, Value};
use crate::ml::tensor::During;
use crate::script::{ScriptResult, api::tensor::TensorHandle, options::shown};
use rhai::{Dynamic, Engine, exported_module, plugin::*};
use std::rc::Rc;

/// Padded sequences with their lengths, as a script holds them: what `lstm` gives with `readout: "all"`.
pub type SequenceHandle = Rc<Sequence>;
/// A batch of a data set.
pub type BatchHandle = Rc<Batch>;

pub fn to_value(input: &Dynamic) -> ScriptResult<Value> {
    let input = input.flatten_clone();
    if let Some(tensor) = input.clone().try_cast::<TensorHandle>() {
        return Ok(Value::Tensor(tensor.into()));
    }
    if let Some(batch) = input.clone().try_cast::<BatchHandle>() {
        return Ok(Value::Batch(batch));
    }
    match input.clone().try_cast::<SequenceHandle>() {
        Some(sequence) => Ok(Value::Sequence(sequence)),
        None => {
            Err(Error::value(format!("a network takes a tensor, a sequence or a batch, got {}", shown(&input))).into())
        }
    }
}

pub fn to_dynamic(value: Value) -> Dynamic {
    match value {
        Value::Tensor(tensor) => Dynamic::from(TensorHandle::from(tensor)),
        Value::Sequence(sequence) => Dynamic::from(sequence),
        Value::Batch(batch) => Dynamic::from(batch),
    }
}

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<SequenceHandle>("Sequence");
    engine.register_global_module(exported_module!(sequence).into());
}

#[export_module]
mod sequence {
    /// The padded values of a sequence, `[batch, length, features]`.
    ///
    /// ```rhai
    /// let s = lstm(3, 4, #{ readout: "all" }).forward(zeros([2, 5, 3]));
    /// assert_eq(s.values.shape, [2, 5, 4]);
    /// assert_eq(s.lengths.to_array(), [5, 5]);
    /// ```
    #[rhai_fn(get = "values", pure)]
    pub fn values(sequence: &mut SequenceHandle) -> TensorHandle {
        sequence.x.shallow_clone().into()
    }

    /// The number of real positions in each row of a sequence, `[batch]`, int64.
    #[rhai_fn(get = "lengths", return_raw, pure)]
    pub fn lengths(sequence: &mut SequenceHandle) -> ScriptResult<TensorHandle> {
        // They are kept on the CPU; a script computes with them where the values are.
        let lengths = sequence.lengths.f_to_device(sequence.x.device()).during("lengths", &[&sequence.lengths])?;
        Ok(lengths.into())
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print(sequence: &mut SequenceHandle) -> String {
        format!("Sequence({:?}, {:?} padding)", sequence.x.size(), sequence.pad).to_lowercase()
    }
}
