//! What the command line said, for the functions that scripts call.

use super::{Prompt, ScriptResult, record::Record, reload::Reload, sources::Sources};
use crate::error::Error;
use rhai::{Dynamic, NativeCallContext};
use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    path::PathBuf,
    rc::Rc,
};

/// One run of the program, as its functions see it.
#[derive(Default)]
pub struct Settings {
    /// The script's file name without its ending; `session` where there is no file.
    pub name: String,
    /// The script's folder, where its `stdlib/` and its imports are looked for first.
    pub folder: PathBuf,
    /// The script's text, kept with each run.
    pub script: String,
    /// The script's file, where there is one.
    pub file: Option<PathBuf>,
    /// `key=value` arguments, as typed.
    pub arguments: BTreeMap<String, String>,
    /// `--seed`.
    pub seed: Option<i64>,
    /// `--run-dir`.
    pub run_dir: Option<PathBuf>,
    /// `--data`: where data sets are looked for before `IMDBSH_DATA`.
    pub data_dir: Option<PathBuf>,
    /// Where what can be made anew is kept: [`crate::places::cache`]; nowhere with `None`.
    pub cache: Option<PathBuf>,
    /// `--max-…`: what a script may take of the interpreter.
    pub limits: Limits,
    /// What `options()` made of the arguments and the script's defaults; goes into a run's `config.json`.
    pub resolved: RefCell<rhai::Map>,
    /// The texts of all scripts that took part, for messages.
    pub sources: Sources,
    /// Asks the user for lines, where there is a terminal.
    pub prompt: Option<Rc<dyn Prompt>>,
    /// What was done at the prompt.
    pub record: Record,
    /// The run folders of this session, in the order in which they were made.
    pub runs: RefCell<Vec<PathBuf>>,
    /// The run folders that could not be written in full.
    pub incomplete: RefCell<Vec<PathBuf>>,
    /// `imdbsh resume`: the runs that are to go on.
    pub resume: Option<Resume>,
    /// `--watch`: files that are edited while a training runs, and what was seen of them.
    pub watch: Option<RefCell<Reload>>,
    /// Pauses that are to happen by themselves, in their order.
    pub planned_pauses: RefCell<VecDeque<Pause>>,
}

/// What a script may take of the interpreter; 0 stands for no limit, but for the depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a script may run without touching a tensor.
    pub operations: u64,
    /// How deep functions may call each other.
    pub depth: usize,
    /// How many bytes a text may have.
    pub string: usize,
    /// How many values an array may have, those in the arrays in it included; so with maps.
    pub array: usize,
    pub map: usize,
}

impl Limits {
    /// As deep as the stack allows that the program gives its interpreter.
    pub const DEEPEST: usize = 1000;
}

impl Default for Limits {
    fn default() -> Self {
        Limits { operations: 1_000_000_000, depth: 200, string: 0, array: 0, map: 0 }
    }
}

/// Runs that go on where they were.
#[derive(Debug, Default)]
pub struct Resume {
    /// Their folders, in the order in which their script made them.
    pub folders: Vec<PathBuf>,
    /// The checkpoint of the last of them to go on from, if not the newest.
    pub from: Option<String>,
}

/// A stop in the middle of a training, and what was typed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Steps that the training had done, over all its epochs.
    pub step: i64,
    pub lines: Vec<String>,
}

impl Settings {
    /// The script's text; at a prompt, what was done there.
    pub fn text(&self) -> Cow<'_, str> {
        match self.script.is_empty() {
            true => Cow::Owned(self.record.script_so_far()),
            false => Cow::Borrowed(&self.script),
        }
    }

    pub fn named(name: &str) -> Self {
        Settings { name: name.to_string(), ..Settings::default() }
    }
}

/// The settings of the session that `context` belongs to.
///
/// # Errors
/// Never in a session: only an engine built without one has no settings.
pub fn settings(context: &NativeCallContext) -> ScriptResult<Rc<Settings>> {
    settings_of(context.tag().unwrap_or(&Dynamic::UNIT))
}

pub(super) fn settings_of(tag: &Dynamic) -> ScriptResult<Rc<Settings>> {
    tag.clone().try_cast::<Rc<Settings>>().ok_or_else(|| Error::value("this function needs a session").into())
}
