//! What a network has: its parts by name and number, and what it says of itself.

use crate::error::{Error, ErrorKind};
use crate::ml::models::Module;
use crate::script::api::handles::{Network, TensorHandle};
use crate::script::base::ScriptResult;
use rhai::{Array, Dynamic, plugin::*};

/// The network as PyTorch prints one: a line for each layer, indented by depth.
fn outline(module: &dyn Module, name: &str, depth: usize) -> String {
    let name = if name.is_empty() { String::new() } else { format!("({name}): ") };
    let indent = "  ".repeat(depth);
    let children = module.children();
    let described = module.describe();
    if children.is_empty() {
        return format!("{indent}{name}{}({described})", module.type_name());
    }
    let inside: Vec<String> = children.iter().map(|(n, child)| outline(child.as_ref(), n, depth + 1)).collect();
    format!("{indent}{name}{}(\n{}\n{indent})", module.type_name(), inside.join("\n"))
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// What the scores that the network gives are called, one name for each class, as `classifier` knows them; `()` where it does not know.
    ///
    /// ```rhai
    /// assert_eq(classifier("tests/data/tiny_encoders/electra").class_names, ["bad", "fair", "good"]);
    /// assert_eq(linear(3, 2).class_names, ());
    /// ```
    #[rhai_fn(get = "class_names", pure)]
    pub fn class_names(network: &mut Network) -> Dynamic {
        let names = |names: &[String]| -> Array { names.iter().map(|name| Dynamic::from(name.clone())).collect() };
        network.0.class_names().map_or(Dynamic::UNIT, |all| Dynamic::from(names(all)))
    }

    /// How many tokens a row may have at most, of an `encoder` or a `classifier`; `()` where nothing says.
    ///
    /// ```rhai
    /// assert_eq(classifier("tests/data/tiny_encoders/roberta").max_len + 2, bert_config("tests/data/tiny_encoders/roberta").max_position_embeddings);
    /// assert_eq(linear(3, 2).max_len, ());
    /// ```
    #[rhai_fn(get = "max_len", pure)]
    pub fn max_len(network: &mut Network) -> Dynamic {
        network.0.max_len().map_or(Dynamic::UNIT, Dynamic::from)
    }

    /// A sub-network, parameter or buffer by name (`net.lstm`), or a layer of a `sequential` by number (`net[0]`).
    #[rhai_fn(index_get, return_raw, pure)]
    pub fn by_name(network: &mut Network, name: &str) -> ScriptResult<Dynamic> {
        let children = network.0.children();
        if let Some((_, child)) = children.iter().find(|(n, _)| n == name) {
            return Ok(Dynamic::from(Network(child.clone())));
        }
        let parameters = network.0.own_parameters();
        if let Some((_, p)) = parameters.iter().find(|(n, _)| n == name) {
            return Ok(Dynamic::from(TensorHandle::from(p.shallow_clone())));
        }
        let buffers = network.0.own_buffers();
        if let Some((_, b)) = buffers.iter().find(|(n, _)| n == name) {
            return Ok(Dynamic::from(TensorHandle::from(b.shallow_clone())));
        }
        let known: Vec<&str> = children
            .iter()
            .map(|c| c.0.as_str())
            .chain(parameters.iter().chain(&buffers).map(|p| p.0.as_str()))
            .collect();
        let what = format!("part of a {}", network.0.type_name());
        Err(Error::unknown(ErrorKind::Value, &what, name, &known).into())
    }

    #[rhai_fn(index_get, return_raw, pure)]
    pub fn by_number(network: &mut Network, index: i64) -> ScriptResult<Dynamic> {
        let children = network.0.children();
        let n = children.len() as i64;
        let at = if index < 0 { index + n } else { index };
        match usize::try_from(at).ok().and_then(|at| children.get(at)) {
            Some((_, child)) => Ok(Dynamic::from(Network(child.clone()))),
            None => Err(Error::value(format!("layer {index} of a {} with {n} layers", network.0.type_name())).into()),
        }
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print(network: &mut Network) -> String {
        outline(network.0.as_ref(), "", 0)
    }
}
