//! An optimizer's memory as named tensors, for checkpoints, snapshots and forks.
//!
//! `exp_avg.lstm.weight_ih_l0` is the buffer `exp_avg` of the parameter `lstm.weight_ih_l0`; `step.lstm.weight_ih_l0` the
//! number of its steps (0-d, int64); `lr.0`, `base_lr.0` and `scheduled_lr.0` the rates of the first group (0-d, float64).

use super::Optimizer;
use super::kept::{Kept, ParamState, is_number};
use crate::error::{Error, Result};
use crate::ml::models::ensure_grad;
use crate::ml::tensor::{During, describe};
use std::collections::HashMap;
use tch::{Device, Kind, Tensor};

const DOING: &str = "optimizer state";
const RATES: [&str; 3] = ["lr", "base_lr", "scheduled_lr"];

impl Optimizer {
    /// All that the optimizer remembers, in the order of the parameters. The tensors are the optimizer's own and change
    /// with its next step: write them at once, or take a [`Optimizer::snapshot`].
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn state(&self) -> Result<Vec<(String, Tensor)>> {
        let mut named = Vec::new();
        for (number, group) in self.groups.iter().enumerate() {
            for (rate, value) in RATES.iter().zip([group.lr, group.base_lr, group.scheduled_lr]) {
                let value = Tensor::f_scalar_tensor(value, (Kind::Double, Device::Cpu)).during(DOING, &[])?;
                named.push((format!("{rate}.{number}"), value));
            }
        }
        let states = self.states.borrow();
        for (name, _) in self.params() {
            let Some(kept) = states.get(name) else { continue };
            let step = Tensor::f_scalar_tensor(kept.step, (Kind::Int64, Device::Cpu)).during(DOING, &[])?;
            named.push((format!("step.{name}"), step));
            named.extend(kept.buffers().iter().map(|(buffer, t)| (format!("{buffer}.{name}"), t.shallow_clone())));
        }
        Ok(named)
    }

    /// A copy of [`Optimizer::state`] that later steps leave alone.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn snapshot(&self) -> Result<Vec<(String, Tensor)>> {
        self.state()?.into_iter().map(|(name, t)| Ok((name, duplicate(&t, t.device(), t.kind())?))).collect()
    }

    /// Puts back what [`Optimizer::state`] gave: copies of the tensors, on the parameters' devices. What is not in
    /// `state` is forgotten, so that the state of a fresh optimizer makes this one fresh. On an error nothing changes.
    ///
    /// # Errors
    /// A name that belongs to no parameter or no buffer of this algorithm, or a tensor of another shape than its
    /// parameter: the state of another network or optimizer.
    pub fn load_state(&mut self, state: &[(String, Tensor)]) -> Result<()> {
        let what = self.name();
        let params: HashMap<&str, &Tensor> = self.params().map(|(name, t)| (name.as_str(), t)).collect();
        let mut states: HashMap<String, ParamState> = HashMap::new();
        let mut rates: Vec<[f64; 3]> = self.groups.iter().map(|g| [g.lr, g.base_lr, g.scheduled_lr]).collect();
        for (name, tensor) in state {
            let foreign = || {
                let algorithm = self.groups[0].algorithm();
                let buffers = algorithm.buffers();
                let kept =
                    ["step"].into_iter().chain(buffers.iter().map(|buffer| buffer.name)).collect::<Vec<_>>().join(", ");
                Error::data(format!(
                    "{what}: the state has `{name}`, which fits no parameter of this network ({what} keeps {kept})"
                ))
            };
            let (buffer, param) = name.split_once('.').ok_or_else(foreign)?;
            if let Some(rate) = RATES.iter().position(|rate| *rate == buffer) {
                let number = param.parse::<usize>().ok().filter(|n| *n < rates.len()).ok_or_else(foreign)?;
                rates[number][rate] = tensor.f_double_value(&[]).during(DOING, &[tensor])?;
                continue;
            }
            let like = params.get(param).ok_or_else(foreign)?;
            let kept = states.entry(param.to_string()).or_default();
            if buffer == "step" {
                kept.step = tensor.f_int64_value(&[]).during(DOING, &[tensor])?;
                continue;
            }
            let known = self.groups[0].algorithm.buffers();
            let known = known.iter().find(|known| known.holds(buffer)).ok_or_else(foreign)?;
            let (shape, device, kind) = match known.of {
                Kept::Like => (like.size(), like.device(), like.kind()),
                Kept::Number => (Vec::new(), Device::Cpu, tensor.kind()),
                Kept::Free if is_number(tensor) => (Vec::new(), Device::Cpu, tensor.kind()),
                Kept::Free | Kept::Rows => (tensor.size(), like.device(), tensor.kind()),
            };
            if tensor.size() != shape {
                let wanted = match known.of {
                    Kept::Number => "and is to be one number".into(),
                    _ => format!("its parameter {}", describe(like)),
                };
                let given = describe(tensor);
                return Err(Error::shape(format!("{what}: the state `{name}` is {given}, {wanted}")));
            }
            kept.set(buffer, duplicate(tensor, device, kind)?);
        }
        // A parameter with a state had a gradient, and is not passed over where a loss does not reach it.
        states.keys().filter_map(|name| params.get(name.as_str())).try_for_each(|p| ensure_grad(p))?;
        self.states.replace(states);
        for (group, [lr, base_lr, scheduled_lr]) in self.groups.iter_mut().zip(rates) {
            (group.lr, group.base_lr, group.scheduled_lr) = (lr, base_lr, scheduled_lr);
        }
        Ok(())
    }
}

fn duplicate(tensor: &Tensor, device: Device, kind: Kind) -> Result<Tensor> {
    let _guard = tch::no_grad_guard();
    let copy = || {
        let mut copy = Tensor::f_empty(tensor.size(), (kind, device))?;
        copy.f_copy_(tensor)?;
        Ok(copy)
    };
    copy().during(DOING, &[tensor])
}
