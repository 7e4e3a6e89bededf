//! What the command line said.

use super::prompt::Prompt;
use crate::script::{
    api::{Label, Resume},
    language::interpreter::Limits,
};
use std::{collections::BTreeMap, path::PathBuf, rc::Rc};

/// One run of the program, as it was asked for; a session is made of it.
#[derive(Default)]
pub struct Setup {
    /// The script's file name without its ending; `session` where there is no file.
    pub name: String,
    /// The script's folder, where its `stdlib/` and its imports are looked for first.
    pub folder: PathBuf,
    /// The script's text, kept with each run; empty at a prompt.
    pub script: String,
    /// The script's file, where there is one.
    pub file: Option<PathBuf>,
    /// `key=value` arguments, as typed.
    pub arguments: BTreeMap<String, String>,
    /// `--seed`.
    pub seed: Option<i64>,
    /// `--run-dir`.
    pub run_dir: Option<PathBuf>,
    /// `--name`, `--tag`: what its runs are called.
    pub label: Label,
    /// `--data`: where data sets are looked for before `IMDBSH_DATA`.
    pub data_dir: Option<PathBuf>,
    /// Where what can be made anew is kept: [`crate::places::cache`]; nowhere with `None`.
    pub cache: Option<PathBuf>,
    /// `--max-…`: what a script may take of the interpreter.
    pub limits: Limits,
    /// Asks the user for lines, where there is a terminal.
    pub prompt: Option<Rc<dyn Prompt>>,
    /// `imdbsh resume`: the runs that are to go on.
    pub resume: Option<Resume>,
    /// `--until-epoch`: after how many epochs the training is left, with a checkpoint.
    pub until_epoch: Option<u32>,
    /// `--watch`: whether functions that are edited while a training runs are taken up.
    pub watch: bool,
    /// Whether variables are kept where the script fails, for a prompt there.
    pub keeps_failed: bool,
}

impl Setup {
    pub fn named(name: &str) -> Self {
        Setup { name: name.to_string(), ..Setup::default() }
    }
}
