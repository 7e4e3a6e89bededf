//! What a network keeps besides its parameters: numbers that are saved and never trained, such as a running mean.

use super::Module;
use tch::Tensor;

/// All buffers of a network, named by their path as in PyTorch's `named_buffers`.
pub fn named_buffers(module: &dyn Module) -> Vec<(String, Tensor)> {
    named(module, &|module| module.own_buffers())
}

/// Parameters and buffers: all that a file of the network holds, in the order of PyTorch's `state_dict`.
pub fn named_state(module: &dyn Module) -> Vec<(String, Tensor)> {
    named(module, &|module| module.own_parameters().into_iter().chain(module.own_buffers()).collect())
}

type Named = Vec<(String, Tensor)>;

fn named(module: &dyn Module, own: &dyn Fn(&dyn Module) -> Named) -> Named {
    let mut all = own(module);
    for (name, child) in module.children() {
        all.extend(named(child.as_ref(), own).into_iter().map(|(inner, t)| (format!("{name}.{inner}"), t)));
    }
    all
}
