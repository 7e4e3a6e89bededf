//! `imdbsh FILE`, `imdbsh -e CODE`, `imdbsh -`, and the prompt.

use super::super::command::{Command, Guests};
use super::super::confine::Reach;
use super::super::flags::{Flags, key_values};
use super::super::prompt::{stdin_is_terminal, with_prompt};
use super::super::script_file::read_script;
use super::super::usage::usage;
use crate::output::say;
use crate::repl;
use crate::script::{Failure, Session, Setup};
use clap::Args;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Standard input, in the place of a file.
const STDIN: &str = "-";

// No comment for clap, which would take it for the program's: this stands for no command.
#[derive(Args)]
pub struct Run {
    /// The script to run; `-` reads it from standard input.
    file: Option<String>,
    /// Options of the script, in place of its defaults.
    #[arg(value_name = "KEY=VALUE")]
    arguments: Vec<String>,
    /// Runs this code instead of a file and prints its value.
    #[arg(short = 'e', value_name = "CODE")]
    code: Option<String>,
}

impl Run {
    /// What is asked to be run, if anything is.
    pub fn first(&self) -> Option<&String> {
        self.code.as_ref().or(self.file.as_ref())
    }
}

impl Command for Run {
    fn guests(&self) -> Guests {
        // With -e there is no file: what clap took for one is the first option.
        let file = self.file.as_deref().filter(|file| *file != STDIN && self.code.is_none()).map(Path::new);
        Guests::Of(Reach {
            read: file.and_then(Path::parent).map(Path::to_path_buf).into_iter().collect(),
            ..Reach::default()
        })
    }

    fn prepare(&mut self, _: &mut Flags) -> Result<(), Failure> {
        if let Some(first) = self.file.take_if(|_| self.code.is_some()) {
            self.arguments.insert(0, first);
        }
        Ok(())
    }

    fn run(self, flags: Flags) -> Result<(), Failure> {
        let (mut setup, console) = with_prompt(flags.setup("session"));
        setup.arguments = key_values(&self.arguments)?;
        match (self.code, self.file.as_deref()) {
            (Some(code), _) => run_code(setup, &code),
            (None, None) if stdin_is_terminal() => repl::run(&console, Session::new(setup).map_err(usage)?),
            (None, None | Some(STDIN)) => run_stdin(setup),
            (None, Some(file)) => run_file(setup, file),
        }
    }
}

fn run_code(mut setup: Setup, code: &str) -> Result<(), Failure> {
    setup.script = code.to_string();
    let mut session = Session::new(setup).map_err(usage)?;
    let value = session.eval("-e", code)?;
    if !value.is_unit() {
        say(&session.show(&value));
    }
    Ok(())
}

fn run_stdin(mut setup: Setup) -> Result<(), Failure> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|e| Failure::Usage(format!("cannot read standard input: {e}")))?;
    setup.script.clone_from(&text);
    Session::new(setup).map_err(usage)?.eval("standard input", &text).map(drop)
}

fn run_file(mut setup: Setup, file: &str) -> Result<(), Failure> {
    let path = Path::new(file);
    setup.name = path.file_stem().map_or_else(|| file.to_string(), |s| s.to_string_lossy().into_owned());
    setup.folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    setup.file = Some(PathBuf::from(file));
    let text = read_script(path)?;
    setup.script.clone_from(&text);
    Session::new(setup).map_err(usage)?.eval(file, &text).map(drop)
}
