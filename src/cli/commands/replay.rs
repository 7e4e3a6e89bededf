//! `imdbsh replay RUN`.

use super::super::command::{Command, Guests};
use super::super::confine::Reach;
use super::super::flags::{AUTO, Flags};
use super::super::prompt::with_prompt;
use super::super::usage::usage;
use crate::replay::{place_beside, replay};
use crate::resume::Program;
use crate::script::Failure;
use clap::Args;
use std::path::PathBuf;

/// Runs the script of a run once more, from its beginning, with its options and its seed, in a folder of its own, and says whether rows and weights are
/// equal to the bit; if not, where they first differ (exit code 1).
#[derive(Args)]
pub struct Replay {
    /// The run folder. The new one is RUN-replay, or what --run-dir says.
    run: PathBuf,
    /// What the run folder says.
    #[arg(skip)]
    program: Option<Program>,
}

impl Command for Replay {
    fn guests(&self) -> Guests {
        Guests::Of(Reach { read: vec![self.run.clone()], ..Reach::default() })
    }

    /// On another device, or with other threads, sums are rounded in another way.
    fn prepare(&mut self, flags: &mut Flags) -> Result<(), Failure> {
        let program = Program::of(&self.run).map_err(usage)?;
        if let Some(device) = program.device.clone().filter(|_| flags.device == AUTO) {
            flags.device = device;
        }
        if flags.threads.is_none() {
            flags.threads = program.threads().map_err(usage)?;
        }
        self.program = Some(program);
        Ok(())
    }

    fn run(self, flags: Flags) -> Result<(), Failure> {
        let Some(program) = self.program else { return Ok(()) };
        let folder = flags.run_dir.clone().unwrap_or_else(|| place_beside(&self.run));
        let (setup, _) = with_prompt(flags.setup("session"));
        replay(&self.run, program, setup, folder, flags.no_check)
    }
}
