//! Sharpness-aware minimization around an optimizer.

use crate::ml::optim::Sam;
use crate::script::{
    api::handles::OptimizerHandle,
    base::{ScriptResult, options::Options},
};
use rhai::{Map, plugin::*};

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Sharpness-aware minimization (Foret et al., 2021) around another optimizer: each of its steps goes along the gradient of the worst
    /// weights near by, which a second pass computes, so that a step takes twice the time. What it gives is the optimizer to train with; it
    /// trains the parameters of `base`, with its groups and rates. Options and their defaults: `rho` 0.05, how far off those weights are;
    /// `adaptive` false: as far as weights are large (Kwon et al., 2021; with a `rho` ten times as large).
    ///
    /// A step needs a closure: `optimizer.step(|| …)`; `train::fit` gives it one. A network with dropout drops others in the second pass, and `batch_norm` leaves its running
    /// statistics as they are in it.
    ///
    /// Errors: an optimizer that evaluates the loss itself, such as `lbfgs`.
    ///
    /// ```rhai
    /// let net = linear(2, 1);
    /// let optimizer = sam(sgd(net, #{ lr: 0.1, momentum: 0.9 }), #{ rho: 0.1 });
    /// assert_eq([optimizer.lr, optimizer.takes_closure], [0.1, true]);
    /// ```
    #[rhai_fn(name = "sam", return_raw)]
    pub fn sam_with(base: OptimizerHandle, options: Map) -> ScriptResult<OptimizerHandle> {
        let mut o = Options::new("sam", options);
        let default = Sam::default();
        let sam = Sam { rho: o.number("rho", default.rho)?, adaptive: o.boolean("adaptive", default.adaptive)? };
        o.done()?;
        Ok(base.0.borrow().with_sam(sam)?.into())
    }

    #[rhai_fn(return_raw)]
    pub fn sam(base: OptimizerHandle) -> ScriptResult<OptimizerHandle> {
        Ok(base.0.borrow().with_sam(Sam::default())?.into())
    }
}
