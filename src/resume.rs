//! `imdbsh resume RUN`: the run's script once more, with its options and its seed; its trainings go on where they were.
//!
//! The user has named the folder, but a script can have written what is in it: it gives no right to reach anything else.

use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::device;
use crate::ml::run::{SCRIPT, read_config};
use crate::output::complain;
use crate::script::{Resume, Setup};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    num::NonZeroU16,
    path::{Path, PathBuf},
};

/// What a run folder says of the program that filled it.
#[derive(Debug)]
pub struct Program {
    name: String,
    file: Option<PathBuf>,
    arguments: BTreeMap<String, String>,
    earlier: Vec<PathBuf>,
    seed: Option<i64>,
    run_dir: Option<PathBuf>,
    threads: Value,
    pub device: Option<String>,
    script: String,
    folder: PathBuf,
}

impl Program {
    /// # Errors
    /// A folder that holds no run, or one that was started at the prompt, of which there is no script.
    pub fn of(run: &Path) -> Result<Program> {
        let config = read_config(run)?;
        let text = |key: &str| config[key].as_str().map(str::to_string);
        let path = run.join(SCRIPT);
        let script = access::read_to_string(&path)?;
        if script.trim().is_empty() {
            let message = format!("{} was started at the prompt: there is no script to go on with", run.display());
            return Err(Error::new(ErrorKind::Usage, message));
        }
        let earlier = config["earlier"].as_array().into_iter().flatten();
        let arguments = config["arguments"].as_object().into_iter().flatten();
        Ok(Program {
            name: text("name").unwrap_or_else(|| "session".into()),
            file: text("file").map(PathBuf::from),
            arguments: arguments.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_string()))).collect(),
            earlier: earlier.filter_map(Value::as_str).map(PathBuf::from).collect(),
            run_dir: text("run_dir").map(PathBuf::from),
            seed: config["seed"].as_i64(),
            threads: config["threads"].clone(),
            device: text("device"),
            script,
            folder: std::path::absolute(run).map_err(|e| Error::file("find", run, e))?,
        })
    }

    /// With how many threads the run was started.
    ///
    /// # Errors
    /// None, or so many that no machine can have been meant.
    pub fn threads(&self) -> Result<Option<NonZeroU16>> {
        if self.threads.is_null() {
            return Ok(None);
        }
        device::threads(&self.threads.to_string()).map(Some).map_err(|_| {
            let (folder, threads) = (self.folder.display(), &self.threads);
            let message =
                format!("{folder} was run with {threads} threads, it says; --threads N says how many to take");
            Error::new(ErrorKind::Usage, message)
        })
    }

    /// Takes the script as it is now in place of the run's copy.
    ///
    /// # Errors
    /// A script that did not come from a file, or whose file cannot be read, or may not.
    pub fn take_edited(&mut self) -> Result<()> {
        let Some(file) = &self.file else {
            return Err(Error::new(ErrorKind::Usage, format!("{} was not run from a file", self.name)));
        };
        self.script = access::read_to_string(file).map_err(|e| e.within("cannot read the script"))?;
        Ok(())
    }

    /// The folder that `--run-dir` named, where this run is in it or in one behind it: where the script's further runs go, if it may
    /// write there anyway.
    fn run_dir(&self) -> Option<PathBuf> {
        let dir = self.run_dir.clone().filter(|dir| base(dir) == base(&self.folder))?;
        let beside = PathBuf::from(format!("{}-2", dir.display()));
        access::may_write(&beside).is_ok().then_some(dir)
    }

    /// The name of the script in messages, and its text.
    pub fn script(&self) -> (String, String) {
        let name = self.file.as_ref().map_or_else(|| self.name.clone(), |file| file.display().to_string());
        (name, self.script.clone())
    }

    /// What the run was asked for, with `changed` in place of its own options. `from` names a checkpoint.
    pub fn setup(self, setup: Setup, changed: BTreeMap<String, String>, from: Option<String>) -> Setup {
        let folders = self.earlier.iter().chain([&self.folder]).cloned().collect();
        let setup = Setup { run_dir: self.run_dir(), resume: Some(Resume { folders, from }), ..setup };
        self.asked(setup, changed)
    }

    /// The same program once more, from its beginning, whose runs go into `run_dir` and behind it.
    pub fn again(self, setup: Setup, run_dir: PathBuf) -> Setup {
        self.asked(Setup { run_dir: Some(run_dir), ..setup }, BTreeMap::new())
    }

    /// How many runs its program made before this one.
    pub fn earlier(&self) -> usize {
        self.earlier.len()
    }

    fn asked(self, setup: Setup, changed: BTreeMap<String, String>) -> Setup {
        let mut arguments = self.arguments;
        arguments.extend(changed);
        let beside = self.file.as_deref().and_then(Path::parent).map(Path::to_path_buf);
        if let Some(error) = beside.as_deref().and_then(|folder| access::metadata(&folder.join(SCRIPT)).err()) {
            complain(&format!("the folder in which the script was: {error}"));
        }
        Setup {
            folder: beside.filter(|folder| access::is_dir(folder)).unwrap_or_else(|| self.folder.clone()),
            name: self.name,
            script: self.script,
            file: self.file,
            seed: setup.seed.or(self.seed),
            arguments,
            ..setup
        }
    }
}

/// `DIR` of `DIR-3`.
fn base(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let stem = name.rsplit_once('-').filter(|(_, n)| n.parse::<u32>().is_ok()).map_or(name, |(stem, _)| stem);
    Some(path.with_file_name(stem))
}
