//! A network's parameters in files, under their names.

use super::{Module, named_state};
use crate::error::{Error, Result};
use crate::ml::tensor::{During, kind_name};
use crate::ml::weights::{self, Misfits};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use tch::Tensor;

/// Saves a network's parameters, fixed ones included, and buffers, under the names of PyTorch's `state_dict`.
///
/// # Errors
/// As [`weights::save`].
pub fn save_module(path: &Path, module: &dyn Module, metadata: &BTreeMap<String, String>) -> Result<()> {
    weights::save(path, &named_state(module), metadata).map(drop)
}

/// Reads a file into a network of the same parameters, in place: handles on them see the new values. The file may be a checkpoint of a training,
/// or hold the network as a part of another: then all its names stand behind one and the same, `net.`.
///
/// # Errors
/// As [`weights::read`]; tensors that are missing, unexpected or of another shape, in one message. Then nothing is changed.
pub fn load_module(path: &Path, module: &dyn Module) -> Result<()> {
    assign(module, &part_of(module, weights::read(path)?.tensors))
        .map_err(|e| e.within(&format!("cannot load {}", path.display())))
}

/// The tensors of a network among those of a whole of which it is a part, under its own names; all as they are where it is none, or might be
/// several. What an optimizer keeps of each parameter is named like a network, too, but deeper: `optimizer.exp_avg.`.
fn part_of(module: &dyn Module, tensors: Vec<(String, Tensor)>) -> Vec<(String, Tensor)> {
    let own: Vec<String> = named_state(module).into_iter().map(|(name, _)| name).collect();
    let Some(one) = own.first() else { return tensors };
    let names: HashSet<&str> = tensors.iter().map(|(name, _)| name.as_str()).collect();
    let holds_all = |whole: &&str| own.iter().all(|name| names.contains(format!("{whole}{name}").as_str()));
    let wholes: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(one.as_str())).filter(holds_all).collect();
    let depth = |whole: &&str| whole.matches('.').count();
    let least = wholes.iter().map(depth).min();
    let mut highest = wholes.iter().filter(|whole| Some(depth(whole)) == least);
    let (Some(whole), None) = (highest.next(), highest.next()) else { return tensors };
    let of = |(name, tensor): &(String, Tensor)| Some((name.strip_prefix(*whole)?.to_string(), tensor.shallow_clone()));
    tensors.iter().filter_map(of).collect()
}

/// Copies tensors into the parameters of the same names; a tensor of another floating-point kind is converted.
///
/// # Errors
/// As [`load_module`].
pub fn assign(module: &dyn Module, tensors: &[(String, Tensor)]) -> Result<()> {
    let parameters = named_state(module);
    let given: HashMap<&str, &Tensor> = tensors.iter().map(|(name, t)| (name.as_str(), t)).collect();
    let mut misfits = Misfits::default();
    for (name, p) in &parameters {
        match given.get(name.as_str()) {
            None => misfits.missing(name, &p.size()),
            Some(t) if t.size() != p.size() => {
                let text = format!("{name} is {:?} in the network, {:?} given", p.size(), t.size());
                misfits.other("misshapen", text);
            }
            Some(t) if t.is_floating_point() != p.is_floating_point() => {
                let (ours, theirs) = (kind_name(p.kind()), kind_name(t.kind()));
                misfits.other("of another kind", format!("{name} is {ours} in the network, {theirs} given"));
            }
            Some(_) => {}
        }
    }
    let known: HashSet<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
    for (name, t) in tensors.iter().filter(|(name, _)| !known.contains(name.as_str())) {
        misfits.other("unexpected", format!("{name} {:?}", t.size()));
    }
    if let Some(message) = misfits.message(given.keys().copied()) {
        return Err(Error::data(format!("the tensors do not fit the network: {message}")));
    }
    tch::no_grad(|| {
        for (name, mut p) in parameters {
            if let Some(t) = given.get(name.as_str()) {
                p.f_copy_(t).during("loading weights", &[&p, t])?;
            }
        }
        Ok(())
    })
}
