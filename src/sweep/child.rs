//! A trial, as a program of its own: what it takes and breaks is its own affair.

#![expect(clippy::disallowed_methods, reason = "the program starts itself, confined as it is")]

use super::claim::Claim;
use super::folder::{Sweep, is_run};
use super::trials::SEED;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::output::in_a_line;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How often is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(20);

/// The exit code of a program whose training was left.
const LEFT: i32 = 130;

/// How trials are started.
pub struct Starter {
    /// The program itself.
    pub program: PathBuf,
    /// Flags that say what the user lets scripts reach.
    pub allow: Vec<OsString>,
}

/// How the process of a trial ended.
#[derive(Debug, PartialEq)]
pub enum Ended {
    Finished,
    /// At its rung, or since all ends: it goes on later.
    Paused,
    Failed {
        why: String,
        killed: bool,
    },
}

/// The last run that a trial's script has begun: a script may make several, `DIR`, `DIR-2` and so on.
fn last_run(dir: &Path) -> Option<PathBuf> {
    let later = |n: u32| PathBuf::from(format!("{}-{n}", dir.display()));
    let begun = std::iter::once(dir.to_path_buf()).chain((2..).map(later));
    begun.take_while(|run| is_run(run)).last()
}

impl Starter {
    /// Runs a trial until its end or the given epoch, from where it stands.
    ///
    /// # Errors
    /// A process that cannot be started.
    pub fn run(&self, sweep: &Sweep, trial: usize, until: Option<u64>, claim: &Claim) -> Result<Ended> {
        let log = sweep.work_file(trial, "log");
        let (out, both) = (access::append(&log)?, access::append(&log)?);
        let before = out.metadata().map_or(0, |file| file.len()) as usize;
        let mut command = Command::new(&self.program);
        command.args(self.arguments(sweep, trial, until));
        // The child holds the claim as well: whoever is killed, nobody else begins with what still runs.
        command.stdin(claim.shared().map_or_else(Stdio::null, Stdio::from)).stdout(out).stderr(both);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let failed = |e| Error::new(ErrorKind::Internal, format!("cannot start {}: {e}", self.program.display()));
        let status = awaited(command.spawn().map_err(failed)?, claim)?;
        let text = access::read(&log).unwrap_or_default();
        let said = String::from_utf8_lossy(text.get(before..).unwrap_or_default()).into_owned();
        Ok(match status.code() {
            Some(0) => Ended::Finished,
            _ if interrupt::pending() || claim.is_lost() => Ended::Paused,
            Some(LEFT) if until.is_some_and(|epoch| sweep.epochs(trial) >= epoch) => Ended::Paused,
            Some(_) => Ended::Failed { why: why(&said), killed: false },
            None => Ended::Failed { why: format!("killed: {status}"), killed: true },
        })
    }

    fn arguments(&self, sweep: &Sweep, trial: usize, until: Option<u64>) -> Vec<OsString> {
        let plan = &sweep.plan;
        let run_dir = sweep.run_dir(trial);
        let mut all: Vec<OsString> = plan.flags.iter().map(OsString::from).chain(self.allow.iter().cloned()).collect();
        // That was done for all of them.
        all.push("--no-check".into());
        all.extend(["--threads".into(), plan.threads.to_string().into()]);
        all.extend(["--with-parent".into(), std::process::id().to_string().into()]);
        if let Some(epoch) = until {
            all.extend(["--until-epoch".into(), epoch.to_string().into()]);
        }
        match last_run(&run_dir) {
            Some(run) => all.extend(["resume".into(), run.into()]),
            None => {
                let (flag, options): (Vec<_>, Vec<_>) =
                    plan.trials[trial].options().partition(|(key, _)| plan.seed_is_flag && *key == SEED);
                all.extend(flag.into_iter().flat_map(|(_, seed)| ["--seed".into(), seed.into()]));
                all.extend(["--run-dir".into(), run_dir.into(), plan.script.clone().into()]);
                all.extend(options.into_iter().map(|(key, value)| format!("{key}={value}").into()));
            }
        }
        all
    }
}

/// Waits for a child. Where all is to end, so is it, once: it keeps its place.
fn awaited(mut child: Child, claim: &Claim) -> Result<std::process::ExitStatus> {
    let mut is_told = false;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) => {}
            Err(e) => return Err(Error::new(ErrorKind::Internal, format!("cannot wait for a trial: {e}"))),
        }
        if !is_told && (interrupt::pending() || claim.is_lost()) {
            is_told = true;
            #[cfg(unix)]
            if let Some(process) = rustix::process::Pid::from_raw(child.id() as i32) {
                let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
            }
        }
        std::thread::sleep(LOOK);
    }
}

/// What a program said of its failure: its last error, or its last lines.
fn why(said: &str) -> String {
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let error = lines.iter().rposition(|line| line.starts_with("error"));
    let from = error.unwrap_or(lines.len().saturating_sub(3));
    let end = lines.len().min(from + 12);
    match lines[from..end].iter().map(|line| in_a_line(line)).collect::<Vec<_>>().join("\n") {
        nothing if nothing.is_empty() => "it said nothing".into(),
        said => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_said_by_its_last_error() {
        assert_eq!(why("epoch 1\nerror: first\nepoch 2\nerror: no lr\n  --> a:1\n\n"), "error: no lr\n  --> a:1");
        assert_eq!(why("a\nb\nc\nd\n"), "b\nc\nd");
        assert_eq!(why("\n"), "it said nothing");
        assert!(!why("error: \u{1b}[2J").contains('\u{1b}'));
    }

    #[test]
    fn the_last_run_of_a_script_is_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let run = |name: &str| {
            std::fs::create_dir(folder.path().join(name)).unwrap();
            std::fs::write(folder.path().join(name).join("config.json"), "{}").unwrap();
        };
        let dir = folder.path().join("01-lr=1");
        assert_eq!(last_run(&dir), None);
        run("01-lr=1");
        assert_eq!(last_run(&dir), Some(dir.clone()));
        run("01-lr=1-2");
        run("01-lr=1-4");
        assert_eq!(last_run(&dir), Some(folder.path().join("01-lr=1-2")));
    }
}
