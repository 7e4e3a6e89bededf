//! A sweep that is worked on, which `sweep` and `resume` have in common.

use super::{flags::Flags, script_file::read_script, usage::usage};
use crate::access;
use crate::output::{complain, say, visible};
use crate::script::Failure;
use crate::sweep::{Report, Results, Starter, Sweep, Way, Worker, fingerprint};
use clap::Args;
use std::path::{Path, PathBuf};

/// How the trials of a sweep are run.
#[derive(Args)]
pub struct How {
    /// So many trials run at the same time; the threads are shared out among them.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Runs trials again that have failed.
    #[arg(long)]
    retry: bool,
}

impl How {
    /// So many trials at the same time.
    pub fn jobs(&self) -> usize {
        self.jobs.unwrap_or(1).into()
    }

    /// # Errors
    /// They were said of a folder that is no sweep.
    pub fn of_sweeps_alone(&self, run: &Path) -> Result<(), Failure> {
        match self.jobs.is_some() || self.retry {
            true => Err(Failure::Usage(format!("--jobs and --retry are for sweeps, and {} is none", run.display()))),
            false => Ok(()),
        }
    }
}

/// Goes on with the sweep in a folder.
///
/// # Errors
/// Flags that its trials cannot get any more; a script that is not there, may not be read or has been changed; what goes wrong on the way.
pub fn go_on(folder: PathBuf, how: &How, flags: &Flags) -> Result<(), Failure> {
    let sweep = Sweep::open(folder).map_err(usage)?;
    let plan = &sweep.plan;
    let given = flags.of_trials();
    let others = [
        (!given.is_empty() && given != plan.flags).then(|| given.join(" ")),
        flags.threads.filter(|threads| threads.get() != plan.threads).map(|threads| format!("--threads {threads}")),
        flags.watch.then(|| "--watch".into()),
        flags.until_epoch.map(|epoch| format!("--until-epoch {epoch}")),
    ];
    if let Some(other) = others.into_iter().flatten().next() {
        let message =
            format!("{other}: what each trial of a sweep gets was said when it began, and stands in its plan");
        return Err(Failure::Usage(message));
    }
    let text = read_script(&plan.script).map_err(|failure| {
        let Failure::Usage(message) = failure else { return failure };
        Failure::Usage(format!("{message}; the sweep was begun in {}", visible(&plan.folder.display().to_string())))
    })?;
    access::open(&plan.script).map_err(usage)?;
    if fingerprint(&text) != plan.fingerprint {
        let message = format!(
            "{} has been changed since the sweep in {} began: trials of two scripts cannot be compared. Put it back, or begin another sweep",
            visible(&plan.script.display().to_string()),
            visible(&sweep.path.display().to_string())
        );
        return Err(Failure::Usage(message));
    }
    work(&sweep, how, flags)
}

/// Works on a sweep until it is over, and says what came of it.
///
/// # Errors
/// Trials that failed, an interrupt, a folder that cannot be written.
pub fn work(sweep: &Sweep, how: &How, flags: &Flags) -> Result<(), Failure> {
    let program =
        std::env::current_exe().map_err(|e| Failure::Script(format!("error: cannot find the program itself: {e}")))?;
    let way = Way::that_works(&sweep.work_folder()).map_err(usage)?;
    let folder = visible(&sweep.path.display().to_string()).into_owned();
    if way == Way::Heartbeat {
        complain(&format!(
            "{folder}: this file system has no locks; who is at work on a trial writes a file again and again"
        ));
    }
    complain(&format!("{} trials in {folder}", sweep.plan.trials.len()));
    let worker = Worker::new(sweep, Starter { program, allow: flags.of_reach() }, way);
    if how.retry {
        worker.retry().map_err(usage)?;
    }
    let report = worker.work(how.jobs()).map_err(usage)?;
    drop(worker);
    said(sweep, &folder, &report)
}

/// The table, what failed, and how to go on.
fn said(sweep: &Sweep, folder: &str, report: &Report) -> Result<(), Failure> {
    let results = Results::of(sweep);
    say(&results.table());
    if let Some(lead) = results.lead() {
        say(&lead);
    }
    let files = results.save().map_err(usage)?;
    let names: Vec<_> = files.iter().filter_map(|file| Some(file.file_name()?.to_string_lossy())).collect();
    complain(&format!(
        "{} of {} trials finished; {folder} has {}",
        report.finished,
        sweep.plan.trials.len(),
        names.join(", ")
    ));
    if report.left > 0 {
        complain(&format!("{} were left where they are by halving", report.left));
    }
    if report.open > 0 {
        return Err(Failure::Interrupted(format!("{} are not over; to go on: imdbsh resume {folder}", report.open)));
    }
    let failed: Vec<String> = report.failed.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    match failed.is_empty() {
        true => Ok(()),
        false => Err(Failure::Script(format!(
            "error: {} of {} trials failed; imdbsh resume {folder} --retry runs them again\n{}",
            failed.len(),
            sweep.plan.trials.len(),
            failed.join("\n")
        ))),
    }
}
