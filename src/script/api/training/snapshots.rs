//! Copies of where a training stands, in memory: as a snapshot, and as a training of its own.

use super::checkpoints::position;
use super::listeners::{self, Host};
use crate::ml::checkpoint::Position;
use crate::script::api::handles::{KINDS, Snapshot, SnapshotHandle, TrainingHandle};
use crate::script::base::ScriptResult;
use crate::script::base::{
    copying::{copy_map, replica},
    saving,
};
use rhai::plugin::*;
use std::rc::Rc;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Where a training stands, in a copy that nothing changes: the parameters of its network, the state of its optimizer, `s`
    /// with the history, its place in the data (in the middle of an epoch, too) and in its random numbers. `restore(t, a)`
    /// puts it back. What stands in `t.o` is not part of it.
    ///
    /// ```rhai
    /// let net = linear(2, 2);
    /// let data = #{ train: dataset(randn([8, 2]), arange(8) % 2) };
    /// let t = train::start(net, adam(net), data, #{ epochs: 4, run: false, progress: false });
    /// let a = snapshot(t);
    /// t.run(2);
    /// let first = t.history.column("train_loss");
    /// restore(t, a);
    /// t.run(2);
    /// assert_eq(t.history.column("train_loss"), first);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn snapshot(context: NativeCallContext, training: &mut TrainingHandle) -> ScriptResult<SnapshotHandle> {
        let state = saving::save(KINDS, &training.0.state.borrow())?.detached()?;
        let (random, position) = (training.random(), position(&training.0.state.borrow()));
        let callbacks = listeners::states(training, Host::Call(&context))?;
        Ok(SnapshotHandle(Rc::new(Snapshot { state, random, position, callbacks })))
    }

    /// Puts a training back to where it stood when the snapshot `a` was taken. Its network and its optimizer stay the same
    /// objects.
    ///
    /// Errors: the snapshot of another network or optimizer.
    ///
    /// ```rhai
    /// let net = linear(2, 2);
    /// let data = #{ train: dataset(randn([8, 2]), arange(8) % 2) };
    /// let t = train::start(net, adam(net), data, #{ epochs: 4, run: false, progress: false });
    /// let a = snapshot(t);
    /// t.run(2);
    /// restore(t, a);
    /// assert_eq(t.history.len(), 0);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn restore(context: NativeCallContext, training: &mut TrainingHandle, a: SnapshotHandle) -> ScriptResult<()> {
        saving::load(KINDS, &a.0.state, &mut training.0.state.borrow_mut())?;
        training.set_random(a.0.random);
        listeners::load(training, Host::Call(&context), &a.0.callbacks)
    }

    /// An independent training that stands where this one does, to try something on: a network, an optimizer and a history of
    /// its own. Data are shared, and what the closures of its options captured is copied. It has no run folder.
    ///
    /// ```rhai
    /// let net = linear(2, 2);
    /// let data = #{ train: dataset(randn([8, 2]), arange(8) % 2) };
    /// let t = train::start(net, adam(net), data, #{ epochs: 4, run: false, progress: false });
    /// let b = fork(t);
    /// b.optimizer.lr = 0.1;
    /// b.run(2);
    /// assert_eq([t.history.len(), b.history.len()], [0, 2]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn fork(training: &mut TrainingHandle) -> ScriptResult<TrainingHandle> {
        let mut replica = replica(KINDS);
        let state = copy_map(KINDS, &training.0.state.borrow(), &mut replica)?;
        let rest = copy_map(KINDS, &training.0.rest.borrow(), &mut replica)?;
        let fork = TrainingHandle::new(state, rest, training.random());
        training.0.best.copy_to(&fork.0.best)?;
        training.0.average.copy_to(&fork.0.average)?;
        Ok(fork)
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_snapshot(snapshot: &mut SnapshotHandle) -> String {
        let Position { epoch, step } = snapshot.0.position;
        format!("Snapshot(epoch {epoch}, step {step})")
    }
}
