//! `imdbsh resume RUN`.

use super::super::command::{Command, Guests};
use super::super::confine::Reach;
use super::super::flags::{AUTO, Flags, key_values};
use super::super::prompt::with_prompt;
use super::super::sweeping::{How, go_on};
use super::super::usage::usage;
use crate::resume::Program;
use crate::script::{Failure, Session};
use crate::sweep::is_sweep;
use clap::Args;
use std::path::PathBuf;

/// Goes on with a run that was interrupted, or is to go further: its script is run again, with its options and its seed, and
/// its training goes on from the newest checkpoint.
///
/// Paused and resumed or not, a run of the same options ends with the same numbers. Of a sweep, what is missing is done.
#[derive(Args)]
pub struct Resume {
    /// The run folder, or that of a sweep.
    run: PathBuf,
    /// Options of the script, in place of those of the run.
    #[arg(value_name = "KEY=VALUE")]
    arguments: Vec<String>,
    /// The checkpoint to go on from, such as e0003-s000120, in place of the newest.
    #[arg(long, value_name = "NAME")]
    from: Option<String>,
    /// Takes the script as it is now, in place of the copy that the run kept.
    #[arg(long)]
    edited: bool,
    #[command(flatten)]
    how: How,
    /// What the run folder says.
    #[arg(skip)]
    program: Option<Program>,
}

impl Command for Resume {
    /// Not what its `config.json` names: the script can write there.
    fn guests(&self) -> Guests {
        Guests::Of(Reach { write: Some(self.run.clone()), ..Reach::default() })
    }

    /// A run goes on as it was: on another device, or with other threads, sums are rounded in another way.
    fn prepare(&mut self, flags: &mut Flags) -> Result<(), Failure> {
        if let Some(folder) = &flags.run_dir {
            let (run, other) = (self.run.display(), folder.display());
            return Err(Failure::Usage(format!(
                "{run} goes on in its own folder: --run-dir {other} is for a run that begins"
            )));
        }
        if is_sweep(&self.run) {
            return match self.arguments.is_empty() && self.from.is_none() && !self.edited {
                true => Ok(()),
                false => Err(Failure::Usage(format!(
                    "{} is a sweep: what its trials are stands in its plan, and --jobs and --retry say how to go on",
                    self.run.display()
                ))),
            };
        }
        self.how.of_sweeps_alone(&self.run)?;
        let mut program = Program::of(&self.run).map_err(usage)?;
        if let Some(device) = program.device.clone().filter(|_| flags.device == AUTO) {
            flags.device = device;
        }
        if flags.threads.is_none() {
            flags.threads = program.threads().map_err(usage)?;
        }
        if self.edited {
            program.take_edited().map_err(usage)?;
        }
        self.program = Some(program);
        Ok(())
    }

    fn run(self, flags: Flags) -> Result<(), Failure> {
        let Some(program) = self.program else { return go_on(self.run, &self.how, &flags) };
        let (name, text) = program.script();
        let (setup, _) = with_prompt(flags.setup("session"));
        let setup = program.setup(setup, key_values(&self.arguments)?, self.from);
        Session::new(setup).map_err(usage)?.eval(&name, &text).map(drop)
    }
}
