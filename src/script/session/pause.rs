//! `pause;`, a statement. In the loop of a training, Ctrl-C opens a prompt there with the loop's variables in reach; elsewhere in a script it is a breakpoint. The variables of
//! callers are in reach, too.

use super::{
    before::Before,
    defined::Defined,
    effects::Effects,
    literal::{changed, holds_others},
    prompt::{Command, Ended, Prompt},
    standing::{first, keep_options, place, show_parts},
    workspace::{Lives, Shared, Workspace},
};
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::ml::run::State;
use crate::output::{self, complain, say};
use crate::script::{
    api::{Host, Pause, Pauses, checkpoints, folder, handles::TrainingHandle},
    base::{ScriptResult, guard::caught},
    help::failure::Failure,
    language::{frames, input::shows_value},
};
use rhai::{Dynamic, Engine, EvalAltResult, EvalContext, Position};
use serde_json::json;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

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

/// Goes on, and stops at no breakpoint any more.
const IGNORE: &str = "ignore";

/// Those of a `pause` outside of trainings.
const AT_BREAKPOINT: &[Command] = &[
    Command { name: CONTINUE, argument: "", about: "goes on, as Ctrl-D does" },
    Command { name: IGNORE, argument: "", about: "goes on, and stops at no `pause` of the script any more" },
    Command { name: ABORT, argument: "", about: "interrupts the script" },
];

const TRAINING: &str =
    "paused. :continue goes on, :stop ends the training, :abort the script; all else is run as at the prompt.";
const BREAKPOINT: &str = "paused. :continue goes on, :ignore without further stops, :abort ends the script; all else is run as at the prompt.";

/// What the statement needs of its session.
pub struct Pausing {
    pub pauses: Rc<Pauses>,
    /// Asks the user for lines, where there is a terminal.
    pub prompt: Option<Rc<dyn Prompt>>,
    /// After how many epochs the training is left, with a checkpoint.
    pub until_epoch: Option<u32>,
    pub shared: Shared,
    /// Whether breakpoints are passed over from here on.
    pub ignores: Cell<bool>,
    /// The texts whose breakpoints were said to have no terminal.
    pub said: RefCell<Vec<String>>,
}

/// How a talk ended, and which lines were run, those that failed among the `typed` ones.
struct Talk {
    ended: &'static str,
    ran: Vec<String>,
    typed: Vec<String>,
}

/// Where a prompt opens.
struct Here {
    /// What stands in front of its lines.
    text: String,
    lives: Vec<Lives>,
    training: Option<TrainingHandle>,
    step: Option<i64>,
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
        match planned.is_some() || interrupt::pending() || session.stops_at(context) {
            false => Ok(Dynamic::UNIT),
            true => caught(|| pause(context, &session, planned))?,
        }
    };
    let registered = engine.register_custom_syntax(["pause"], false, run).map(drop);
    registered.map_err(|e| Error::value(format!("pause: {e}")))
}

impl Pausing {
    /// Whether the statement is a breakpoint: it stands in a script of the user's, in no loop of a training but in a function that the training calls, or outside
    /// of any. Without a terminal the script goes on, which is said once a text.
    fn stops_at(&self, context: &EvalContext) -> bool {
        let here = frames::here().map(|here| self.shared.home(here)).unwrap_or_default();
        let source = here.source.as_deref().or(context.source()).unwrap_or_default();
        let is_loop = !here.is_closure() && first::<TrainingHandle>(context.scope()).is_some();
        if self.ignores.get() || is_loop || self.shared.sources.module_of(source).is_some() {
            return false;
        }
        let mut said = self.said.borrow_mut();
        if self.prompt.is_none() && !said.iter().any(|known| known == source) {
            said.push(source.to_string());
            complain(&format!("note: {source} has a `pause`, and there is no terminal to ask at: it goes on"));
        }
        self.prompt.is_some()
    }
}

fn pause(context: &mut EvalContext, session: &Pausing, planned: Option<Pause>) -> ScriptResult<Dynamic> {
    let training = first::<TrainingHandle>(context.scope());
    let place = place(context.scope());
    let (epoch, step) = place.unwrap_or_default();
    if interrupt::ending() || planned.is_none() && session.prompt.is_none() {
        return Err(leave(context, training.as_ref(), interrupted(epoch, step)));
    }
    let own = context.scope().len();
    let knows_its_place = context.scope().contains("s");
    if let Some(training) = &training {
        show_parts(context.scope_mut(), training);
    }
    let lent = frames::lend(context.scope_mut());
    let before = Before::of(context.scope(), training.as_ref());
    let was_planned = planned.is_some();
    let run = training.as_ref().and_then(folder::run_of);
    // That it cannot be written is said when the next epoch cannot be.
    let stands = |state| drop(run.as_ref().filter(|_| !was_planned).map(|run| run.stand(state)));
    stands(State::Paused);
    let text = match (place, frames::here().map(|here| session.shared.home(here))) {
        (None, Some(here)) => format!("paused in {here} > "),
        _ => format!("paused e{epoch} s{step} > "),
    };
    let here = Here {
        text,
        lives: Lives::of(&lent, &session.shared),
        training: training.clone(),
        step: place.map(|(_, step)| step),
    };
    let talked = output::aside(|| interrupt::released(|| caught(|| talk(context, session, planned, here))));
    let typed = talked.as_ref().ok().and_then(|talk| talk.as_ref().ok()).map(|talk| talk.typed.clone());
    let changed: Vec<String> = typed.iter().flatten().flat_map(|text| changed(text)).collect();
    frames::give_back(context.scope(), lent, |name, old, new| {
        changed.iter().any(|other| other == name) || holds_others(old, new)
    });
    stands(State::Running);
    let Talk { ended, ran, .. } = talked??;
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
            // A hook is no loop: the training ends behind it.
            if frames::here().is_some_and(|here| here.is_closure()) {
                return Ok(Dynamic::UNIT);
            }
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
fn talk(context: &mut EvalContext, session: &Pausing, planned: Option<Pause>, here: Here) -> ScriptResult<Talk> {
    let mut defined = Defined::around(context);
    let mut workspace = Workspace::inside(context, &mut defined, &session.shared);
    workspace.lives = here.lives;
    workspace.effects = here.training.map(Effects::of);
    workspace.step = here.step;
    let ended = match (planned, &session.prompt) {
        (Some(pause), _) => replay(&mut workspace, &pause)?,
        (None, Some(prompt)) => {
            let (commands, says) = if here.step.is_some() { (COMMANDS, TRAINING) } else { (AT_BREAKPOINT, BREAKPOINT) };
            complain(says);
            match prompt.ask(&here.text, &mut workspace, commands) {
                Ok(Ended::Command(IGNORE, _)) => {
                    session.ignores.set(true);
                    CONTINUE
                }
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
    Ok(Talk { ended, ran, typed: std::mem::take(&mut workspace.typed) })
}

/// Runs the lines of a pause as if they were typed, up to the one that ends it.
fn replay(workspace: &mut Workspace, pause: &Pause) -> ScriptResult<&'static str> {
    for line in &pause.lines {
        if line.trim_start().starts_with('!') && workspace.parse_fails(line) {
            let message = format!(
                "`{line}`: `!command` starts another program for the person who types it at a prompt; what is planned starts none"
            );
            return Err(Error::value(message).into());
        }
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
