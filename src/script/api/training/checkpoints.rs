//! Where a training stands, on the disk: checkpoints in its run folder.

use super::super::handles::{KINDS, OptimizerHandle, RunHandle, Snapshot, SnapshotHandle, TrainingHandle};
use super::{
    folder::run_of,
    listeners::{self, Host},
    plan::Pauses,
};
use crate::error::{Error, Result};
use crate::ml::{
    checkpoint::{self, Checkpoint, Position},
    random,
    run::{self, Run, read_config},
};
use crate::script::base::{ScriptResult, parts::lent, saving, state::State};
use rhai::{Dynamic, Map, plugin::*};
use serde_json::{Value, json};
use std::path::Path;
use std::rc::Rc;
use tch::Tensor;

/// Epoch and step of a state: its own, or those in its `s`; 0 where there are none.
pub(super) fn position(state: &Map) -> Position {
    let s = state.get("s").and_then(|s| s.clone().try_cast::<Map>()).unwrap_or_default();
    let count = |name: &str| state.get(name).or_else(|| s.get(name)).and_then(|n| n.as_int().ok()).unwrap_or(0);
    Position { step: count("step"), epoch: count("epoch") }
}

/// What stands before the names of callbacks in a checkpoint.
const CALLBACKS: &str = "callbacks";

/// What stands before the names of the place that `on_nan: "restore"` goes back to.
const LAST_GOOD: &str = "last_good";

/// What a checkpoint holds beside the state.
#[derive(Default)]
struct Kept {
    /// Of callbacks, by their names.
    callbacks: Vec<(String, State)>,
    /// How many of the planned pauses were over.
    pauses: u64,
    last_good: Option<SnapshotHandle>,
}

/// The rates that optimizers were made with, by their names.
pub(super) const MADE: &str = "made_lr";

fn made_lrs(parts: &Map) -> Value {
    let optimizers = parts.iter().filter_map(|(name, part)| Some((name, part.clone().try_cast::<OptimizerHandle>()?)));
    optimizers.map(|(name, optimizer)| (name.to_string(), json!(optimizer.0.borrow().made_lrs()))).collect()
}

/// How many of the planned pauses are over by now.
pub(super) fn pauses_over(host: Host) -> u64 {
    lent::<Pauses>(host.tag()).map_or(0, |pauses| pauses.over())
}

/// Adds the states of callbacks, by their names, behind `path`.
fn add_callbacks(path: &str, callbacks: &[(String, State)], tensors: &mut Vec<(String, Tensor)>, plain: &mut Value) {
    for (name, state) in callbacks {
        let own =
            state.tensors.iter().map(|(tensor, t)| (format!("{path}{CALLBACKS}.{name}.{tensor}"), t.shallow_clone()));
        tensors.extend(own);
        plain[CALLBACKS][name] = state.plain.clone();
    }
}

/// The checkpoint of a state, and of what is kept beside it.
fn to_file(state: &Map, random: random::State, best: bool, kept: Kept) -> Result<Checkpoint> {
    let position = position(state);
    let State { mut tensors, plain } = saving::save(KINDS, state)?;
    let mut plain =
        json!({ "parts": plain, "random": random.to_array(), "pauses": kept.pauses, MADE: made_lrs(state) });
    add_callbacks("", &kept.callbacks, &mut tensors, &mut plain);
    if let Some(good) = kept.last_good {
        let Snapshot { state, random, position, callbacks } = &*good.0;
        let own = state.tensors.iter().map(|(name, t)| (format!("{LAST_GOOD}.{name}"), t.shallow_clone()));
        tensors.extend(own);
        let Position { epoch, step } = position;
        let mut place = json!({ "parts": state.plain, "random": random.to_array(), "epoch": epoch, "step": step });
        add_callbacks(&format!("{LAST_GOOD}:"), callbacks, &mut tensors, &mut place);
        plain[LAST_GOOD] = place;
    }
    Ok(Checkpoint { position, best, turn: 0, run: None, tensors, state: plain })
}

/// The tensors whose names stand behind `path`, without it.
fn tensors_of(checkpoint: &Checkpoint, path: &str) -> Vec<(String, Tensor)> {
    let own = |(name, t): &(String, Tensor)| Some((name.strip_prefix(path)?.to_string(), t.shallow_clone()));
    checkpoint.tensors.iter().filter_map(own).collect()
}

/// The place that `on_nan: "restore"` goes back to, where a checkpoint has one.
fn last_good_of(checkpoint: &Checkpoint) -> Result<Option<SnapshotHandle>> {
    let place = &checkpoint.state[LAST_GOOD];
    if place.is_null() {
        return Ok(None);
    }
    let count = |name: &str| place[name].as_i64().unwrap_or(0);
    let state = State { tensors: tensors_of(checkpoint, &format!("{LAST_GOOD}.")), plain: place["parts"].clone() };
    let snapshot = Snapshot {
        state: state.detached()?,
        random: random_of(place)?,
        position: Position { epoch: count("epoch"), step: count("step") },
        callbacks: callbacks_of(checkpoint, &format!("{LAST_GOOD}:"), place),
    };
    Ok(Some(SnapshotHandle(Rc::new(snapshot))))
}

fn random_of(place: &Value) -> Result<random::State> {
    let random =
        serde_json::from_value(place["random"].clone()).map_err(|e| Error::data(format!("checkpoint: {e}")))?;
    Ok(random::State::from_array(random))
}

/// What callbacks have kept in a checkpoint, or in a `place` of it, by their names.
fn callbacks_of(checkpoint: &Checkpoint, path: &str, place: &Value) -> Vec<(String, State)> {
    let of = |(name, plain): (&String, &Value)| {
        let tensors = tensors_of(checkpoint, &format!("{path}{CALLBACKS}.{name}."));
        (name.clone(), State { tensors, plain: plain.clone() })
    };
    place[CALLBACKS].as_object().into_iter().flatten().map(of).collect()
}

/// Puts back what a checkpoint holds; gives the place in the randomness.
pub(super) fn from_file(state: &mut Map, checkpoint: Checkpoint) -> Result<random::State> {
    let Checkpoint { mut tensors, state: mut file, .. } = checkpoint;
    let random = random_of(&file)?;
    tensors.retain(|(name, _)| !name.starts_with(LAST_GOOD));
    saving::load(KINDS, &State { tensors, plain: file["parts"].take() }, state)?;
    Ok(random)
}

pub(super) fn put_back(training: &TrainingHandle, host: Host, checkpoint: Checkpoint) -> ScriptResult<()> {
    let callbacks = callbacks_of(&checkpoint, "", &checkpoint.state);
    let last_good = last_good_of(&checkpoint)?;
    let random = from_file(&mut training.0.state.borrow_mut(), checkpoint)?;
    training.set_random(random);
    if let Some(last_good) = last_good {
        training.set(LAST_GOOD, Dynamic::from(last_good))?;
    }
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
    let kept = Kept {
        callbacks: listeners::states(training, host)?,
        pauses: pauses_over(host),
        last_good: training.get(LAST_GOOD).and_then(|good| good.try_cast::<SnapshotHandle>()),
    };
    let checkpoint = to_file(&training.0.state.borrow(), training.random(), training.is_best(), kept)?;
    write(&run, checkpoint)?;
    Ok(true)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Puts a training to where the newest checkpoint in the run folder `a` stands.
    #[rhai_fn(name = "restore", return_raw, pure)]
    pub fn restore_from_folder(context: NativeCallContext, training: &mut TrainingHandle, a: &str) -> ScriptResult<()> {
        let folder = Path::new(a);
        let id = read_config(folder).ok().and_then(|config| run::id(&config));
        let last = checkpoint::turns(folder).saturating_sub(1);
        let (found, wrong) = Checkpoint::newest(folder, id.as_deref(), last);
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

    /// Writes a checkpoint of where a training stands at the end of a turn (`run` calls it), unless the last one is of this
    /// place: a script that is run again by `imdbsh resume` finds its training behind each of its turns as it was.
    ///
    /// Errors: as `save_checkpoint`.
    ///
    /// ```rhai
    /// training(#{}, #{}).keep_place();
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn keep_place(context: NativeCallContext, training: &mut TrainingHandle) -> ScriptResult<()> {
        let position = position(&training.0.state.borrow());
        run_of(training).iter().for_each(|run| run.rest());
        match run_of(training).filter(|run| !run.is_kept(position)) {
            Some(_) => keep_checkpoint(training, Host::Call(&context)).map(drop),
            None => Ok(()),
        }
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
    pub fn checkpoint(context: NativeCallContext, run: RunHandle, parts: Map) -> ScriptResult<()> {
        let file = to_file(
            &parts,
            random::state(),
            false,
            Kept { pauses: pauses_over(Host::Call(&context)), ..Kept::default() },
        )?;
        Ok(run.keep_checkpoint(file)?)
    }
}
