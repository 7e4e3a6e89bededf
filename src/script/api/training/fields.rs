//! A training as a script has it: its fields, its turns.

use super::resume::begin_turn;
use crate::error::Error;
use crate::ml::random;
use crate::script::api::handles::{Network, TrainingHandle, TurnHandle};
use crate::script::base::ScriptResult;
use rhai::{Dynamic, Map, plugin::*};

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A training of the parts in two maps: `state`, what changes as it goes on (networks, optimizers, meters, histories, numbers),
    /// and `rest`, what it needs beside that. Its parts are fields; copies of it are the same training. `train::start` makes
    /// one; a loop of one's own can make another.
    ///
    /// ```rhai
    /// let net = linear(2, 1);
    /// let t = training(#{ net: net, s: #{ epoch: 1, step: 0, history: history() } }, #{ rate: 0.1 });
    /// t.rate = 0.2;
    /// assert_eq([t.rate, t.s.epoch, t.history.len()], [0.2, 1, 0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn training(state: Map, rest: Map) -> ScriptResult<TrainingHandle> {
        Ok(TrainingHandle::new(state, rest, random::state()))
    }

    /// Begins a training's turn, which lasts while the value that comes back does: random numbers are the training's own, so
    /// that whatever else draws some changes nothing in it, and Ctrl-C waits for the next `pause`. In a program that `imdbsh resume`
    /// started, the training is put to where this turn of it stood.
    ///
    /// Errors: a training that is at work already.
    ///
    /// ```rhai
    /// fn drawn(t) { let turn = t.turn(); randn([3]) }
    /// manual_seed(1);
    /// let t = training(#{}, #{});
    /// let outside = randn([3]);
    /// assert_eq(drawn(t), outside);               // both are the first that seed 1 gives
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn turn(context: NativeCallContext, training: &mut TrainingHandle) -> ScriptResult<TurnHandle> {
        if training.is_at_work() {
            return Err(Error::value("this training is at work already: fork(t) gives one to try something on").into());
        }
        let turn = TurnHandle::of(training);
        begin_turn(training, &context)?;
        Ok(turn)
    }

    #[rhai_fn(index_get, return_raw, pure)]
    pub fn field(training: &mut TrainingHandle, name: &str) -> ScriptResult<Dynamic> {
        let found = training.get(name).or_else(|| training.history().filter(|_| name == "history").map(Dynamic::from));
        found.ok_or_else(|| training.unknown(name).into())
    }

    #[rhai_fn(index_set, return_raw, pure)]
    pub fn set_field(training: &mut TrainingHandle, name: &str, value: Dynamic) -> ScriptResult<()> {
        Ok(training.set(name, value)?)
    }

    /// Whether a turn of the training is under way.
    ///
    /// ```rhai
    /// assert(!training(#{}, #{}).at_work);
    /// ```
    #[rhai_fn(get = "at_work", pure)]
    pub fn at_work(training: &mut TrainingHandle) -> bool {
        training.is_at_work()
    }

    /// Whether `:stop` was said at a pause in the training's last turn.
    ///
    /// ```rhai
    /// assert(!training(#{}, #{}).stopped);
    /// ```
    #[rhai_fn(get = "stopped", pure)]
    pub fn stopped(training: &mut TrainingHandle) -> bool {
        training.is_stopped()
    }

    /// Exchanges the network's weights with those of the best epoch, which are kept with `restore_best: true` or a validation set beside a test set; at the next
    /// call, or as the next epoch begins, back. False where none are kept.
    ///
    /// ```rhai
    /// let net = linear(2, 2);
    /// let data = #{ train: dataset(randn([8, 2]), arange(8) % 2) };
    /// let t = train::start(net, adam(net, #{ lr: 0.1 }), data, #{ epochs: 3, restore_best: true, run: false, progress: false });
    /// t.run();
    /// assert(t.swap_best());
    /// print(train::evaluate(net, data.train).loss);
    /// t.swap_best();
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn swap_best(training: &mut TrainingHandle) -> ScriptResult<bool> {
        let network = training.get("net").and_then(|net| net.try_cast::<Network>());
        Ok(network.map_or(Ok(false), |network| training.0.best.exchange(network.0.as_ref()))?)
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_training(training: &mut TrainingHandle) -> String {
        format!("Training(epoch {}, step {})", training.count("epoch"), training.count("step"))
    }
}
