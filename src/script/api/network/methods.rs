//! What every network can do.

use super::host::{self, with_host};
use super::values::{to_dynamic, to_value};
use crate::error::Error;
use crate::ml::models;
use crate::ml::{device, optim};
use crate::script::api::handles::{Network, TensorHandle};
use crate::script::base::{ScriptResult, options::shown};
use rhai::{Array, Dynamic, NativeCallContext, plugin::*};
use std::{collections::BTreeMap, path::Path};

fn set_trained(function: &str, network: &mut Network, parts: &Dynamic, trained: bool) -> ScriptResult<()> {
    let names = match parts.read_lock::<Array>() {
        Some(array) => array.iter().map(|name| name.clone().into_string().ok()).collect(),
        None => parts.clone().into_string().ok().map(|name| vec![name]),
    };
    let names: Vec<String> = names
        .ok_or_else(|| Error::value(format!("{function} takes a name or an array of names, got {}", shown(parts))))?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(models::set_trained(network.0.as_ref(), &names, trained).map_err(|e| e.within(function))?)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The network's output for a tensor, a sequence or a batch.
    ///
    /// Errors: an input of a shape or kind that a layer cannot take; the layer is named.
    ///
    /// ```rhai
    /// assert_eq(linear(3, 2).forward(zeros([5, 3])).shape, [5, 2]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn forward(context: NativeCallContext, network: &mut Network, input: Dynamic) -> ScriptResult<Dynamic> {
        Ok(to_dynamic(host::forward(&context, &network.0, &to_value(&input)?)?))
    }

    /// What a layer makes of two inputs: what attends, and the memory that it attends to, see `multihead_attention`.
    #[rhai_fn(name = "forward", return_raw, pure)]
    pub fn forward_with(
        context: NativeCallContext,
        network: &mut Network,
        input: Dynamic,
        memory: Dynamic,
    ) -> ScriptResult<Dynamic> {
        let (input, memory) = (to_value(&input)?, to_value(&memory)?);
        Ok(to_dynamic(host::forward_with(&context, &network.0, &input, &memory)?))
    }

    /// All parameters, those of sub-networks included, as an array of tensors; one that two layers share comes once.
    ///
    /// ```rhai
    /// assert_eq(linear(3, 2).parameters().map(|p| p.shape), [[2, 3], [2]]);
    /// ```
    #[rhai_fn(pure)]
    pub fn parameters(network: &mut Network) -> Array {
        let all = models::parameters(network.0.as_ref());
        all.into_iter().map(|(_, p)| Dynamic::from(TensorHandle::from(p))).collect()
    }

    /// All parameters with their names, as an array of `[name, tensor]`; the names are those of PyTorch's
    /// `named_parameters`. One that two layers share comes once.
    ///
    /// ```rhai
    /// assert_eq(linear(3, 2).named_parameters().map(|p| p[0]), ["weight", "bias"]);
    /// ```
    #[rhai_fn(pure)]
    pub fn named_parameters(network: &mut Network) -> Array {
        let pair = |(name, p): (String, tch::Tensor)| -> Dynamic {
            let pair: Array = vec![name.into(), Dynamic::from(TensorHandle::from(p))];
            pair.into()
        };
        models::parameters(network.0.as_ref()).into_iter().map(pair).collect()
    }

    /// What the network keeps besides its parameters, such as the running mean of a `batch_norm`, as an array of `[name, tensor]`.
    ///
    /// ```rhai
    /// let names = batch_norm(3).named_buffers().map(|b| b[0]);
    /// assert_eq(names, ["running_mean", "running_var", "num_batches_tracked"]);
    /// ```
    #[rhai_fn(pure)]
    pub fn named_buffers(network: &mut Network) -> Array {
        let pair = |(name, b): (String, tch::Tensor)| -> Dynamic {
            let pair: Array = vec![name.into(), Dynamic::from(TensorHandle::from(b))];
            pair.into()
        };
        models::named_buffers(network.0.as_ref()).into_iter().map(pair).collect()
    }

    /// Whether the network is in training: where it has parts in both modes, whether one of them is.
    ///
    /// ```rhai
    /// let net = sequential([linear(3, 2), dropout(0.5)]);
    /// assert(net.training());
    /// net.eval();
    /// assert(!net.training());
    /// ```
    #[rhai_fn(pure)]
    pub fn training(network: &mut Network) -> bool {
        models::Modes::of(&network.0).any_training()
    }

    /// Switches to training: dropout drops.
    ///
    /// ```rhai
    /// let net = dropout(0.5);
    /// net.eval();
    /// assert_eq(net.forward(ones([4])), ones([4]));
    /// net.train();
    /// ```
    #[rhai_fn(pure)]
    pub fn train(network: &mut Network) {
        network.0.set_training(true);
    }

    /// Switches to evaluation: dropout lets everything through. Scripts write `net.eval()`.
    ///
    /// ```rhai
    /// let net = dropout(0.5);
    /// net.eval();
    /// assert_eq(net.forward(ones([4])), ones([4]));
    /// ```
    #[rhai_fn(pure)]
    pub fn eval_mode(network: &mut Network) {
        network.0.set_training(false);
    }

    /// Drops the gradients of all parameters, as PyTorch does: each is `()` until the next `backward` reaches it.
    ///
    /// ```rhai
    /// let net = linear(1, 1);
    /// net.forward(ones([1, 1])).sum().backward();
    /// net.zero_grad();
    /// assert_eq(net.parameters()[0].grad, ());
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn zero_grad(network: &mut Network) -> ScriptResult<()> {
        let parameters = models::named_parameters(network.0.as_ref());
        Ok(parameters.iter().try_for_each(|(_, p)| optim::zero_grad(p))?)
    }

    /// Saves all parameters as safetensors, under PyTorch's names: `load_state_dict` of the same network takes them. The
    /// file is replaced only when the new one is complete.
    ///
    /// ```rhai
    /// let net = linear(3, 2);
    /// net.save("imdbsh-doc.safetensors");
    /// let other = linear(3, 2);
    /// other.load("imdbsh-doc.safetensors");
    /// assert_eq(net.parameters()[0], other.parameters()[0]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn save(network: &mut Network, path: &str) -> ScriptResult<()> {
        Ok(models::save_module(Path::new(path), network.0.as_ref(), &BTreeMap::new())?)
    }

    /// Loads parameters that `save` wrote, a PyTorch state dict in safetensors, or the network in a training's checkpoint, see
    /// `best_checkpoint` of what `train::fit` gives.
    ///
    /// Errors: a file that is damaged, or whose names or shapes are not the network's; all that differ are named, and
    /// the network stays as it was.
    ///
    /// ```rhai
    /// assert_throws(|| linear(3, 2).load("no-such.safetensors"), "no-such.safetensors");
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn load(network: &mut Network, path: &str) -> ScriptResult<()> {
        Ok(models::load_module(Path::new(path), network.0.as_ref())?)
    }

    /// Keeps all parameters from being trained, or only those below a name or an array of names, such as `"embeddings"` or
    /// `"encoder.layer.0"`. Optimizers made afterwards leave them out, one made before no longer moves them, and the backward
    /// pass ends where nothing before it is trained.
    ///
    /// Errors: a name that no parameter has or begins with.
    ///
    /// ```rhai
    /// let net = sequential([linear(3, 2), linear(2, 1)]);
    /// net.freeze("0");
    /// assert_eq(net.parameters().map(|p| p.requires_grad), [false, false, true, true]);
    /// net.unfreeze();
    /// assert_eq(net.parameters().map(|p| p.requires_grad), [true, true, true, true]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn freeze(network: &mut Network) -> ScriptResult<()> {
        Ok(models::set_trained(network.0.as_ref(), &[""], false)?)
    }

    #[rhai_fn(name = "freeze", return_raw, pure)]
    pub fn freeze_parts(network: &mut Network, parts: Dynamic) -> ScriptResult<()> {
        set_trained("freeze", network, &parts, false)
    }

    /// Lets parameters be trained again; takes what `freeze` takes. Make the optimizer afterwards: one that was made before
    /// may not know them.
    ///
    /// ```rhai
    /// let net = linear(3, 2);
    /// net.freeze();
    /// net.unfreeze("bias");
    /// assert_eq(net.parameters().map(|p| p.requires_grad), [false, true]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn unfreeze(network: &mut Network) -> ScriptResult<()> {
        Ok(models::set_trained(network.0.as_ref(), &[""], true)?)
    }

    #[rhai_fn(name = "unfreeze", return_raw, pure)]
    pub fn unfreeze_parts(network: &mut Network, parts: Dynamic) -> ScriptResult<()> {
        set_trained("unfreeze", network, &parts, true)
    }

    /// Moves all parameters to a device, such as `"cuda"`; optimizers made before go on with them.
    ///
    /// ```rhai
    /// let net = linear(3, 2);
    /// net.to("cpu");
    /// assert_eq(net.parameters()[0].device, "cpu");
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn to(network: &mut Network, device: &str) -> ScriptResult<()> {
        Ok(models::to_device(network.0.as_ref(), device::parse(device)?)?)
    }

    /// A table of the layers with their output shapes and parameter counts. Where the network's first layer does not tell
    /// what goes in, give an example input.
    ///
    /// ```rhai
    /// print(sequential([linear(3, 2), tanh()]).summary());
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn summary(context: NativeCallContext, network: &mut Network) -> ScriptResult<String> {
        let network = &network.0;
        with_host(&context, |host| Ok(models::summary(network, None, Some(host))?.to_string()))
    }

    /// The table with the output shapes for this input.
    #[rhai_fn(name = "summary", return_raw, pure)]
    pub fn summary_for(context: NativeCallContext, network: &mut Network, input: Dynamic) -> ScriptResult<String> {
        let input = to_value(&input)?;
        let network = &network.0;
        with_host(&context, |host| Ok(models::summary(network, Some(&input), Some(host))?.to_string()))
    }
}
