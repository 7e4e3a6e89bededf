//! What a map of handles and plain values holds, taken out of it and put back: the contents of a snapshot or a checkpoint.
//!
//! Networks, optimizers, meters and tensors become named tensors; histories, numbers, texts and maps of them become JSON.
//! What has no state of its own (functions, data sets, run folders) is passed over.

use super::super::{
    history::History, meter::MeterHandle, network::Network, optimizer::OptimizerHandle, tensor::TensorHandle,
};
use super::stopwatch::StopwatchHandle;
use crate::error::{Error, Result};
use crate::ml::models::{duplicate, named_parameters};
use crate::ml::tensor::During;
use crate::ml::weights;
use rhai::{Array, Dynamic, Map};
use serde_json::{Value, json};
use std::collections::HashMap;
use tch::Tensor;

/// A state, in tensors under their paths (`net.layer.0.weight`) and in plain values.
#[derive(Debug, Default)]
pub struct State {
    pub tensors: Vec<(String, Tensor)>,
    pub plain: Value,
}

impl State {
    /// The state of all that is in `map`. The tensors are those in use, which the next step changes.
    pub fn of(map: &Map) -> Result<State> {
        let mut tensors = Vec::new();
        let plain = save_map("", map, &mut tensors)?;
        Ok(State { tensors, plain })
    }

    /// A copy that later steps leave alone.
    pub fn detached(self) -> Result<State> {
        let tensors = self.tensors.into_iter().map(|(name, t)| Ok((name, duplicate(&t)?))).collect::<Result<_>>()?;
        Ok(State { tensors, ..self })
    }

    /// Puts the state back into a map of the same handles, which keep their identity.
    ///
    /// # Errors
    /// The state of another network or optimizer.
    pub fn load_into(&self, map: &mut Map) -> Result<()> {
        let tensors: Tensors = self.tensors.iter().map(|(name, t)| (name.as_str(), t)).collect();
        load_map("", map, &self.plain, &tensors)
    }
}

type Tensors<'a> = HashMap<&'a str, &'a Tensor>;

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}.{name}") }
}

fn save_map(path: &str, map: &Map, tensors: &mut Vec<(String, Tensor)>) -> Result<Value> {
    let mut object = serde_json::Map::new();
    for (name, value) in map {
        if let Some(saved) = save(&join(path, name), value, tensors)? {
            object.insert(name.to_string(), saved);
        }
    }
    Ok(Value::Object(object))
}

/// The plain part of a value; none where it has no state.
fn save(path: &str, value: &Dynamic, tensors: &mut Vec<(String, Tensor)>) -> Result<Option<Value>> {
    let value = value.flatten_clone();
    let mut under = |named: Vec<(String, Tensor)>| tensors.extend(named.into_iter().map(|(n, t)| (join(path, &n), t)));
    if let Some(network) = value.clone().try_cast::<Network>() {
        under(named_parameters(network.0.as_ref()));
    } else if let Some(optimizer) = value.clone().try_cast::<OptimizerHandle>() {
        under(optimizer.0.borrow().state()?);
    } else if let Some(meter) = value.clone().try_cast::<MeterHandle>() {
        under(vec![("meter".to_string(), meter.0.borrow_mut().state()?)]);
    } else if let Some(tensor) = value.clone().try_cast::<TensorHandle>() {
        under(vec![("tensor".to_string(), tensor.shallow_clone())]);
    } else if let Some(watch) = value.clone().try_cast::<StopwatchHandle>() {
        return Ok(Some(json!(watch.seconds())));
    } else if let Some(history) = value.clone().try_cast::<History>() {
        return history.into_iter().map(|row| save_map(path, &row, tensors)).collect::<Result<_>>().map(Some);
    } else if let Some(map) = value.read_lock::<Map>() {
        return save_map(path, &map, tensors).map(Some);
    } else if let Some(array) = value.read_lock::<Array>() {
        let each =
            |(i, v): (usize, &Dynamic)| Ok(save(&join(path, &i.to_string()), v, tensors)?.unwrap_or(Value::Null));
        return array.iter().enumerate().map(each).collect::<Result<_>>().map(Some);
    } else {
        return Ok(plain(&value));
    }
    Ok(Some(Value::Null))
}

fn plain(value: &Dynamic) -> Option<Value> {
    if let Ok(number) = value.as_float() {
        // JSON has no word for these.
        return Some(if number.is_finite() { json!(number) } else { json!({ "float": number.to_string() }) });
    }
    let as_json = || rhai::serde::from_dynamic::<Value>(value).ok();
    (value.is_unit() || value.is_int() || value.is_bool() || value.is_string()).then(as_json).flatten()
}

fn load_map(path: &str, map: &mut Map, saved: &Value, tensors: &Tensors) -> Result<()> {
    let saved = saved.as_object().ok_or_else(|| Error::data(format!("the state has no map `{path}`")))?;
    for (name, saved) in saved {
        let value = map.entry(name.as_str().into()).or_default();
        load(&join(path, name), value, saved, tensors)?;
    }
    // What came after the state was taken goes.
    map.retain(|name, value| saved.contains_key(name.as_str()) || plain(value).is_none());
    Ok(())
}

fn load(path: &str, value: &mut Dynamic, saved: &Value, tensors: &Tensors) -> Result<()> {
    let under = || -> Vec<(String, Tensor)> {
        let own = tensors.iter().filter_map(|(name, t)| Some((name.strip_prefix(path)?.strip_prefix('.')?, *t)));
        own.map(|(name, t)| (name.to_string(), t.shallow_clone())).collect()
    };
    let one = |name: &str| -> Result<&Tensor> {
        let found = tensors.get(join(path, name).as_str()).copied();
        found.ok_or_else(|| Error::data(format!("the state has no tensor `{path}`")))
    };
    let handle = value.flatten_clone();
    if let Some(network) = handle.clone().try_cast::<Network>() {
        return weights::assign(network.0.as_ref(), &under());
    }
    if let Some(optimizer) = handle.clone().try_cast::<OptimizerHandle>() {
        return optimizer.0.borrow_mut().load_state(&under());
    }
    if let Some(meter) = handle.clone().try_cast::<MeterHandle>() {
        return meter.0.borrow_mut().load_state(one("meter")?);
    }
    if let Some(tensor) = handle.clone().try_cast::<TensorHandle>() {
        let saved = one("tensor")?;
        if tensor.size() != saved.size() {
            return Err(Error::shape(format!("`{path}` is {:?}, in the state {:?}", tensor.size(), saved.size())));
        }
        let mut own = tensor.shallow_clone();
        return tch::no_grad(|| own.f_copy_(saved)).during("restore", &[&tensor, saved]);
    }
    if let Some(watch) = handle.clone().try_cast::<StopwatchHandle>() {
        watch.set(saved.as_f64().unwrap_or(0.0));
        return Ok(());
    }
    if let Some(history) = handle.try_cast::<History>() {
        let rows = saved.as_array().ok_or_else(|| Error::data(format!("the state has no rows `{path}`")))?;
        let rows = rows.iter().map(|row| match restored(row) {
            row if row.is_map() => Ok(row.cast::<Map>()),
            _ => Err(Error::data(format!("a row of `{path}` is no map"))),
        });
        history.replace(rows.collect::<Result<_>>()?);
        return Ok(());
    }
    if let (Some(mut map), true) = (value.write_lock::<Map>(), saved.is_object()) {
        return load_map(path, &mut map, saved, tensors);
    }
    if let (Some(mut array), Some(saved)) = (value.write_lock::<Array>(), saved.as_array()) {
        array.resize(saved.len(), Dynamic::UNIT);
        let mut each = array.iter_mut().zip(saved).enumerate();
        return each.try_for_each(|(i, (value, saved))| load(&join(path, &i.to_string()), value, saved, tensors));
    }
    *value = restored(saved);
    Ok(())
}

/// A plain value as it was.
fn restored(saved: &Value) -> Dynamic {
    match saved {
        Value::Object(map) => match (map.len(), map.get("float").and_then(Value::as_str)) {
            (1, Some(text)) => text.parse::<f64>().map_or(Dynamic::UNIT, Dynamic::from_float),
            _ => map.iter().map(|(k, v)| (k.as_str().into(), restored(v))).collect::<Map>().into(),
        },
        Value::Array(values) => values.iter().map(restored).collect::<Array>().into(),
        Value::Null => Dynamic::UNIT,
        plain => rhai::serde::to_dynamic(plain).unwrap_or(Dynamic::UNIT),
    }
}
