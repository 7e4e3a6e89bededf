//! Where a training goes on that `imdbsh resume` takes up again.
//!
//! The script is run once more, and takes the same turns (each `t.run(…)` is one) in the same order. Each is put to its own newest
//! checkpoint as it begins, and does what it then has left to do; so all that the script does between them it does with a
//! training that stands where it stood then.

use super::super::{
    handles::{History, Network, OptimizerHandle, RunHandle, TrainingHandle},
    run::records,
};
use super::checkpoints::{MADE, from_file, position, put_back};
use super::{folder::run_of, listeners::Host, plan::Pauses};
use crate::ml::{models::Module, random};
use crate::output::complain;
use crate::script::base::{ScriptResult, part};
use rhai::{Dynamic, Map, plugin::*};
use serde_json::Value;
use std::rc::Rc;

/// A rate that the script makes an optimizer with, and made it with another one when the checkpoint was written, is set as by hand.
fn carry_out_lrs(parts: &mut Map, now: Option<Dynamic>, made: &Value) {
    let number = |rate: &Option<Dynamic>| rate.as_ref().and_then(|rate| rate.as_float().ok());
    let (s_then, s_now) = (number(&base_lr(parts)), number(&now));
    for (name, part) in parts.iter() {
        let Some(optimizer) = part.clone().try_cast::<OptimizerHandle>() else { continue };
        let rates: Option<Vec<f64>> =
            made[name.as_str()].as_array().map(|rates| rates.iter().filter_map(Value::as_f64).collect());
        let mut optimizer = optimizer.0.borrow_mut();
        // A checkpoint of an older version has that of the first group, in `s`.
        let of_older = || {
            let share = s_then? / s_now?;
            Some(optimizer.made_lrs().iter().map(|rate| rate * share).collect())
        };
        if let Some(then) = rates.or_else(of_older) {
            optimizer.carry_out_lrs(&then);
        }
    }
    let s = parts.get_mut("s").and_then(|s| s.write_lock::<Map>());
    if let (Some(mut s), Some(rate)) = (s, now) {
        s.insert("base_lr".into(), rate);
    }
}

fn base_lr(parts: &Map) -> Option<Dynamic> {
    parts.get("s")?.read_lock::<Map>()?.get("base_lr").cloned()
}

/// Says where a run goes on.
fn say_place(run: &RunHandle, place: &str) {
    complain(&format!("{} goes on {place}", run.path().display()));
}

/// Begins the next turn of a training in its run folder, where it has one: puts it to where that turn stood.
///
/// # Errors
/// A checkpoint that is none of this training; what a callback raises.
pub fn begin_turn(training: &TrainingHandle, context: &NativeCallContext) -> ScriptResult<()> {
    let Some(run) = run_of(training) else { return Ok(()) };
    let turn = run.begin_turn();
    turn.map_or(Ok(()), |turn| go_on(training, context, &run, turn).map(drop))
}

/// Puts a training to where the turn stood. Says whether it goes on in the middle.
fn go_on(training: &TrainingHandle, context: &NativeCallContext, run: &RunHandle, turn: usize) -> ScriptResult<bool> {
    if !run.resumes() {
        return Ok(false);
    }
    let Some(checkpoint) = run.checkpoint_to_resume(turn)? else {
        if turn == 0 {
            run.rewind(&[], None)?;
            say_place(run, "from its beginning: it has no checkpoint");
        }
        return Ok(false);
    };
    let pauses = checkpoint.state["pauses"].as_u64();
    let (made, now) = (checkpoint.state[MADE].clone(), base_lr(&training.0.state.borrow()));
    put_back(training, Host::Call(context), checkpoint)?;
    carry_out_lrs(&mut training.0.state.borrow_mut(), now, &made);
    // What was planned and is over is part of what was kept.
    match pauses {
        Some(over) => part::<Pauses>(context)?.forget(over),
        None => part::<Pauses>(context)?.forget_before(training.count("step")),
    }
    let rows = records(training.history().unwrap_or_default());
    let is_passed = run.has_turns_after(turn);
    let stands_between = rows.len() as i64 * training.count("steps_per_epoch") == training.count("step");
    let network = training.get("net").and_then(|net| net.try_cast::<Network>());
    let network: Option<Rc<dyn Module>> =
        network.map(|net| net.0).filter(|_| stands_between && !is_passed && !rows.is_empty());
    run.rewind(&rows, network.as_deref())?;
    if !is_passed {
        say_place(run, &format!("from epoch {}, step {}", training.count("epoch"), training.count("step")));
    }
    Ok(true)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Puts a training to where its run was, in a program that `imdbsh resume` started; in any other it does nothing. Says
    /// whether it goes on in the middle. `t.turn()` does so by itself for each turn; a training for which this is called
    /// has one place, whatever turns it takes.
    ///
    /// ```rhai
    /// assert(!training(#{}, #{}).resume());
    /// ```
    #[rhai_fn(name = "resume", return_raw, pure)]
    pub fn resume_training(context: NativeCallContext, training: &mut TrainingHandle) -> ScriptResult<bool> {
        let Some(run) = run_of(training) else { return Ok(false) };
        run.go_on_by_hand();
        go_on(training, &context, &run, 0)
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
    pub fn resume_loop(context: NativeCallContext, run: RunHandle, parts: Map) -> ScriptResult<Map> {
        let mut parts = parts;
        if let Some(checkpoint) = run.checkpoint_to_resume(0)? {
            let (made, pauses) = (checkpoint.state[MADE].clone(), checkpoint.state["pauses"].as_u64());
            let now = base_lr(&parts);
            random::set_state(from_file(&mut parts, checkpoint)?);
            carry_out_lrs(&mut parts, now, &made);
            if let Some(over) = pauses {
                part::<Pauses>(&context)?.forget(over);
            }
            // What the loop keeps as its history says how far the run's rows go.
            if let Some(history) = parts.get("history").and_then(|h| h.clone().try_cast::<History>()) {
                run.rewind(&records(history), None)?;
            }
            let at = position(&parts);
            say_place(&run, &format!("from epoch {}, step {}", at.epoch, at.step));
        }
        Ok(parts)
    }
}
