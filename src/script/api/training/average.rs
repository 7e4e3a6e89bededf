//! The moving average of a training's weights.

use super::checkpoints::keep_checkpoint;
use super::listeners::{Host, Told};
use crate::ml::training::listeners::Averaging;
use crate::script::api::handles::TrainingHandle;
use crate::script::base::ScriptResult;
use rhai::{Dynamic, plugin::*};

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Gives the network the average of its weights, where the option `average` of `train::fit` asks for one, until the next epoch begins, which goes on
    /// with its own. To be called when the steps of an epoch are done, before it is scored: `"swa"` takes the epoch in. Says whether the network has an average now.
    ///
    /// ```rhai
    /// let net = linear(2, 2);
    /// let data = #{ train: dataset(randn([8, 2]), arange(8) % 2) };
    /// let t = train::start(net, adam(net), data, #{ average: "swa", run: false, progress: false });
    /// assert(!t.swap_average());              // not in the first epochs
    /// t.o.average = #{ start: 1 };
    /// assert(t.swap_average());
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn swap_average(context: NativeCallContext, training: &mut TrainingHandle) -> ScriptResult<bool> {
        let told = Told::new(training, Host::Call(&context), Dynamic::UNIT, "", keep_checkpoint);
        Ok(training.0.average.exchange(&told)?)
    }

    /// Throws where `average` is not what `train::fit` takes under this name.
    ///
    /// ```rhai
    /// check_average(#{ decay: 0.99 });
    /// assert_throws(|| check_average(#{ decay: 1 }), "below 1");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn check_average(average: Dynamic) -> ScriptResult<()> {
        Ok(Averaging::read(&rhai::serde::from_dynamic(&average).unwrap_or_default()).map(drop)?)
    }
}
