//! `imdbsh FILE`, `imdbsh -e CODE`, `imdbsh -`, and the prompt.

use super::super::command::{Command, Guests};
use super::super::confine::Reach;
use super::super::flags::{Flags, key_values};
use super::super::prompt::{stdin_is_terminal, with_prompt};
use super::super::script_file::read_script;
use super::super::usage::usage;
use crate::output::say;
use crate::repl::{self, Console};
use crate::script::{Failure, Session, Setup, Value};
use clap::Args;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Standard input, in the place of a file.
const STDIN: &str = "-";

/// What the code of `-e` is called in messages.
const CODE: &str = "-e";

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
    /// Stays at the prompt after the script, with its variables, also after its error.
    #[arg(short = 'i', conflicts_with = "code")]
    interactive: bool,
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
            (Some(code), _) => run_code(setup, &code, flags.no_check),
            (None, None) if stdin_is_terminal() => repl::run(&console, Session::new(setup).map_err(usage)?),
            (None, None | Some(STDIN)) => run_stdin(setup, flags.no_check),
            (None, Some(file)) => run_file(setup, file, self.interactive.then_some(&console), flags.no_check),
        }
    }
}

fn run_code(setup: Setup, code: &str, no_check: bool) -> Result<(), Failure> {
    let (mut session, value) = run_text(setup, CODE, code, no_check)?;
    if !value.is_unit() {
        say(&session.show(&value));
    }
    Ok(())
}

fn run_stdin(setup: Setup, no_check: bool) -> Result<(), Failure> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|e| Failure::Usage(format!("cannot read standard input: {e}")))?;
    run_text(setup, "standard input", &text, no_check).map(drop)
}

/// Looks at a script, runs it, and gives what its end comes to.
fn run_text(mut setup: Setup, name: &str, text: &str, no_check: bool) -> Result<(Session, Value), Failure> {
    setup.script = text.to_string();
    let mut session = Session::new(setup).map_err(usage)?;
    if !no_check {
        session.check_first(name, text, name == CODE).map_err(|failure| no_commands(text, failure))?;
    }
    let value = session.eval(name, text).map_err(|failure| no_commands(text, failure))?;
    Ok((session, value))
}

/// Says why `!command` is none where nobody types it.
fn no_commands(text: &str, failure: Failure) -> Failure {
    match failure {
        Failure::Script(report) if text.lines().any(|line| line.trim_start().starts_with('!')) => {
            let why = "`!command` starts another program for the person who types it at the prompt; scripts and pipes start none";
            Failure::Script(format!("{report}\n= {why}"))
        }
        other => other,
    }
}

/// Runs a script; with a terminal to stay at, the prompt of its session behind it.
fn run_file(mut setup: Setup, file: &str, stays: Option<&Console>, no_check: bool) -> Result<(), Failure> {
    let path = Path::new(file);
    setup.name = path.file_stem().map_or_else(|| file.to_string(), |s| s.to_string_lossy().into_owned());
    setup.folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    setup.file = Some(PathBuf::from(file));
    let text = read_script(path)?;
    let Some(console) = stays else {
        return run_text(setup, file, &text, no_check).map(drop);
    };
    if setup.prompt.is_none() {
        return Err(Failure::Usage("-i stays at the prompt, and there is no terminal to ask at".into()));
    }
    setup.keeps_failed = true;
    repl::run_behind(console, Session::new(setup).map_err(usage)?, file, &text, no_check)
}
