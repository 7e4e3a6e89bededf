//! A sweep's folder: `plan.json`, a run folder for each trial, and in `work/` what the workers know of them.

use super::plan::Plan;
use super::score::Measure;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::files::write_atomically;
use crate::ml::run::{RESULT, Record, read_config, rows_of};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};

const PLAN: &str = "plan.json";
const WORK: &str = "work";

/// Whether a sweep is in the folder.
pub fn is_sweep(path: &Path) -> bool {
    access::is_file(&path.join(PLAN))
}

/// Whether a run has begun in a folder.
pub fn is_run(path: &Path) -> bool {
    access::is_file(&path.join("config.json"))
}

#[derive(Debug)]
pub struct Sweep {
    pub path: PathBuf,
    pub plan: Plan,
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum Outcome {
    Finished {
        seconds: f64,
    },
    /// With what was said in the end. A process that a signal ended may have been well.
    Failed {
        why: String,
        killed: bool,
    },
}

impl Sweep {
    /// Makes the folder of a new sweep, or takes one in which the same sweep is.
    ///
    /// # Errors
    /// A folder with another sweep or with other things in it; one that cannot be made or written.
    pub fn create(path: PathBuf, plan: Plan) -> Result<Sweep> {
        if is_sweep(&path) {
            let there = Sweep::open(path)?;
            let Some(how) = plan.difference(&there.plan) else { return Ok(there) };
            let message = format!(
                "{} holds another sweep ({how} there): imdbsh resume {0} goes on with that; name another folder for this one",
                there.path.display()
            );
            return Err(Error::new(ErrorKind::Usage, message));
        }
        let others = if access::is_dir(&path) { access::list(&path)? } else { Vec::new() };
        if let Some(other) = others.first() {
            let (path, other) = (path.display(), other.to_string_lossy());
            let message = format!("{path} is no folder of a sweep, and not empty ({other} is in it): name another one");
            return Err(Error::new(ErrorKind::Usage, message));
        }
        access::create_dir_all(&path.join(WORK))?;
        // With its plan the sweep has begun: it comes last.
        write_atomically(&path.join(PLAN), |file| serde_json::to_writer_pretty(file, &plan))?;
        Ok(Sweep { path, plan })
    }

    /// # Errors
    /// A folder without a plan; a plan that cannot be read.
    pub fn open(path: PathBuf) -> Result<Sweep> {
        let file = path.join(PLAN);
        let text = access::read_to_string(&file).map_err(|e| e.within(&format!("{} is no sweep", path.display())))?;
        let plan = Plan::read(&text).map_err(|e| e.within(&file.display().to_string()))?;
        access::create_dir_all(&path.join(WORK))?;
        Ok(Sweep { path, plan })
    }

    /// The folder of a trial's run.
    pub fn run_dir(&self, trial: usize) -> PathBuf {
        self.path.join(&self.plan.trials[trial].name)
    }

    /// A file of the workers: `NAME.ending`.
    pub fn work_file(&self, trial: usize, ending: &str) -> PathBuf {
        self.path.join(WORK).join(format!("{}.{ending}", self.plan.trials[trial].name))
    }

    /// The folder of the workers' files.
    pub fn work_folder(&self) -> PathBuf {
        self.path.join(WORK)
    }

    /// How a trial ended, if it did.
    pub fn outcome(&self, trial: usize) -> Option<Outcome> {
        // What cannot be read was not written to its end: the trial is done again, from where it stands.
        serde_json::from_slice(&access::read(&self.work_file(trial, "json")).ok()?).ok()
    }

    /// # Errors
    /// A file that cannot be written.
    pub fn note(&self, trial: usize, outcome: &Outcome) -> Result<()> {
        write_atomically(&self.work_file(trial, "json"), |file| serde_json::to_writer(file, outcome))
    }

    /// Forgets how a trial ended, for it is to be run again: from its checkpoint where it was killed, else anew. The folder of before stays, under another name.
    ///
    /// # Errors
    /// Files that cannot be moved.
    pub fn forget(&self, trial: usize) -> Result<()> {
        let killed = matches!(self.outcome(trial), Some(Outcome::Failed { killed: true, .. }));
        let run = self.run_dir(trial);
        if !killed && access::is_dir(&run) {
            let name = &self.plan.trials[trial].name;
            let free = (1..).map(|n| format!("{name}-failed-{n}")).find(|name| access::is_free(&self.path.join(name)));
            access::rename_beside(&run, &free.unwrap_or_default())?;
        }
        access::remove_file(&self.work_file(trial, "json"))
    }

    /// The rows of a trial's run, as many as have been written to their ends.
    pub fn rows(&self, trial: usize) -> Vec<Record> {
        rows_of(&self.run_dir(trial))
    }

    /// The figure by which trials are compared: the one that is asked for, what their training monitors, or the usual one; unknown before any has a row.
    pub fn measure(&self) -> Option<Measure> {
        let trials = 0..self.plan.trials.len();
        let (trial, rows) = trials.map(|trial| (trial, self.rows(trial))).find(|(_, rows)| !rows.is_empty())?;
        let monitored = || read_config(&self.run_dir(trial)).ok()?["training"]["monitor"].as_str().map(str::to_string);
        Measure::of(self.plan.by.clone().or_else(monitored).as_deref(), &rows)
    }

    /// What the test set said of a trial at its end, where a validation set chose its epoch.
    pub fn tested(&self, trial: usize) -> Option<f64> {
        let result: Value = serde_json::from_slice(&access::read(&self.run_dir(trial).join(RESULT)).ok()?).ok()?;
        result["test"]["test_acc"].as_f64()
    }

    /// How many epochs a trial has behind it.
    pub fn epochs(&self, trial: usize) -> u64 {
        self.rows(trial).len() as u64
    }

    /// Looks whether a trial's run is that of the plan.
    ///
    /// # Errors
    /// It was run with other options: the plan was edited since.
    pub fn check(&self, trial: usize) -> Result<()> {
        let run = self.run_dir(trial);
        if !is_run(&run) {
            return Ok(());
        }
        let config = read_config(&run)?;
        let planned = &self.plan.trials[trial];
        let seed = |key: &str| self.plan.seed_is_flag && key == super::trials::SEED;
        let differs = planned.options().find(|(key, value)| {
            let there = if seed(key) {
                config["seed"].to_string()
            } else {
                config["arguments"][*key].as_str().unwrap_or("").into()
            };
            there != *value
        });
        match differs {
            None => Ok(()),
            Some((key, value)) => {
                let message = format!(
                    "{} was run with another {key} than the {value} of {}: the plan was edited. Put it back, or move that folder away",
                    run.display(),
                    self.path.join(PLAN).display()
                );
                Err(Error::new(ErrorKind::Usage, message))
            }
        }
    }
}
