//! A step that is done: the hook of the script, and a line in `steps.jsonl`.

use super::checkpoints::keep_checkpoint;
use super::listeners::{Callback, Host, Logged, OF_OPTIONS, Told, column, each};
use crate::error::Result;
use crate::ml::{
    batch::Inputs,
    models::trainable_parameters,
    optim,
    tensor::During,
    training::{Step, View},
};
use crate::script::api::handles::{BatchHandle, MeterHandle, Network, TensorHandle, TrainingHandle};
use crate::script::base::{ScriptResult, part};
use rhai::{Dynamic, Map, plugin::*};
use tch::{Kind, Tensor};

/// The option that is called for each step.
const HOOK: &str = "on_step";

/// How many words a batch holds.
fn words(batch: &BatchHandle) -> Result<Option<i64>> {
    match &batch.inputs {
        Inputs::Words(words) => {
            let sum = words.lengths.f_sum(Kind::Int64).and_then(|sum| sum.f_int64_value(&[]));
            sum.map(Some).during("steps", &[&words.lengths])
        }
        Inputs::Tensor(_) => Ok(None),
    }
}

/// The norm of a training's gradients, where it has a network.
fn norm_of(training: &TrainingHandle) -> Result<Option<Tensor>> {
    let Some(network) = training.get("net").and_then(|net| net.try_cast::<Network>()) else { return Ok(None) };
    let parameters: Vec<Tensor> = trainable_parameters(network.0.as_ref()).into_iter().map(|(_, p)| p).collect();
    optim::grad_norm(&parameters).map(Some)
}

fn as_dynamic(tensor: Option<&Tensor>) -> Dynamic {
    tensor.map_or(Dynamic::UNIT, |tensor| Dynamic::from(TensorHandle::from(tensor.shallow_clone())))
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Tells that a training has done a step: the option `average` takes its weights in, its option `on_step` is called, and each `log_every` steps a line is kept for `steps.jsonl`. `batch` is what the step was
    /// of, `grad_norm` the norm that its gradients had before they were clipped, or `()`: then it is computed where a line is kept. Waits for nothing.
    ///
    /// Errors: what `on_step` raises.
    ///
    /// ```rhai
    /// for batch in dataset(zeros([4, 2]), zeros([4])).batches(#{}) { training(#{}, #{}).step_done(batch, ()); }
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn step_done(
        context: NativeCallContext,
        training: &mut TrainingHandle,
        batch: BatchHandle,
        grad_norm: Dynamic,
    ) -> ScriptResult<()> {
        if training.option("average").is_some_and(|average| !average.is_unit()) {
            let told = Told::new(training, Host::Call(&context), Dynamic::UNIT, "", keep_checkpoint);
            training.0.average.step(&told)?;
        }
        let hook = training.option(HOOK).filter(|hook| !hook.is_unit());
        let every = training.option("log_every").and_then(|every| every.as_int().ok()).unwrap_or(0);
        if hook.is_none() && every < 1 {
            return Ok(());
        }
        let clipped = grad_norm.try_cast::<TensorHandle>().map(|norm| norm.shallow_clone());
        let norm = || match &clipped {
            Some(norm) => Ok(Some(norm.shallow_clone())),
            None => norm_of(training),
        };
        let meter = training.get("meter").and_then(|meter| meter.try_cast::<MeterHandle>());
        let loss = match meter {
            Some(meter) => meter.0.borrow().last(batch.targets())?,
            None => None,
        };
        let mut told = Told::new(training, Host::Call(&context), Dynamic::UNIT, "", keep_checkpoint);
        let mut columns = Vec::new();
        if let Some(hook) = hook {
            let mut step = Map::new();
            let counts = ["epoch", "step"].map(|name| (name.into(), training.count(name).into()));
            step.extend(counts);
            step.insert("lr".into(), told.lr().into());
            step.insert("loss".into(), as_dynamic(loss.as_ref()));
            step.insert("grad_norm".into(), as_dynamic(clipped.as_ref()));
            told.what = step.into();
            let hooks = Map::from([(HOOK.into(), hook)]);
            let callback = Callback { name: OF_OPTIONS.to_string(), hooks, told: &told };
            let arguments = vec![Dynamic::from(training.clone()), told.what.clone()];
            let called = callback.call_logged(HOOK, arguments);
            let (_, logged) = called.map_err(|error| told.raised(error))?;
            columns = logged
                .iter()
                .map(|(name, value)| Ok((name.to_string(), column(name, value)?)))
                .collect::<Result<_>>()?;
        }
        let step = Step { loss, grad_norm: &norm, words: words(&batch)?, columns };
        each(&told, |_, listener| listener.on_step_done(&told, &step))
    }

    /// Adds columns, inside of the hooks `on_step`, `on_epoch` and `on_end` of a training (`train::fit`): to the next line of `steps.jsonl`, to the row of the epoch, to
    /// the result. Values are numbers, texts, or tensors of one element; of one name, the last counts.
    ///
    /// Errors: outside of such a hook; a value of another kind; later, a column that there is already.
    ///
    /// ```rhai
    /// let x = randn([32, 4]);
    /// let set = dataset(x, (x.sum(1) > 0).to("int64"));
    /// let net = linear(4, 2);
    /// let result = train::fit(net, adam(net), #{ train: set }, #{
    ///     epochs: 2, run: false, progress: false, on_epoch: |t, row| log(#{ size: t.net.weight.norm() }),
    /// });
    /// assert_eq(result.history.column("size").len(), 2);
    /// assert_throws(|| log(#{ size: 1 }), "inside of on_step");
    /// ```
    #[rhai_fn(name = "log", return_raw)]
    pub fn log_columns(context: NativeCallContext, columns: Map) -> ScriptResult<()> {
        Ok(part::<Logged>(&context)?.add(columns)?)
    }
}
