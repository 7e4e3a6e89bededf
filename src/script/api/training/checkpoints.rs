//! Where a training stands, on the disk: checkpoints in its run folder.

use super::super::{
    handles::{History, KINDS, RunHandle, TrainingHandle},
    run::records,
};
use super::{
    folder::run_of,
    listeners::{self, Host},
    plan::Pauses,
};
use crate::error::{Error, Result};
use crate::ml::{
    checkpoint::{Checkpoint, Position},
    random,
    run::Run,
};
use crate::output::complain;
use crate::script::base::{ScriptResult, part, saving, state::State};
use rhai::{Map, plugin::*};
use serde_json::{Value, json};
use std::path::Path;
use tch::Tensor;

/// Epoch and step of a state: its own, or those in its `s`; 0 where there are none.
pub(super) fn position(state: &Map) -> Position {
    let s = state.get("s").and_then(|s| s.clone().try_cast::<Map>()).unwrap_or_default();
    let count = |name: &str| state.get(name).or_else(|| s.get(name)).and_then(|n| n.as_int().ok()).unwrap_or(0);
    Position { step: count("step"), epoch: count("epoch") }
}

/// What stands before the names of callbacks in a checkpoint.
const CALLBACKS: &str = "callbacks";

/// The checkpoint of a state, and of what callbacks keep, by their names.
fn to_file(state: &Map, random: random::State, best: bool, callbacks: Vec<(String, State)>) -> Result<Checkpoint> {
    let position = position(state);
    let State { mut tensors, plain } = saving::save(KINDS, state)?;
    let mut plain = json!({ "parts": plain, "random": random.to_array() });
    for (name, state) in callbacks {
        tensors.extend(state.tensors.into_iter().map(|(tensor, t)| (format!("{CALLBACKS}.{name}.{tensor}"), t)));
        plain[CALLBACKS][name] = state.plain;
    }
    Ok(Checkpoint { position, best, tensors, state: plain })
}

/// What callbacks have kept in a checkpoint, by their names.
fn callbacks_of(checkpoint: &Checkpoint) -> Vec<(String, State)> {
    let of = |(name, plain): (&String, &Value)| {
        let own = |(tensor, t): &(String, Tensor)| {
            let tensor = tensor.strip_prefix(CALLBACKS)?.strip_prefix('.')?.strip_prefix(name.as_str())?;
            Some((tensor.strip_prefix('.')?.to_string(), t.shallow_clone()))
        };
        let tensors = checkpoint.tensors.iter().filter_map(own).collect();
        (name.clone(), State { tensors, plain: plain.clone() })
    };
    checkpoint.state[CALLBACKS].as_object().into_iter().flatten().map(of).collect()
}

/// Puts back what a checkpoint holds; gives the place in the randomness.
fn from_file(state: &mut Map, checkpoint: Checkpoint) -> Result<random::State> {
    let Checkpoint { tensors, state: mut file, .. } = checkpoint;
    let random = serde_json::from_value(file["random"].take()).map_err(|e| Error::data(format!("checkpoint: {e}")))?;
    saving::load(KINDS, &State { tensors, plain: file["parts"].take() }, state)?;
    Ok(random::State::from_array(random))
}

fn put_back(training: &TrainingHandle, host: Host, checkpoint: Checkpoint) -> ScriptResult<()> {
    let callbacks = callbacks_of(&checkpoint);
    let random = from_file(&mut training.0.state.borrow_mut(), checkpoint)?;
    training.set_random(random);
    listeners::load(training, host, &callbacks)
}

/// Writes a checkpoint into the training's run folder; says whether it has one.
///
/// # Errors
/// A folder that cannot be written; what a callback raises.
pub fn save_checkpoint(training: &TrainingHandle, host: Host) -> ScriptResult<bool> {
    write(training, host, Run::write_checkpoint)
}

/// The same, where only what the run is to stop at is an error.
pub fn keep_checkpoint(training: &TrainingHandle, host: Host) -> ScriptResult<bool> {
    write(training, host, Run::keep_checkpoint)
}

/// What writes a checkpoint: whatever goes wrong is an error, or only what the run is to stop at.
type Write = fn(&Run, Checkpoint) -> Result<()>;

fn write(training: &TrainingHandle, host: Host, write: Write) -> ScriptResult<bool> {
    let Some(run) = run_of(training) else { return Ok(false) };
    let callbacks = listeners::states(training, host)?;
    let checkpoint = to_file(&training.0.state.borrow(), training.random(), training.is_best(), callbacks)?;
    write(&run, checkpoint)?;
    Ok(true)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Puts a training to where the newest checkpoint in the run folder `a` stands.
    #[rhai_fn(name = "restore", return_raw, pure)]
    pub fn restore_from_folder(context: NativeCallContext, training: &mut TrainingHandle, a: &str) -> ScriptResult<()> {
        let (found, wrong) = Checkpoint::newest(Path::new(a));
        match (found, wrong.into_iter().next()) {
            (Some(checkpoint), _) => put_back(training, Host::Call(&context), checkpoint),
            (None, Some(error)) => Err(error.into()),
            (None, None) => Err(Error::value(format!("{a} holds no checkpoint")).into()),
        }
    }

    /// Writes a checkpoint of a training into its run folder, from which `imdbsh resume` goes on. Says whether the training
    /// has a run folder.
    ///
    /// Errors: a folder that cannot be written, a full disk, where the run's `on_disk_error` is `"stop"`.
    ///
    /// ```rhai
    /// let t = training(#{ net: linear(2, 1), s: #{ epoch: 1, step: 0, history: history() } }, #{ folder: run_folder(#{}, #{}) });
    /// assert(t.save_checkpoint());
    /// ```
    #[rhai_fn(name = "save_checkpoint", return_raw, pure)]
    pub fn save(context: NativeCallContext, training: &mut TrainingHandle) -> ScriptResult<bool> {
        keep_checkpoint(training, Host::Call(&context))
    }

    /// Whether so many minutes have gone since the last checkpoint, or since the run began; never without a run folder.
    ///
    /// ```rhai
    /// assert(!training(#{}, #{}).checkpoint_due(10.0));
    /// ```
    #[rhai_fn(pure)]
    pub fn checkpoint_due(training: &mut TrainingHandle, minutes: f64) -> bool {
        let rest = training.0.rest.borrow();
        let run = rest.get("folder").and_then(|run| run.read_lock::<RunHandle>());
        run.is_some_and(|run| run.is_checkpoint_due(minutes))
    }

    /// Puts a training to where its run was, in a program that `imdbsh resume` started; in any other it does nothing. Says
    /// whether it goes on in the middle.
    ///
    /// ```rhai
    /// assert(!training(#{}, #{}).resume());
    /// ```
    #[rhai_fn(name = "resume", return_raw, pure)]
    pub fn resume_training(context: NativeCallContext, training: &mut TrainingHandle) -> ScriptResult<bool> {
        let Some(run) = run_of(training).filter(|run| run.resumes()) else { return Ok(false) };
        let found = run.checkpoint_to_resume()?;
        let resumed = found.is_some();
        if let Some(checkpoint) = found {
            put_back(training, Host::Call(&context), checkpoint)?;
            // What was planned for steps that are over is part of what was kept.
            part::<Pauses>(&context)?.forget_before(training.count("step"));
        }
        run.rewind(&records(training.history().unwrap_or_default()))?;
        let place = match resumed {
            true => format!("from epoch {}, step {}", training.count("epoch"), training.count("step")),
            false => "from its beginning: it has no checkpoint".to_string(),
        };
        complain(&format!("{} goes on {place}", run.path().display()));
        Ok(resumed)
    }

    /// Writes a checkpoint for a loop of one's own: the state of all networks, optimizers, meters, histories, tensors and plain values
    /// in the map `parts`, and where the program stands in its randomness. Its name tells the `epoch` and the `step`, where
    /// `parts` (or its `s`) has them.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// let net = linear(2, 1);
    /// checkpoint(run, #{ net: net, optimizer: adam(net), epoch: 1, step: 8 });
    /// ```
    #[rhai_fn(return_raw)]
    pub fn checkpoint(run: RunHandle, parts: Map) -> ScriptResult<()> {
        Ok(run.keep_checkpoint(to_file(&parts, random::state(), false, Vec::new())?)?)
    }

    /// Where a loop of one's own goes on: in a program that `imdbsh resume` started, puts what the run's checkpoint holds into
    /// networks, optimizers and the rest of `parts`, and gives `parts` with the plain values of then. In any other, gives
    /// `parts` as it is.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// let net = linear(2, 1);
    /// let optimizer = sgd(net);
    /// let at = resume(run, #{ net: net, optimizer: optimizer, epoch: 0 });
    /// for epoch in at.epoch + 1..=3 { checkpoint(run, #{ net: net, optimizer: optimizer, epoch: epoch }); }
    /// ```
    #[rhai_fn(name = "resume", return_raw)]
    pub fn resume_loop(run: RunHandle, parts: Map) -> ScriptResult<Map> {
        let mut parts = parts;
        if let Some(checkpoint) = run.checkpoint_to_resume()? {
            random::set_state(from_file(&mut parts, checkpoint)?);
            // What the loop keeps as its history says how far the run's rows go.
            if let Some(history) = parts.get("history").and_then(|h| h.clone().try_cast::<History>()) {
                run.rewind(&records(history))?;
            }
            let at = position(&parts);
            complain(&format!("{} goes on from epoch {}, step {}", run.path().display(), at.epoch, at.step));
        }
        Ok(parts)
    }
}
