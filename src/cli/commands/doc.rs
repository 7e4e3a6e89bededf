//! `imdbsh doc NAME`.

use super::super::command::{Command, Guests};
use super::super::confine::Reach;
use super::super::flags::Flags;
use super::super::usage::usage;
use crate::output::say;
use crate::script::{self, Failure, Session, findings, pages};
use clap::Args;

/// Shows what a function does, or lists all functions by theme.
#[derive(Args)]
pub struct Doc {
    /// A function such as matmul or schedule::cosine, a module such as schedule, a theme such as optimizers, words to search for; a finding
    /// of a check such as W03, or `checks` for all of them.
    name: Option<String>,
}

impl Command for Doc {
    /// The current folder's own `stdlib/` is run, whose functions are shown too.
    fn guests(&self) -> Guests {
        Guests::Of(Reach::default())
    }

    fn run(self, flags: Flags) -> Result<(), Failure> {
        if let Some(page) = self.name.as_deref().and_then(findings::page) {
            say(&page);
            return Ok(());
        }
        let session = Session::new(flags.setup("session")).map_err(usage)?;
        pages::show(&session.engine, &script::themes(), self.name.as_deref()).map_err(usage)
    }
}
