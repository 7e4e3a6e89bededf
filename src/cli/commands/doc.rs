//! `imdbsh doc NAME`.

use super::super::command::{Command, Guests};
use super::super::confine::Reach;
use super::super::flags::Flags;
use super::super::reference;
use super::super::usage::usage;
use crate::output::say;
use crate::repl::pager;
use crate::script::{self, Failure, Session, findings, pages};
use clap::Args;
use std::path::PathBuf;

/// Shows what a function does, or a page of the guide; without a name, lists all functions by theme.
#[derive(Args)]
pub struct Doc {
    /// A function such as matmul or schedule::cosine, a module such as schedule, a theme such as optimizers, words to search for; `guide`, or a page of it;
    /// a finding of a check such as W03, or `checks` for all of them.
    name: Vec<String>,
    /// Writes all of it as Markdown into this folder instead: the reference of the guide, a file a theme.
    #[arg(long, value_name = "DIR", conflicts_with = "name")]
    markdown: Option<PathBuf>,
}

impl Command for Doc {
    /// The current folder's own `stdlib/` is run, whose functions are shown too.
    fn guests(&self) -> Guests {
        Guests::Of(Reach::default())
    }

    fn run(self, flags: Flags) -> Result<(), Failure> {
        let name = self.name.join(" ");
        if let Some(page) = findings::page(&name) {
            say(&page);
            return Ok(());
        }
        let session = Session::new(flags.setup("session")).map_err(usage)?;
        if let Some(folder) = &self.markdown {
            return reference::write(&session, folder).map_err(Failure::of);
        }
        let asked = (!name.is_empty()).then_some(name.as_str());
        let shown = pages::shown(&session.engine, &script::themes(), asked).map_err(usage)?;
        pager::show(&shown, true);
        Ok(())
    }
}
