//! `imdbsh sweep FILE KEY=VALUES…`, and `imdbsh sweep work DIR`.

use super::super::command::{Command, Guests};
use super::super::confine::Reach;
use super::super::flags::Flags;
use super::super::script_file::read_script;
use super::super::sweeping::{How, go_on, work};
use super::super::usage::usage;
use crate::error::Result;
use crate::ml::run;
use crate::output::{complain, say, visible};
use crate::script::{Declared, Failure, Session, Setup};
use crate::sweep::{Plan, SEED, Sweep, Values, epochs, grid, random, resolved, rungs};
use clap::Args;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

/// In the place of a file: what is left of a sweep is done, beside others who do.
const WORK: &str = "work";
/// More trials than these are asked for twice.
const MANY: usize = 1000;

/// Runs a script with each combination of options, each in a run folder of its own, and compares what comes out.
///
/// imdbsh sweep a.rhai lr=1e-3,3e-3 seed=1..5      a grid; an option may be a list, or whole numbers from..to
///
/// imdbsh sweep a.rhai lr=log:1e-5..1e-2 --random 20      drawn from log:low..high, uniform:low..high, or a list
///
/// imdbsh sweep work DIR      helps with a sweep that was begun elsewhere; imdbsh resume DIR goes on with one
#[derive(Args)]
pub struct SweepCommand {
    /// The script, or `work`.
    file: PathBuf,
    /// Options of the script, each with its values; behind `work`, the folder of the sweep. A value that has commas stands in quotes: 'text_column="title,body"'.
    #[arg(value_name = "KEY=VALUES")]
    arguments: Vec<String>,
    #[command(flatten)]
    how: How,
    /// Draws so many settings instead of trying every combination; by --seed, or 1.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    random: Option<u32>,
    /// Successive halving: all start, and the better half goes on each time the epochs have doubled.
    #[arg(long)]
    halving: bool,
    /// The column by which trials are compared [default: valid_loss where there is a validation set, else test_acc].
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,
    /// Shows the trials, and runs none.
    #[arg(long)]
    dry_run: bool,
    /// Begins also where there are more than a thousand trials.
    #[arg(long)]
    yes: bool,
    #[arg(skip)]
    max_seconds: Option<u32>,
}

impl SweepCommand {
    /// The folder of a sweep that is to be worked on.
    fn work_on(&self) -> Option<&String> {
        (self.file == Path::new(WORK)).then(|| self.arguments.first()).flatten()
    }
}

impl Command for SweepCommand {
    fn guests(&self) -> Guests {
        let reach = match self.work_on() {
            Some(folder) => Reach { write: Some(folder.into()), ..Reach::default() },
            None => Reach { read: self.file.parent().map(Path::to_path_buf).into_iter().collect(), ..Reach::default() },
        };
        Guests::Of(reach)
    }

    /// The time that is given is that of each trial, not of the sweep.
    fn prepare(&mut self, flags: &mut Flags) -> Result<(), Failure> {
        match flags.watch || flags.until_epoch.is_some() {
            true => Err(Failure::Usage("--watch and --until-epoch are for one run, and not for a sweep".into())),
            false => {
                self.max_seconds = flags.max_seconds.take();
                Ok(())
            }
        }
    }

    fn run(self, mut flags: Flags) -> Result<(), Failure> {
        flags.max_seconds = self.max_seconds;
        if let Some(folder) = self.work_on() {
            let more = self.arguments.len() > 1 || self.random.is_some() || self.halving || self.by.is_some();
            if more {
                let message =
                    "imdbsh sweep work DIR takes --jobs and --retry: what the trials are stands in the folder";
                return Err(Failure::Usage(message.into()));
            }
            return go_on(PathBuf::from(folder), &self.how, &flags);
        }
        if self.file == Path::new(WORK) {
            return Err(Failure::Usage("imdbsh sweep work DIR: which folder?".into()));
        }
        let plan = self.plan(&flags)?;
        if self.dry_run {
            shown(&plan);
            return Ok(());
        }
        if plan.trials.len() > MANY && !self.yes {
            let message = format!("these are {} trials: --yes begins, --dry-run shows them", plan.trials.len());
            return Err(Failure::Usage(message));
        }
        let folder = match flags.run_dir.clone() {
            Some(folder) => folder,
            None => run::new_folder(Path::new("sweeps"), &stem(&self.file)).map_err(usage)?,
        };
        let sweep = Sweep::create(folder, plan).map_err(usage)?;
        work(&sweep, &self.how, &flags)
    }
}

impl SweepCommand {
    /// # Errors
    /// Options that the script does not have, or not of this kind; no trials, or two that are the same.
    fn plan(&self, flags: &Flags) -> Result<Plan, Failure> {
        let mut given: Vec<(String, Values)> = Vec::new();
        for argument in &self.arguments {
            let Some((key, text)) = argument.split_once('=') else {
                return Err(Failure::Usage(format!("options are given as key=values, got `{argument}`")));
            };
            if given.iter().any(|(known, _)| known == key) {
                return Err(Failure::Usage(format!("option `{key}` is given twice: its values are a list, {key}=a,b")));
            }
            given.push((key.to_string(), Values::parse(key, text).map_err(usage)?));
        }
        if given.is_empty() {
            return Err(Failure::Usage("what is to be tried? KEY=VALUE,VALUE says it, such as lr=1e-3,3e-3".into()));
        }
        let text = read_script(&self.file)?;
        let declared = declared(flags, &self.file, &text)?;
        let seed_is_flag = !declared.has(SEED) && given.iter().any(|(key, _)| key == SEED);
        if flags.seed.is_some() && given.iter().any(|(key, _)| key == SEED) {
            return Err(Failure::Usage("--seed N, and seeds among the options: one of the two, please".into()));
        }
        let trials = match self.random {
            Some(count) => random(&given, count as usize, flags.seed.unwrap_or(1) as u64),
            None => grid(&given),
        };
        let trials = trials.map_err(usage)?;
        let resolved = resolved(&trials, seed_is_flag, |given| declared.with(given)).map_err(usage)?;
        let folder = std::env::current_dir().unwrap_or_default();
        let mut plan = Plan::new(self.file.clone(), &text, folder, &trials);
        plan.threads = match flags.threads {
            Some(threads) => threads.get(),
            None => (available_parallelism().map_or(1, NonZeroUsize::get) / self.how.jobs()).max(1) as u16,
        };
        plan.flags = flags.of_trials();
        plan.seed_is_flag = seed_is_flag;
        plan.by.clone_from(&self.by);
        if self.halving {
            plan.rungs = rungs(plan.settings().len(), epochs(&resolved).map_err(usage)?);
        }
        Ok(plan)
    }
}

/// The options that the script has: it is run until it asks for them.
fn declared(flags: &Flags, file: &Path, text: &str) -> Result<Declared, Failure> {
    let setup = Setup {
        folder: file.parent().map(Path::to_path_buf).unwrap_or_default(),
        file: Some(file.to_path_buf()),
        script: text.to_string(),
        ..flags.setup(&stem(file))
    };
    let mut session = Session::new(setup).map_err(usage)?;
    if !flags.no_check {
        session.check_first(&file.display().to_string(), text, false)?;
    }
    session.declared(&file.display().to_string(), text)
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn shown(plan: &Plan) {
    for trial in &plan.trials {
        say(&visible(&trial.shown(|_| false)));
    }
    let threads = if plan.threads == 1 { "one thread".into() } else { format!("{} threads", plan.threads) };
    complain(&format!(
        "{} trials of {}, each with {threads}",
        plan.trials.len(),
        visible(&plan.script.display().to_string())
    ));
    if !plan.rungs.is_empty() {
        complain(&format!("halved after the epochs {:?}", plan.rungs));
    }
}
