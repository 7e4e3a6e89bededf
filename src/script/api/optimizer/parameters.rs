//! What a script means where a function takes parameters.

use crate::error::{Error, ErrorKind, Result};
use crate::ml::models;
use crate::script::{
    api::handles::{Network, TensorHandle},
    base::{
        nesting::{DEEPEST, deeper},
        options::shown,
    },
};
use rhai::{Array, Dynamic, Map};
use tch::Tensor;

/// The parameters that a script means by a network, a tensor, or an array of either; those that need no gradient are
/// left out. Tensors outside a network are named by their place, after `prefix`.
pub(super) fn parameters(function: &str, of: &Dynamic, prefix: &str) -> Result<Vec<(String, Tensor)>> {
    let _level = deeper(DEEPEST)?;
    let mut found = Vec::new();
    if let Some(network) = of.clone().try_cast::<Network>() {
        found = models::parameters(network.0.as_ref());
        if !prefix.is_empty() {
            found.iter_mut().for_each(|(name, _)| *name = format!("{prefix}.{name}"));
        }
    } else if let Some(tensor) = of.clone().try_cast::<TensorHandle>() {
        found.push((if prefix.is_empty() { "0".into() } else { prefix.to_string() }, tensor.shallow_clone()));
    } else if let Some(array) = of.read_lock::<Array>() {
        for (i, member) in array.iter().enumerate() {
            let prefix = if prefix.is_empty() { i.to_string() } else { format!("{prefix}.{i}") };
            found.extend(parameters(function, member, &prefix)?);
        }
    } else {
        let message = format!("{function} takes a network, tensors or parameter groups, got {}", shown(of));
        return Err(Error::value(message));
    }
    found.retain(|(_, p)| p.requires_grad());
    Ok(found)
}

/// Parameters by their names.
type Named = Vec<(String, Tensor)>;

/// The groups that a script means, each with the options that hold for it: `adam(net, …)` is one; `adam([#{ params: net.lstm, lr: 1e-4 }, …], …)`
/// has options of each group's own.
pub(super) fn groups_of(function: &str, of: &Dynamic, options: &Map) -> Result<Vec<(Named, Map)>> {
    let groups: Option<Vec<Map>> = of
        .read_lock::<Array>()
        .filter(|array| !array.is_empty())
        .and_then(|array| array.iter().map(|g| g.clone().try_cast::<Map>()).collect());
    let Some(groups) = groups else { return Ok(vec![(parameters(function, of, "")?, options.clone())]) };
    let each = |(i, mut group): (usize, Map)| {
        let Some(params) = group.remove("params") else {
            let message = format!("{function}: parameter group {i} has no `params`");
            return Err(Error::new(ErrorKind::Option, message));
        };
        let mut own = options.clone();
        own.extend(group);
        Ok((parameters(function, &params, &i.to_string())?, own))
    };
    groups.into_iter().enumerate().map(each).collect()
}
