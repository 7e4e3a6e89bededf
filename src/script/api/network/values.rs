//! What goes in and out of networks: tensors, sequences, batches.

use crate::error::Error;
use crate::ml::batch::Value;
use crate::script::{
    api::handles::{BatchHandle, SequenceHandle, TensorHandle},
    base::{ScriptResult, options::shown},
};
use rhai::Dynamic;

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
