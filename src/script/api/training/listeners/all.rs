//! All listeners of a training, one after the other, and what they keep.

use super::callback::{self, Callback};
use super::told::{Host, Save, Told};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::training::{Listener, State};
use crate::script::api::handles::TrainingHandle;
use crate::script::base::{ScriptResult, options::shown};
use rhai::{Array, Dynamic, Map};

/// Where no listener asks for a checkpoint: while one is written, or read.
const NO_CHECKPOINT: Save = |_, _| Ok(false);

/// Calls `f` for each listener, the script's own first, with its number.
pub fn each(told: &Told, mut f: impl FnMut(usize, &dyn Listener) -> Result<()>) -> ScriptResult<()> {
    let callbacks = callbacks(told.training)?;
    let count = callbacks.len();
    for (i, (name, hooks)) in callbacks.into_iter().enumerate() {
        f(i, &Callback { name, hooks, told }).map_err(|error| told.raised(error))?;
    }
    for (i, listener) in told.training.0.listeners.iter().enumerate() {
        f(count + i, listener.as_ref()).map_err(|error| told.raised(error))?;
    }
    Ok(())
}

/// Options of a training that are hooks themselves.
const HOOKS: [&str; 2] = ["on_epoch", "on_end"];

/// The callbacks in a training's options, with their names, and those options that are hooks. They can be set at any time, so each time they are
/// looked at.
fn callbacks(training: &TrainingHandle) -> Result<Vec<(String, Map)>> {
    let of_option = |hook: &str| Some((hook.into(), training.option(hook).filter(|hook| !hook.is_unit())?));
    let own: Map = HOOKS.into_iter().filter_map(of_option).collect();
    let mut all = of_callbacks(training)?;
    if !own.is_empty() {
        callback::check(&vec![own.clone().into()]).map_err(|e| e.within("train::fit"))?;
        all.push((callback::OF_OPTIONS.to_string(), own));
    }
    Ok(all)
}

fn of_callbacks(training: &TrainingHandle) -> Result<Vec<(String, Map)>> {
    let Some(all) = training.option("callbacks").filter(|all| !all.is_unit()) else { return Ok(Vec::new()) };
    let shown = shown(&all);
    let all = all.try_cast::<Array>();
    let all =
        all.ok_or_else(|| Error::new(ErrorKind::Option, format!("callbacks takes an array of maps, got {shown}")))?;
    callback::check(&all)?;
    callback::named(&all)
}

/// What the callbacks of a training keep, by their names.
pub fn states(training: &TrainingHandle, host: Host) -> ScriptResult<Vec<(String, State)>> {
    let (told, mut states) = (Told::new(training, host, Dynamic::UNIT, "", NO_CHECKPOINT), Vec::new());
    each(&told, |_, listener| listener.before_state(&told))?;
    each(&told, |_, listener| {
        states.extend(listener.state()?.map(|state| (listener.name().to_string(), state)));
        Ok(())
    })?;
    Ok(states)
}

/// Gives the callbacks of a training back what they kept, and tells all that it stands elsewhere now.
pub fn load(training: &TrainingHandle, host: Host, states: &[(String, State)]) -> ScriptResult<()> {
    let told = Told::new(training, host, Dynamic::UNIT, "", NO_CHECKPOINT);
    each(&told, |_, listener| {
        let kept = states.iter().find(|(name, _)| name == listener.name());
        kept.map_or(Ok(()), |(_, state)| listener.load(state))
    })?;
    each(&told, |_, listener| listener.on_restore(&told))
}
