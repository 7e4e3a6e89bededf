//! What goes in and out of networks: tensors, sequences, batches.

use crate::error::Error;
use crate::ml::batch::{Pad, Sequence, Value};
use crate::ml::tensor::During;
use crate::script::{
    api::handles::{BatchHandle, SequenceHandle, TensorHandle},
    base::{ScriptResult, options::shown},
};
use rhai::{Dynamic, Engine, exported_module, plugin::*};
use std::rc::Rc;
use tch::Device;

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

#[export_module(root = "crate::script::base::guard")]
mod sequence {
    /// What goes into a layer as padded sequences: a batch of words (as their vectors), a sequence, or a tensor
    /// `[batch, length, features]`, whose rows have no padding.
    ///
    /// ```rhai
    /// let s = sequence(zeros([2, 5, 3]));
    /// assert_eq([s.values.shape, s.lengths.to_array(), s.pad], [[2, 5, 3], [5, 5], "back"]);
    /// ```
    #[rhai_fn(name = "sequence", return_raw)]
    pub fn of(input: Dynamic) -> ScriptResult<SequenceHandle> {
        Ok(to_value(&input)?.sequence("sequence")?)
    }

    /// Padded sequences: values `[batch, length, features]`, the number of real positions in each row (`[batch]`, int64),
    /// and the side that is padded, `"back"` or `"front"`.
    ///
    /// Errors: a length below 1 or beyond the width, or lengths that are not one for each row.
    ///
    /// ```rhai
    /// let s = sequence(ones([2, 3, 4]), tensor([3, 1]), "back");
    /// assert_eq(lstm(4, 8).forward(s).shape, [2, 8]);
    /// assert_throws(|| sequence(ones([2, 3, 4]), tensor([4, 1]), "back"), "row 0 has length 4");
    /// ```
    #[rhai_fn(name = "sequence", return_raw)]
    pub fn new(values: TensorHandle, lengths: TensorHandle, pad: &str) -> ScriptResult<SequenceHandle> {
        let lengths = lengths.f_to_device(Device::Cpu).during("sequence", &[&lengths])?;
        let made = Sequence::new(values.shallow_clone(), lengths, Pad::parse(pad)?);
        Ok(Rc::new(made.map_err(|e| e.within("sequence"))?))
    }

    /// The side of a sequence that is padded: `"front"` or `"back"`.
    ///
    /// ```rhai
    /// assert_eq(sequence(ones([2, 3, 4])).pad, "back");
    /// ```
    #[rhai_fn(get = "pad", pure)]
    pub fn pad(sequence: &mut SequenceHandle) -> String {
        sequence.pad.name().to_string()
    }

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
