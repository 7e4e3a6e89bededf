//! What can be asked of all parameters of a network at once.

use super::{Module, named_state};
use crate::error::{Error, Result, did_you_mean};
use crate::ml::tensor::During;
use std::collections::HashSet;
use tch::{Device, Tensor};

/// All parameters of a network, named by their path as in PyTorch's `state_dict` (`layer.0.weight`). One that two layers
/// share stands under both names.
pub fn named_parameters(module: &dyn Module) -> Vec<(String, Tensor)> {
    let mut all = module.own_parameters();
    for (name, child) in module.children() {
        let inner = named_parameters(child.as_ref());
        all.extend(inner.into_iter().map(|(n, p)| (format!("{name}.{n}"), p)));
    }
    all
}

/// The parameters that training changes, each once: what an optimizer takes.
pub fn trainable_parameters(module: &dyn Module) -> Vec<(String, Tensor)> {
    unique(named_parameters(module)).filter(|(_, p)| p.requires_grad()).collect()
}

/// How many numbers a network holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub total: i64,
    pub trainable: i64,
    pub bytes: i64,
}

/// Parameters that two layers share count once.
pub fn count(module: &dyn Module) -> Count {
    unique(named_parameters(module)).fold(Count::default(), |sum, (_, p)| {
        let n = p.numel() as i64;
        Count {
            total: sum.total + n,
            trainable: sum.trainable + if p.requires_grad() { n } else { 0 },
            bytes: sum.bytes + n * p.kind().elt_size_in_bytes() as i64,
        }
    })
}

/// One row of [`norms`].
#[derive(Debug, Clone, PartialEq)]
pub struct Norm {
    pub name: String,
    /// √Σw².
    pub value: f64,
    /// The same of the gradient, where there is one.
    pub grad: Option<f64>,
}

/// The Euclidean norm of each parameter and of its gradient; the device is waited for once.
///
/// # Errors
/// Parameters on different devices.
pub fn norms(module: &dyn Module) -> Result<Vec<Norm>> {
    let parameters: Vec<(String, Tensor)> = unique(named_parameters(module)).collect();
    if parameters.is_empty() {
        return Ok(Vec::new());
    }
    tch::no_grad(|| {
        let norm = |t: &Tensor| t.f_norm().and_then(|n| n.f_to_kind(tch::Kind::Float)).during("norms", &[t]);
        let mut all = Vec::new();
        for (_, p) in &parameters {
            let grad = p.grad();
            all.push(norm(p)?);
            all.push(if grad.defined() {
                norm(&grad)?
            } else {
                norm(p)?.f_full_like(f64::NAN).during("norms", &[p])?
            });
        }
        let all = Vec::<f32>::try_from(Tensor::f_stack(&all, 0).during("norms", &[])?)?;
        let rows = parameters.into_iter().zip(all.chunks_exact(2)).map(|((name, p), pair)| Norm {
            name,
            value: pair[0].into(),
            grad: p.grad().defined().then(|| pair[1].into()),
        });
        Ok(rows.collect())
    })
}

/// Moves every parameter, its gradient included, and every buffer. Handles on them (an optimizer's, say) see them move; state that somebody
/// else keeps beside them does not.
///
/// # Errors
/// A device that is not there or has no room.
pub fn to_device(module: &dyn Module, device: Device) -> Result<()> {
    for (_, mut p) in named_state(module) {
        if p.device() == device {
            continue;
        }
        let mut grad = p.grad();
        let moved = p.f_detach().and_then(|d| d.f_to_device(device)).during("to", &[&p])?;
        p.f_set_data(&moved).during("to", &[&p])?;
        if grad.defined() {
            let moved = grad.f_to_device(device).during("to", &[&grad])?;
            grad.f_set_data(&moved).during("to", &[&grad])?;
        }
    }
    Ok(())
}

/// Says of all parameters below `names` whether training changes them; the empty name stands for all.
///
/// # Errors
/// A name that no parameter has or begins with: then nothing is changed.
pub fn set_trained(module: &dyn Module, names: &[&str], trained: bool) -> Result<()> {
    let all = named_parameters(module);
    let below = |name: &str, part: &str| {
        part.is_empty() || name.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    for part in names {
        if !all.iter().any(|(name, _)| below(name, part)) {
            let known: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
            let nearest = did_you_mean(part, &known);
            return Err(Error::value(format!("no parameter is called `{part}` or below it{nearest}")));
        }
    }
    for (_, p) in all.iter().filter(|(name, _)| names.iter().any(|part| below(name, part))) {
        let _ = p.f_set_requires_grad(trained).during("requires_grad", &[p])?;
    }
    Ok(())
}

/// All parameters, each once, under the first name that it has: what PyTorch's `parameters()` gives.
pub fn parameters(module: &dyn Module) -> Vec<(String, Tensor)> {
    unique(named_parameters(module)).collect()
}

fn unique(parameters: Vec<(String, Tensor)>) -> impl Iterator<Item = (String, Tensor)> {
    let mut seen = HashSet::new();
    parameters.into_iter().filter(move |(_, p)| seen.insert(p.data_ptr() as usize))
}
