//! How large a value is, for the prompt's list of variables.

use super::{
    data::DatasetHandle, data::VectorsHandle, network::Network, optimizer::OptimizerHandle, tensor::TensorHandle,
    text::TextsHandle,
};
use crate::ml::{
    models::parameters,
    tensor::{bytes, describe},
};
use crate::script::names::elements;
use rhai::{Dynamic, Engine, ImmutableString};
use tch::Tensor;

/// The shape of a value in words, and its memory in bytes where that can be told.
pub fn measure(engine: &Engine, value: &Dynamic) -> (String, Option<usize>) {
    if let Some(tensor) = value.read_lock::<TensorHandle>() {
        return (describe(&tensor), Some(bytes(&tensor)));
    }
    if let Some(network) = value.read_lock::<Network>() {
        let all: Vec<Tensor> = parameters(network.0.as_ref()).into_iter().map(|(_, p)| p).collect();
        let count: usize = all.iter().map(Tensor::numel).sum();
        return (format!("{count} parameters"), Some(all.iter().map(bytes).sum()));
    }
    if let Some(optimizer) = value.read_lock::<OptimizerHandle>() {
        let state = optimizer.0.borrow().state().unwrap_or_default();
        return (String::new(), Some(state.iter().map(|(_, t)| bytes(t)).sum()));
    }
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return (format!("{} characters", text.chars().count()), Some(text.len()));
    }
    if let Some(elements) = elements(value) {
        let what = if value.is_map() { "fields" } else { "elements" };
        let known: usize = elements.iter().filter_map(|e| measure(engine, e).1).sum();
        return (format!("{} {what}", elements.len()), Some(known + elements.len() * size_of::<Dynamic>()));
    }
    (counted(engine, value).unwrap_or_default(), held(value))
}

/// Of objects that have a length.
fn counted(engine: &Engine, value: &Dynamic) -> Option<String> {
    let length = engine.eval_fn_call::<i64>("len", None, (value.clone(),)).ok()?;
    let what = if value.is::<DatasetHandle>() { "rows" } else { "elements" };
    Some(format!("{length} {what}"))
}

fn held(value: &Dynamic) -> Option<usize> {
    if let Some(data) = value.read_lock::<DatasetHandle>() {
        return Some(data.bytes());
    }
    if let Some(texts) = value.read_lock::<TextsHandle>() {
        return Some(texts.bytes());
    }
    if let Some(vectors) = value.read_lock::<VectorsHandle>() {
        return Some(vectors.bytes());
    }
    let is_plain = value.is_int() || value.is_float() || value.is_bool() || value.is_unit() || value.is_char();
    is_plain.then_some(size_of::<Dynamic>())
}
