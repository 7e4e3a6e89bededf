//! `pause;`, a statement: where it stands in a loop, Ctrl-C opens a prompt with the loop's variables in reach.

use super::{
    defined::Defined,
    prompt::{Command, Ended, Prompt},
    workspace::{Shared, Workspace},
};
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::ml::{models::Modes, random, run::State};
use crate::output::{self, complain, say};
use crate::script::{
    api::{
        Host, Pause, Pauses, checkpoints, folder,
        handles::{Network, StopwatchHandle, TrainingHandle},
    },
    base::{ScriptResult, guard::caught},
    help::failure::Failure,
    language::input::shows_value,
};
use rhai::{Array, Dynamic, Engine, EvalAltResult, EvalContext, FnPtr, Map, Position, Scope};
use serde_json::json;
use std::rc::Rc;

const CONTINUE: &str = "continue";
const STOP: &str = "stop";
const ABORT: &str = "abort";
/// The terminal is gone.
const LEAVE: &str = "leave";

const COMMANDS: &[Command] = &[
    Command { name: CONTINUE, argument: "", about: "goes on, as Ctrl-D does" },
    Command { name: STOP, argument: "", about: "leaves the loop: a training ends here and keeps what it has" },
    Command { name: ABORT, argument: "", about: "interrupts the script" },
];

/// Parts of a training that a pause shows where the loop itself has no variable of that name.
const PARTS: [&str; 4] = ["net", "optimizer", "o", "s"];

/// What the statement needs of its session.
pub struct Pausing {
    pub pauses: Rc<Pauses>,
    /// Asks the user for lines, where there is a terminal.
    pub prompt: Option<Rc<dyn Prompt>>,
    /// After how many epochs the training is left, with a checkpoint.
    pub until_epoch: Option<u32>,
    pub shared: Shared,
}

/// # Errors
/// Never: the statement's form is a fixed one.
pub fn register(engine: &mut Engine, session: Pausing) -> Result<()> {
    let run = move |context: &mut EvalContext, _: &[rhai::Expression]| {
        if let Some(until) = session.until_epoch
            && let Some((epoch, _)) = place(context.scope())
            && epoch > i64::from(until)
        {
            let training = first::<TrainingHandle>(context.scope());
            let left = leave(context, training.as_ref(), format!("left behind epoch {until}"));
            interrupt::request(); // the exit code is that of a training which was interrupted
            return Err(left);
        }
        let planned = session.pauses.due(|| place(context.scope()).map(|(_, step)| step));
        match planned.is_some() || interrupt::pending() {
            false => Ok(Dynamic::UNIT),
            true => caught(|| pause(context, &session, planned))?,
        }
    };
    let registered = engine.register_custom_syntax(["pause"], false, run).map(drop);
    registered.map_err(|e| Error::value(format!("pause: {e}")))
}

/// Epoch and step of the loop: those of its `s`, else of its training.
fn place(scope: &Scope) -> Option<(i64, i64)> {
    let s = scope.get("s").and_then(|s| s.clone().try_cast::<Map>());
    let s = s.or_else(|| first::<TrainingHandle>(scope)?.get("s")?.try_cast::<Map>())?;
    let count = |name: &str| s.get(name).and_then(|n| n.as_int().ok());
    Some((count("epoch")?, count("step")?))
}

fn first<T: Clone + 'static>(scope: &Scope) -> Option<T> {
    scope.iter_raw().find_map(|(_, _, value)| value.clone().try_cast::<T>())
}

/// The values of type `T` in the variables, then those that the training holds, whether the loop has them as variables or not.
fn all<T: Clone + 'static>(scope: &Scope, training: Option<&TrainingHandle>) -> Vec<T> {
    let mut found: Vec<T> = scope.iter_raw().filter_map(|(_, _, value)| value.clone().try_cast::<T>()).collect();
    let fields = training.map(TrainingHandle::fields).unwrap_or_default();
    fields.values().for_each(|value| add_held(value, DEPTH, &mut found));
    found
}

/// How deep a training's fields are looked into.
const DEPTH: usize = 6;

/// Adds what `value` is or holds: in its fields, its elements, in what it has captured.
fn add_held<T: Clone + 'static>(value: &Dynamic, depth: usize, found: &mut Vec<T>) {
    if depth == 0 {
        return;
    }
    if let Some(value) = value.read_lock::<T>() {
        found.push(value.clone());
    } else if let Some(map) = value.read_lock::<Map>() {
        map.values().for_each(|value| add_held(value, depth - 1, found));
    } else if let Some(array) = value.read_lock::<Array>() {
        array.iter().for_each(|value| add_held(value, depth - 1, found));
    } else if let Some(closure) = value.read_lock::<FnPtr>() {
        closure.iter_curry().for_each(|value| add_held(value, depth - 1, found));
    }
}

fn pause(context: &mut EvalContext, session: &Pausing, planned: Option<Pause>) -> ScriptResult<Dynamic> {
    let training = first::<TrainingHandle>(context.scope());
    let place = place(context.scope());
    let (epoch, step) = place.unwrap_or_default();
    if interrupt::ending() || planned.is_none() && session.prompt.is_none() {
        return Err(leave(context, training.as_ref(), interrupted(epoch, step)));
    }
    let before = Before::of(context.scope(), training.as_ref());
    let own = context.scope().len();
    let knows_its_place = context.scope().contains("s");
    if let Some(training) = &training {
        show_parts(context.scope_mut(), training);
    }
    let was_planned = planned.is_some();
    let run = training.as_ref().and_then(folder::run_of);
    // That it cannot be written is said when the next epoch cannot be.
    let stands = |state| drop(run.as_ref().filter(|_| !was_planned).map(|run| run.stand(state)));
    stands(State::Paused);
    let talk = || interrupt::released(|| talk(context, session, planned, &format!("paused e{epoch} s{step} > ")));
    let talked = output::aside(talk);
    stands(State::Running);
    let (ended, ran) = talked?;
    if was_planned {
        session.pauses.end();
    } else {
        run.iter().for_each(|run| run.forget_kept());
    }
    if let Some(training) = &training {
        keep_options(context.scope(), training)?;
    }
    if !ran.is_empty() {
        training.iter().try_for_each(|t| folder::note_change(t, json!({ "paused": ran })))?;
        if place.is_some() {
            session.shared.record.add_pause(Pause { step, lines: ran });
        }
    }
    context.scope_mut().rewind(own);
    before.restore();
    if ended == LEAVE || interrupt::ending() {
        interrupt::request();
        return Err(leave(context, training.as_ref(), interrupted(epoch, step)));
    }
    let moved = training.as_ref().is_some_and(|t| (t.count("epoch"), t.count("step")) != (epoch, step));
    match ended {
        STOP => {
            training.iter().for_each(TrainingHandle::stop);
            run.iter().for_each(|run| run.rest());
            Err(EvalAltResult::LoopBreak(true, Dynamic::UNIT, Position::NONE).into())
        }
        // Which a script that does a session again goes on after.
        ABORT if was_planned => Err(Error::value("aborted at a planned pause").into()),
        ABORT => {
            interrupt::request();
            Err(Error::new(ErrorKind::Interrupted, "interrupted at a pause").into())
        }
        // Put to another place, which the loop's own `s` does not know: it begins anew from there.
        _ if moved && knows_its_place => Err(EvalAltResult::LoopBreak(true, Dynamic::UNIT, Position::NONE).into()),
        _ => Ok(Dynamic::UNIT),
    }
}

fn interrupted(epoch: i64, step: i64) -> String {
    format!("{} at epoch {epoch}, step {step}", interrupt::reason())
}

/// Where nobody can be asked, or the program is to end: keeps the training and ends the script.
fn leave(context: &EvalContext, training: Option<&TrainingHandle>, place: String) -> Box<EvalAltResult> {
    let message = match training.map(|t| checkpoints::save_checkpoint(t, Host::Engine(context.engine()))) {
        Some(Ok(true)) => {
            let path = training.and_then(folder::path_of).unwrap_or_default();
            format!("{place}; to go on: imdbsh resume {path}")
        }
        Some(Err(error)) => format!("{place}; no checkpoint could be written: {error}"),
        _ => place,
    };
    Error::new(ErrorKind::Interrupted, message).into()
}

/// Talks to the user, or runs what is planned, and says how that ended and which lines were run.
fn talk(
    context: &mut EvalContext,
    session: &Pausing,
    planned: Option<Pause>,
    text: &str,
) -> ScriptResult<(&'static str, Vec<String>)> {
    let mut defined = Defined::around(context);
    let mut workspace = Workspace::inside(context, &mut defined, &session.shared);
    let ended = match (planned, &session.prompt) {
        (Some(pause), _) => replay(&mut workspace, &pause)?,
        (None, Some(prompt)) => {
            complain(
                "paused. :continue goes on, :stop ends the training, :abort the script; all else is run as at the prompt.",
            );
            match prompt.ask(text, &mut workspace, COMMANDS) {
                Ok(Ended::Command(name, _)) => name,
                Ok(Ended::Quit) => CONTINUE,
                Err(_) => LEAVE,
            }
        }
        (None, None) => CONTINUE,
    };
    let mut ran = std::mem::take(&mut workspace.ran);
    if ended != CONTINUE && ended != LEAVE {
        ran.push(format!(":{ended}"));
    }
    Ok((ended, ran))
}

/// Runs the lines of a pause as if they were typed, up to the one that ends it.
fn replay(workspace: &mut Workspace, pause: &Pause) -> ScriptResult<&'static str> {
    for line in &pause.lines {
        match line.trim().strip_prefix(':').map(str::trim) {
            Some(name) => {
                let names: Vec<&str> = COMMANDS.iter().map(|c| c.name).collect();
                let found = COMMANDS.iter().find(|c| c.name == name).map(|c| c.name);
                return found.ok_or_else(|| Error::unknown(ErrorKind::Value, "command", name, &names).into());
            }
            None => {
                let value = workspace.input(line).map_err(failed)?;
                if !value.is_unit() && shows_value(line) {
                    say(&workspace.show_result(&value));
                    workspace.set_last(value);
                }
            }
        }
    }
    Ok(CONTINUE)
}

fn failed(failure: Failure) -> Box<EvalAltResult> {
    Error::value(failure.into_report()).into()
}

fn show_parts(scope: &mut Scope, training: &TrainingHandle) {
    for name in PARTS.into_iter().filter(|name| !scope.contains(name)).collect::<Vec<_>>() {
        if let Some(value) = training.get(name) {
            scope.push_dynamic(name, value);
        }
    }
}

/// What stands in `o` after a pause are the training's options.
fn keep_options(scope: &Scope, training: &TrainingHandle) -> Result<()> {
    match scope.get("o") {
        Some(o) if o.is_map() && training.get("o").is_some() => training.set("o", o.flatten_clone()),
        _ => Ok(()),
    }
}

/// What a pause may disturb: where the program stands in its randomness, the training flags of networks, running stopwatches.
struct Before {
    random: random::State,
    modes: Vec<Modes>,
    running: Vec<StopwatchHandle>,
}

impl Before {
    fn of(scope: &Scope, training: Option<&TrainingHandle>) -> Self {
        let modes = all::<Network>(scope, training).iter().map(|network| Modes::of(&network.0)).collect();
        let running = all::<StopwatchHandle>(scope, training).into_iter().filter(StopwatchHandle::stop).collect();
        Before { random: random::state(), modes, running }
    }

    fn restore(self) {
        random::set_state(self.random);
        self.modes.iter().for_each(Modes::restore);
        self.running.iter().for_each(StopwatchHandle::start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stopwatches_stand_still_wherever_a_training_holds_them() {
        let watches: Vec<StopwatchHandle> = (0..4).map(|_| StopwatchHandle::default()).collect();
        watches.iter().for_each(StopwatchHandle::start);
        let [variable, field, held, captured] = [0, 1, 2, 3].map(|i: usize| Dynamic::from(watches[i].clone()));
        let mut scope = Scope::new();
        scope.push_dynamic("clock", variable);
        let mut closure = FnPtr::new("on_epoch").unwrap();
        closure.set_curry([captured]);
        let listener = Map::from([("watch".into(), held), ("on_epoch".into(), closure.into())]);
        let training = TrainingHandle::new(
            Map::from([("clock".into(), field)]),
            Map::from([("callbacks".into(), Dynamic::from(vec![Dynamic::from(listener)]))]),
            random::state(),
        );
        let before = Before::of(&scope, Some(&training));
        assert!(watches.iter().all(|watch| !watch.stop()), "all stand still");
        before.restore();
        assert!(watches.iter().all(StopwatchHandle::stop), "all go on");
    }
}
