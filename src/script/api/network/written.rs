//! Networks whose forward function stands in the script, as the text that makes them.

use super::scripted::{Forward, TRAINING};
use crate::ml::models::Module;
use crate::ml::tensor::kind_name;
use crate::script::api::handles::{Network, TensorHandle};
use crate::script::language::sources::Sources;
use rhai::{Array, Dynamic, FnPtr, Map};
use std::rc::Rc;
use tch::Kind;

/// `network(#{ head: linear(3, 2), forward: |x| this.head.forward(x) })`: parameters and buffers are of zeros, whose places weights take. `None` of a
/// network that is no script's. `layer` writes the networks inside.
pub(super) fn scripted(sources: &Sources, module: &dyn Module, layer: Layer) -> Option<Result<String, String>> {
    let forward: &Forward = module.forward_of_the_host()?.downcast_ref()?;
    let writer = Writer { sources, buffers: forward.buffers(), layer };
    Some(match module.type_name() {
        "Lambda" => writer.function("lambda", &forward.closure).map(|function| format!("lambda({function})")),
        _ => writer.network(forward),
    })
}

/// Writes any network.
pub(super) type Layer<'l> = &'l dyn Fn(&Rc<dyn Module>) -> Result<String, String>;

/// Where the standard library stands.
const LIBRARY: &str = "stdlib/";

struct Writer<'s> {
    sources: &'s Sources,
    buffers: &'s [String],
    layer: Layer<'s>,
}

impl Writer<'_> {
    fn network(&self, forward: &Forward) -> Result<String, String> {
        let members = forward.members.flatten_clone().cast::<Map>();
        let mut entries = Vec::new();
        for (name, member) in members.iter().filter(|(name, _)| *name != TRAINING) {
            let member = member.flatten_clone();
            let written = match member.read_lock::<TensorHandle>() {
                Some(tensor) if self.buffers.iter().any(|buffer| buffer == name.as_str()) => {
                    format!("buffer({})", zeros(&tensor))
                }
                _ => self.value(name, &member)?,
            };
            entries.push(format!("{}: {written}", key(name)));
        }
        entries.push(format!("forward: {}", self.function("forward", &forward.closure)?));
        Ok(format!("network(#{{ {} }})", entries.join(", ")))
    }

    /// A member of a network, called `name`.
    fn value(&self, name: &str, value: &Dynamic) -> Result<String, String> {
        if let Some(network) = value.read_lock::<Network>() {
            return (self.layer)(&network.0);
        }
        if let Some(tensor) = value.read_lock::<TensorHandle>() {
            return match tensor.requires_grad() && tensor.is_leaf() {
                true => Ok(format!("parameter({})", zeros(&tensor))),
                false => Err(format!(
                    "`{name}` is a tensor that no file of weights keeps: buffer(…) makes it one that is kept"
                )),
            };
        }
        if let Some(array) = value.read_lock::<Array>() {
            let of = |(i, value): (usize, &Dynamic)| self.value(&format!("{name}.{i}"), &value.flatten_clone());
            let all = array.iter().enumerate().map(of).collect::<Result<Vec<String>, String>>()?;
            return Ok(format!("[{}]", all.join(", ")));
        }
        if let Some(map) = value.read_lock::<Map>() {
            let inside = |inner: &str| format!("{name}.{inner}");
            let of = |(own, value): (&_, &Dynamic)| {
                let own = ToString::to_string(own);
                Ok(format!("{}: {}", key(&own), self.value(&inside(&own), &value.flatten_clone())?))
            };
            let all = map.iter().map(of).collect::<Result<Vec<String>, String>>()?;
            return Ok(format!("#{{ {} }}", all.join(", ")));
        }
        if let Some(function) = value.read_lock::<FnPtr>() {
            return self.function(name, &function);
        }
        literal(value).ok_or_else(|| format!("`{name}` is a {}, which has no text", value.type_name()))
    }

    /// A function, with what it has captured in front of it: `{ let rate = 0.1; |x| x * rate }`.
    fn function(&self, name: &str, function: &FnPtr) -> Result<String, String> {
        let captured: Vec<&Dynamic> = function.iter_curry().collect();
        if !function.is_anonymous() {
            return match captured.as_slice() {
                [] => Ok(format!("Fn({:?})", function.fn_name())),
                _ => Err(format!("`{name}` is the function {} with arguments bound to it", function.fn_name())),
            };
        }
        let text = self.sources.text_of(function.fn_name()).filter(|(text, ..)| !text.is_empty());
        let (text, place, names) = text.ok_or_else(|| format!("the text of `{name}` is not known"))?;
        // What it calls there is not in the script that the run keeps.
        let home = place.rsplit_once(':').map_or(place.as_str(), |(home, _)| home);
        if home.starts_with(LIBRARY) || self.sources.files().iter().any(|(file, _)| file == home) {
            return Err(format!("`{name}` is a function of {home}, which the run does not keep"));
        }
        let lets = captured.into_iter().zip(&names).map(|(value, own)| {
            let value = value.flatten_clone();
            if value.is::<Network>() || value.is::<TensorHandle>() {
                return Err(format!(
                    "`{name}` has captured `{own}`, whose numbers no file of weights keeps: a member of the network is kept, and `this.{own}` in `{name}`"
                ));
            }
            Ok(format!("let {own} = {}; ", self.value(own, &value)?))
        });
        let lets = lets.collect::<Result<String, String>>()?;
        Ok(if lets.is_empty() { text } else { format!("{{ {lets}{text} }}") })
    }
}

/// A tensor of this shape and kind.
fn zeros(tensor: &TensorHandle) -> String {
    match tensor.kind() {
        Kind::Float => format!("zeros({:?})", tensor.size()),
        kind => format!("zeros({:?}).to({:?})", tensor.size(), kind_name(kind)),
    }
}

/// A name as a map's key has it; any text may be one in quotes.
fn key(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

/// A plain value.
fn literal(value: &Dynamic) -> Option<String> {
    if value.is_unit() {
        return Some("()".into());
    }
    if let Ok(n) = value.as_int() {
        return Some(n.to_string());
    }
    if let Ok(n) = value.as_float() {
        return n.is_finite().then(|| format!("{n:?}"));
    }
    if let Ok(is_on) = value.as_bool() {
        return Some(is_on.to_string());
    }
    value.read_lock::<rhai::ImmutableString>().map(|text| serde_json::Value::from(text.as_str()).to_string())
}
