//! What a map of handles and plain values holds, taken out of it and put back: the contents of a snapshot or a checkpoint.
//!
//! What has a state says so in its row of [`Kinds`]; numbers, texts, arrays and maps of them become JSON. What has no state of its
//! own (functions, data sets, run folders) is passed over.

use super::kinds::Kinds;
use super::nesting::{DEEPEST_JSON, deeper};
use super::state::{Saved, State, Tensors, join};
use crate::error::{Error, Result};
use rhai::{Array, Dynamic, Map};
use serde_json::{Value, json};
use tch::Tensor;

/// The state of all that is in `map`. The tensors are those in use, which the next step changes.
///
/// # Errors
/// A computation on the device that failed; values that are nested too deep.
pub fn save(kinds: Kinds, map: &Map) -> Result<State> {
    let mut tensors = Vec::new();
    let plain = save_map(kinds, "", map, &mut tensors)?;
    Ok(State { tensors, plain })
}

/// Puts a state back into a map of the same handles, which keep their identity.
///
/// # Errors
/// The state of another network or optimizer.
pub fn load(kinds: Kinds, state: &State, map: &mut Map) -> Result<()> {
    let tensors: Tensors = state.tensors.iter().map(|(name, t)| (name.as_str(), t)).collect();
    load_map(kinds, map, &Saved { path: "", plain: &state.plain, all: &tensors })
}

fn save_map(kinds: Kinds, path: &str, map: &Map, tensors: &mut Vec<(String, Tensor)>) -> Result<Value> {
    let mut object = serde_json::Map::new();
    for (name, value) in map {
        if let Some(saved) = save_value(kinds, &join(path, name), value, tensors)? {
            object.insert(name.to_string(), saved);
        }
    }
    Ok(Value::Object(object))
}

/// The plain part of a value; none where it has no state.
fn save_value(kinds: Kinds, path: &str, value: &Dynamic, tensors: &mut Vec<(String, Tensor)>) -> Result<Option<Value>> {
    let _level = deeper(DEEPEST_JSON)?;
    let value = value.flatten_clone();
    if let Some(save) = kinds.of(&value).and_then(|kind| kind.save) {
        let state = save(&value, kinds)?;
        tensors.extend(state.tensors.into_iter().map(|(name, t)| (join(path, &name), t)));
        return Ok(Some(state.plain));
    }
    if let Some(map) = value.read_lock::<Map>() {
        return save_map(kinds, path, &map, tensors).map(Some);
    }
    if let Some(array) = value.read_lock::<Array>() {
        let each = |(i, v): (usize, &Dynamic)| {
            Ok(save_value(kinds, &join(path, &i.to_string()), v, tensors)?.unwrap_or(Value::Null))
        };
        return array.iter().enumerate().map(each).collect::<Result<_>>().map(Some);
    }
    Ok(plain(&value))
}

/// A number, a text, a truth value or `()` as JSON, from which [`restored`] makes it again; none of any other value.
pub fn plain(value: &Dynamic) -> Option<Value> {
    if let Ok(number) = value.as_float() {
        // JSON has no word for these.
        return Some(if number.is_finite() { json!(number) } else { json!({ "float": number.to_string() }) });
    }
    let as_json = || rhai::serde::from_dynamic::<Value>(value).ok();
    (value.is_unit() || value.is_int() || value.is_bool() || value.is_string()).then(as_json).flatten()
}

fn load_map(kinds: Kinds, map: &mut Map, saved: &Saved) -> Result<()> {
    let Saved { path, all, .. } = *saved;
    let saved = saved.plain.as_object().ok_or_else(|| Error::data(format!("the state has no map `{path}`")))?;
    for (name, plain) in saved {
        let value = map.entry(name.as_str().into()).or_default();
        load_value(kinds, value, &Saved { path: &join(path, name), plain, all })?;
    }
    // What came after the state was taken goes.
    map.retain(|name, value| saved.contains_key(name.as_str()) || plain(value).is_none());
    Ok(())
}

fn load_value(kinds: Kinds, value: &mut Dynamic, saved: &Saved) -> Result<()> {
    let _level = deeper(DEEPEST_JSON)?;
    let handle = value.flatten_clone();
    if let Some(load) = kinds.of(&handle).and_then(|kind| kind.load) {
        return load(&handle, saved);
    }
    if let (Some(mut map), true) = (value.write_lock::<Map>(), saved.plain.is_object()) {
        return load_map(kinds, &mut map, saved);
    }
    if let (Some(mut array), Some(all)) = (value.write_lock::<Array>(), saved.plain.as_array()) {
        array.resize(all.len(), Dynamic::UNIT);
        let mut each = array.iter_mut().zip(all).enumerate();
        return each.try_for_each(|(i, (value, plain))| {
            let path = join(saved.path, &i.to_string());
            load_value(kinds, value, &Saved { path: &path, plain, all: saved.all })
        });
    }
    *value = restored(saved.plain);
    Ok(())
}

/// A plain value as it was.
pub fn restored(saved: &Value) -> Dynamic {
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
