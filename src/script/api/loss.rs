//! Losses.

use super::tensor::TensorHandle;
use crate::error::Result;
use crate::ml::loss::{self, BceWithLogits, CrossEntropy, Nll, Reduction};
use crate::script::{ScriptResult, options::Options};
use rhai::{Engine, Map, exported_module, plugin::*};
use tch::Tensor;

pub fn register(engine: &mut Engine) {
    engine.register_global_module(exported_module!(api).into());
}

fn reduction(options: &mut Options) -> Result<Reduction> {
    Reduction::from_name(&options.string("reduction", "mean")?)
}

fn tensor(options: &mut Options, name: &'static str) -> Result<Option<Tensor>> {
    Ok(options.handle::<TensorHandle>(name, "a tensor")?.map(|t| t.shallow_clone()))
}

/// A loss whose only option is its reduction.
fn plain(
    name: &'static str,
    options: Map,
    loss: impl FnOnce(Reduction) -> Result<Tensor>,
) -> ScriptResult<TensorHandle> {
    let mut options = Options::new(name, options);
    let reduction = reduction(&mut options)?;
    options.done()?;
    Ok(loss(reduction)?.into())
}

#[export_module]
mod api {
    /// Cross entropy of scores `[rows, classes]` (before any softmax) and labels: classes `[rows]`, int64, or
    /// probabilities `[rows, classes]`. Options: `label_smoothing` 0, `weight` (a tensor `[classes]`), `ignore_index`
    /// -100, `reduction` `"mean"`, `"sum"` or `"none"`.
    ///
    /// Errors: shapes that do not fit, a label that is no class.
    ///
    /// ```rhai
    /// let scores = tensor([[2.0, 0.0], [0.0, 2.0]]);
    /// assert_close(cross_entropy(scores, tensor([0, 1])), 0.126928, 1e-6);
    /// assert_close(cross_entropy(scores, tensor([0, 1]), #{ label_smoothing: 0.1 }), 0.226928, 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn cross_entropy(scores: TensorHandle, labels: TensorHandle) -> ScriptResult<TensorHandle> {
        cross_entropy_with(scores, labels, Map::new())
    }

    #[rhai_fn(name = "cross_entropy", return_raw)]
    pub fn cross_entropy_with(scores: TensorHandle, labels: TensorHandle, options: Map) -> ScriptResult<TensorHandle> {
        let mut o = Options::new("cross_entropy", options);
        let defaults = CrossEntropy::default();
        let settings = CrossEntropy {
            weight: tensor(&mut o, "weight")?,
            label_smoothing: o.number("label_smoothing", defaults.label_smoothing)?,
            ignore_index: o.integer("ignore_index", defaults.ignore_index)?,
            reduction: reduction(&mut o)?,
        };
        o.done()?;
        Ok(loss::cross_entropy(&scores, &labels, &settings)?.into())
    }

    /// Negative log likelihood of log-probabilities `[rows, classes]` and classes `[rows]`, int64: what follows a
    /// `log_softmax`. Options: `weight` (a tensor `[classes]`), `ignore_index` -100, `reduction`.
    ///
    /// ```rhai
    /// let p = tensor([[0.75, 0.25]]).log();
    /// assert_close(nll_loss(p, tensor([0])), 0.287682, 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn nll_loss(log_probabilities: TensorHandle, labels: TensorHandle) -> ScriptResult<TensorHandle> {
        nll_loss_with(log_probabilities, labels, Map::new())
    }

    #[rhai_fn(name = "nll_loss", return_raw)]
    pub fn nll_loss_with(
        log_probabilities: TensorHandle,
        labels: TensorHandle,
        options: Map,
    ) -> ScriptResult<TensorHandle> {
        let mut o = Options::new("nll_loss", options);
        let settings = Nll {
            weight: tensor(&mut o, "weight")?,
            ignore_index: o.integer("ignore_index", Nll::default().ignore_index)?,
            reduction: reduction(&mut o)?,
        };
        o.done()?;
        Ok(loss::nll_loss(&log_probabilities, &labels, &settings)?.into())
    }

    /// Binary cross entropy of probabilities and targets of the same shape, both between 0 and 1. Option: `reduction`.
    ///
    /// ```rhai
    /// assert_close(bce(tensor([0.75]), tensor([1.0])), 0.287682, 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn bce(probabilities: TensorHandle, targets: TensorHandle) -> ScriptResult<TensorHandle> {
        bce_with(probabilities, targets, Map::new())
    }

    #[rhai_fn(name = "bce", return_raw)]
    pub fn bce_with(probabilities: TensorHandle, targets: TensorHandle, options: Map) -> ScriptResult<TensorHandle> {
        plain("bce", options, |r| loss::bce(&probabilities, &targets, r))
    }

    /// Binary cross entropy of scores (before the sigmoid) and targets of the same shape. Options: `pos_weight`, a tensor
    /// that says how much a positive target counts, and `reduction`.
    ///
    /// ```rhai
    /// assert_close(bce_with_logits(tensor([0.0]), tensor([1.0])), 0.693147, 1e-6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn bce_with_logits(scores: TensorHandle, targets: TensorHandle) -> ScriptResult<TensorHandle> {
        bce_with_logits_with(scores, targets, Map::new())
    }

    #[rhai_fn(name = "bce_with_logits", return_raw)]
    pub fn bce_with_logits_with(
        scores: TensorHandle,
        targets: TensorHandle,
        options: Map,
    ) -> ScriptResult<TensorHandle> {
        let mut o = Options::new("bce_with_logits", options);
        let settings = BceWithLogits { pos_weight: tensor(&mut o, "pos_weight")?, reduction: reduction(&mut o)? };
        o.done()?;
        Ok(loss::bce_with_logits(&scores, &targets, &settings)?.into())
    }

    /// Mean squared error of two tensors of the same shape. Option: `reduction`.
    ///
    /// ```rhai
    /// assert_eq(mse(tensor([1.0, 2.0]), tensor([1.0, 4.0])).item(), 2.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn mse(scores: TensorHandle, targets: TensorHandle) -> ScriptResult<TensorHandle> {
        mse_with(scores, targets, Map::new())
    }

    #[rhai_fn(name = "mse", return_raw)]
    pub fn mse_with(scores: TensorHandle, targets: TensorHandle, options: Map) -> ScriptResult<TensorHandle> {
        plain("mse", options, |r| loss::mse(&scores, &targets, r))
    }

    /// Mean absolute error of two tensors of the same shape. Option: `reduction`.
    ///
    /// ```rhai
    /// assert_eq(l1_loss(tensor([1.0, 2.0]), tensor([1.0, 4.0])).item(), 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn l1_loss(scores: TensorHandle, targets: TensorHandle) -> ScriptResult<TensorHandle> {
        l1_loss_with(scores, targets, Map::new())
    }

    #[rhai_fn(name = "l1_loss", return_raw)]
    pub fn l1_loss_with(scores: TensorHandle, targets: TensorHandle, options: Map) -> ScriptResult<TensorHandle> {
        plain("l1_loss", options, |r| loss::l1(&scores, &targets, r))
    }

    /// Squared error near the target, absolute error from `beta` (1) on. Options: `beta`, `reduction`.
    ///
    /// ```rhai
    /// assert_eq(smooth_l1(tensor([0.0, 0.0]), tensor([1.0, 3.0])).item(), 1.5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn smooth_l1(scores: TensorHandle, targets: TensorHandle) -> ScriptResult<TensorHandle> {
        smooth_l1_with(scores, targets, Map::new())
    }

    #[rhai_fn(name = "smooth_l1", return_raw)]
    pub fn smooth_l1_with(scores: TensorHandle, targets: TensorHandle, options: Map) -> ScriptResult<TensorHandle> {
        let mut o = Options::new("smooth_l1", options);
        let (beta, reduction) = (o.number("beta", 1.0)?, reduction(&mut o)?);
        o.done()?;
        Ok(loss::smooth_l1(&scores, &targets, beta, reduction)?.into())
    }

    /// Squared error near the target, and from `delta` (1) on an absolute error of slope `delta`. Options: `delta`,
    /// `reduction`.
    ///
    /// ```rhai
    /// assert_eq(huber(tensor([0.0]), tensor([3.0]), #{ delta: 2 }).item(), 4.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn huber(scores: TensorHandle, targets: TensorHandle) -> ScriptResult<TensorHandle> {
        huber_with(scores, targets, Map::new())
    }

    #[rhai_fn(name = "huber", return_raw)]
    pub fn huber_with(scores: TensorHandle, targets: TensorHandle, options: Map) -> ScriptResult<TensorHandle> {
        let mut o = Options::new("huber", options);
        let (delta, reduction) = (o.number("delta", 1.0)?, reduction(&mut o)?);
        o.done()?;
        Ok(loss::huber(&scores, &targets, delta, reduction)?.into())
    }
}
