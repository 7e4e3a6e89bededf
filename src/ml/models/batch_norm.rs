//! Batch normalization (Ioffe, Szegedy 2015): each feature has mean 0 and variance 1 over a batch, or by what training has seen.

use super::{Build, Module, Pass, Replica, Row, init, statistics};
use crate::error::{Error, Result};
use crate::ml::batch::{Sequence, Value};
use crate::ml::device;
use crate::ml::tensor::{During, describe};
use std::{cell::Cell, rc::Rc};
use tch::{Kind, Tensor};

pub(super) const ROW: Row = Row {
    name: "batch_norm",
    doc: "Normalizes each feature, the last dimension, to mean 0 and variance 1 over all rows of a batch, then scales and shifts it\n\
          (Ioffe, Szegedy 2015); of sequences over their real positions. In evaluation by `running_mean` and `running_var`, which\n\
          training keeps, and which are saved with the network. Options: `eps` 1e-5, `affine` true, `momentum` 0.1 (how much of\n\
          the running ones each batch replaces), `track_running_stats` true.",
    example: "let net = batch_norm(1);\n\
          assert_close(net.forward(tensor([[1.0], [3.0]])), tensor([[-1.0], [1.0]]), 1e-4);\n\
          assert_close(net.running_mean, tensor([0.2]), 1e-6);",
    build: Build::One("size", |options| {
        let usual = BatchNormOptions::default();
        let options = BatchNormOptions {
            eps: options.number("eps", usual.eps)?,
            momentum: options.number("momentum", usual.momentum)?,
            affine: options.boolean("affine", usual.affine)?,
            track_running_stats: options.boolean("track_running_stats", usual.track_running_stats)?,
        };
        Ok(Box::new(move |size| Ok(Rc::new(BatchNorm::new(size, options)?))))
    }),
};

/// PyTorch's options.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchNormOptions {
    pub eps: f64,
    /// How much of the running mean and variance a batch replaces.
    pub momentum: f64,
    pub affine: bool,
    pub track_running_stats: bool,
}

impl Default for BatchNormOptions {
    fn default() -> Self {
        BatchNormOptions { eps: 1e-5, momentum: 0.1, affine: true, track_running_stats: true }
    }
}

/// PyTorch's `BatchNorm1d`, its features in the last dimension: `[…, features]`.
#[derive(Debug)]
pub struct BatchNorm {
    size: i64,
    options: BatchNormOptions,
    /// Weight and bias.
    affine: Option<(Tensor, Tensor)>,
    running: Option<Running>,
    training: Cell<bool>,
}

/// What training has seen.
#[derive(Debug)]
struct Running {
    mean: Tensor,
    /// The unbiased one.
    var: Tensor,
    /// Batches; int64, of no dimension.
    count: Tensor,
}

impl BatchNorm {
    /// # Errors
    /// A size below 1, an `eps` that is not above 0, a momentum outside `[0, 1]`.
    pub fn new(size: i64, options: BatchNormOptions) -> Result<BatchNorm> {
        init::at_least_one("batch_norm", "size", size)?;
        let BatchNormOptions { eps, momentum, .. } = options;
        if eps.is_nan() || eps <= 0.0 {
            return Err(Error::value(format!("batch_norm: eps must be above 0, got {eps}")));
        }
        if !(0.0..=1.0).contains(&momentum) {
            return Err(Error::value(format!("batch_norm: momentum must be in [0, 1], got {momentum}")));
        }
        let affine = match options.affine {
            true => Some((init::constant(&[size], 1.0)?, init::constant(&[size], 0.0)?)),
            false => None,
        };
        let filled =
            |value: f64| Tensor::f_full([size], value, (Kind::Float, device::current())).during("batch_norm", &[]);
        let running = match options.track_running_stats {
            true => {
                let count = Tensor::f_zeros([0i64; 0], (Kind::Int64, device::current())).during("batch_norm", &[])?;
                Some(Running { mean: filled(0.0)?, var: filled(1.0)?, count })
            }
            false => None,
        };
        Ok(BatchNorm { size, options, affine, running, training: Cell::new(true) })
    }

    /// `[rows, features]`, all of them real.
    fn normalized(&self, x: &Tensor) -> Result<Tensor> {
        let by_batch = self.training.get() || self.running.is_none();
        if by_batch && x.size()[0] < 2 {
            let given = describe(x);
            return Err(Error::value(format!(
                "batch_norm({}) takes more than one row in training, got {given}: a single one has no variance",
                self.describe()
            )));
        }
        let (weight, bias) = self.affine.as_ref().map_or((None, None), |(weight, bias)| (Some(weight), Some(bias)));
        let running = self.running.as_ref().filter(|_| !by_batch || statistics::are_kept());
        let (mean, var) = running.map_or((None, None), |r| (Some(&r.mean), Some(&r.var)));
        if let (true, Some(running)) = (self.training.get(), running) {
            let _ = tch::no_grad(|| running.count.shallow_clone().f_add_scalar_(1)).during("batch_norm", &[x])?;
        }
        let BatchNormOptions { momentum, eps, .. } = self.options;
        x.f_batch_norm(weight, bias, mean, var, by_batch, momentum, eps, false).during("batch_norm", &[x])
    }
}

impl Module for BatchNorm {
    fn type_name(&self) -> &str {
        "BatchNorm1d"
    }

    fn describe(&self) -> String {
        let BatchNormOptions { eps, momentum, affine, track_running_stats } = self.options;
        let mut text = format!("{}, eps={eps:e}, momentum={momentum}", self.size);
        for (name, is_on) in [("affine", affine), ("track_running_stats", track_running_stats)] {
            if !is_on {
                text += &format!(", {name}=false");
            }
        }
        text
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        if input.shape().last() != Some(&self.size) && !matches!(input, Value::Batch(_)) {
            let (layer, size, given) = (self.describe(), self.size, input.shape());
            return Err(Error::shape(format!("batch_norm({layer}) takes [.., {size}], got {given:?}")));
        }
        match input {
            Value::Batch(batch) => self.forward(&batch.value()?, &Pass::default()),
            Value::Sequence(s) => Ok(Sequence::packed(self.normalized(&s.to_packed()?)?, s.layout().clone())?.into()),
            Value::Tensor(x) => {
                let flat = x.f_reshape([-1, self.size]).during("batch_norm", &[x])?;
                Ok(self.normalized(&flat)?.f_view_as(x).during("batch_norm", &[x])?.into())
            }
        }
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        let named = |(weight, bias): &(Tensor, Tensor)| {
            [("weight".to_string(), weight.shallow_clone()), ("bias".to_string(), bias.shallow_clone())]
        };
        self.affine.iter().flat_map(named).collect()
    }

    fn own_buffers(&self) -> Vec<(String, Tensor)> {
        let named = |r: &Running| {
            [("running_mean", &r.mean), ("running_var", &r.var), ("num_batches_tracked", &r.count)]
                .map(|(name, t)| (name.to_string(), t.shallow_clone()))
        };
        self.running.iter().flat_map(named).collect()
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let affine = match &self.affine {
            Some((weight, bias)) => Some((replica.tensor(weight)?, replica.tensor(bias)?)),
            None => None,
        };
        let running = match &self.running {
            Some(r) => Some(Running {
                mean: replica.tensor(&r.mean)?,
                var: replica.tensor(&r.var)?,
                count: replica.tensor(&r.count)?,
            }),
            None => None,
        };
        Ok(Rc::new(BatchNorm {
            size: self.size,
            options: self.options,
            affine,
            running,
            training: self.training.clone(),
        }))
    }

    fn training(&self) -> Option<bool> {
        Some(self.training.get())
    }

    fn set_training(&self, training: bool) {
        self.training.set(training);
    }

    fn example_input(&self) -> Option<Value> {
        let device = self.affine.as_ref().map_or_else(device::current, |(weight, _)| weight.device());
        Tensor::f_zeros([1, self.size], (Kind::Float, device)).ok().map(Value::from)
    }
}
