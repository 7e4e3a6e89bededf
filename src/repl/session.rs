//! The prompt of a session, from the greeting to the end.

use super::{
    command::{PROMPT, SessionCommand},
    commands::SESSION,
    console::Console,
};
use crate::interrupt;
use crate::output::{complain, report, say};
use crate::script::{Command, Ended, Failure, Outcome, Prompt, Session};

/// Runs a script, then the prompt of its session, also where it fails.
///
/// # Errors
/// A script that is given options which it does not have; a terminal that cannot be read.
pub fn run_behind(
    console: &Console,
    mut session: Session,
    file: &str,
    text: &str,
    no_check: bool,
) -> Result<(), Failure> {
    let found = if no_check { Ok(()) } else { session.check_first(file, text, false) };
    if let Err(failure) = found {
        report(failure.report());
        complain(&format!(
            "nothing of {file} has run; :run {file} runs it when that is mended, or --no-check as it is"
        ));
        return run(console, session);
    }
    let record = session.workspace().record.clone();
    record.start_with(text);
    let failure = match session.run_first(file, text) {
        Ok(_) => return run(console, session),
        Err(failure @ Failure::Usage(_)) => return Err(failure),
        Err(failure) if interrupt::ending() => return Err(failure),
        Err(failure) => failure,
    };
    let why = failure.report().to_string();
    report(&why);
    let plain = console::strip_ansi_codes(&why);
    let message = plain.lines().next().unwrap_or_default().trim_start_matches("error: ").to_string();
    record.start_with("");
    let left = session.workspace().left_by(text);
    record.add(text, Outcome::Failed { message, drew: false, left });
    if let Some(place) = session.failed_at() {
        complain(&format!(
            "its variables are in reach, and those of its callers (:vars); Ctrl-D goes on at {file}'s own prompt"
        ));
        session.at_failure(failure, |workspace| console.ask(&format!("failed in {place} > "), workspace, &[]))?;
        if interrupt::ending() {
            return Err(Failure::Interrupted(interrupt::reason().into()));
        }
    }
    run(console, session)
}

/// The prompt of a session, until the user leaves it.
///
/// # Errors
/// A terminal that cannot be read.
pub fn run(console: &Console, mut session: Session) -> Result<(), Failure> {
    say(&format!("imdbsh {}. ?NAME explains, :help lists commands, Ctrl-D ends.", env!("CARGO_PKG_VERSION")));
    let own: Vec<Command> = SESSION.iter().map(SessionCommand::listed).collect();
    loop {
        match console.ask(PROMPT, &mut session.workspace(), &own)? {
            Ended::Quit if interrupt::ending() => return Err(Failure::Interrupted(interrupt::reason().into())),
            Ended::Quit => return Ok(()),
            Ended::Command(name, argument) => {
                if let Some(command) = SESSION.iter().find(|c| c.name == name) {
                    (command.run)(console.state(), &mut session, &argument);
                }
            }
        }
    }
}
