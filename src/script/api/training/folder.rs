//! A training's run folder, where it has one: what was changed in its course.

use crate::error::Result;
use crate::script::api::handles::{RunHandle, TrainingHandle};
use crate::script::base::ScriptResult;
use rhai::{Map, plugin::*};
use serde_json::Value;

pub fn run_of(training: &TrainingHandle) -> Option<RunHandle> {
    training.get("folder").and_then(|run| run.try_cast::<RunHandle>())
}

/// Where a training's run folder is.
pub fn path_of(training: &TrainingHandle) -> Option<String> {
    run_of(training).map(|run| run.path().display().to_string())
}

/// Notes in the run folder what was changed at this place of the training.
pub fn note_change(training: &TrainingHandle, mut change: Value) -> Result<()> {
    let Some(run) = run_of(training) else { return Ok(()) };
    if change["epoch"].is_null() {
        change["epoch"] = training.count("epoch").into();
    }
    change["step"] = training.count("step").into();
    run.note_change(&change)
}

/// Keeps a text in the run folder.
pub fn keep_text(training: &TrainingHandle, file: &str, text: &str) -> Result<()> {
    run_of(training).map_or(Ok(()), |run| run.keep_text(file, text))
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Notes in `changes.jsonl` of the run folder what was changed at this step; nothing without a run folder.
    ///
    /// ```rhai
    /// training(#{}, #{}).note_change(#{ lr: 0.5 });
    /// ```
    #[rhai_fn(name = "note_change", return_raw, pure)]
    pub fn note(training: &mut TrainingHandle, change: Map) -> ScriptResult<()> {
        let change = rhai::serde::from_dynamic(&change.into())?;
        Ok(note_change(training, change)?)
    }
}
