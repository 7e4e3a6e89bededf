//! The prompt: a line, its value.

use crate::interrupt;
use crate::script::{Failure, Session};
use crate::terminal::{complain, say};
use rustyline::{DefaultEditor, error::ReadlineError};

pub fn run(mut session: Session) -> Result<(), Failure> {
    let mut editor = DefaultEditor::new().map_err(|e| Failure::Usage(format!("cannot open a prompt: {e}")))?;
    say(&format!("imdbsh {}. Ctrl-D ends.", env!("CARGO_PKG_VERSION")));
    loop {
        match editor.readline("imdbsh> ") {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                // A line that cannot be kept in the history still runs.
                let _ = editor.add_history_entry(&line);
                match session.eval("prompt", &line) {
                    Ok(value) if value.is_unit() => {}
                    Ok(value) => say(&session.show(&value)),
                    Err(Failure::Script(report) | Failure::Interrupted(report) | Failure::Usage(report)) => {
                        complain(&report);
                    }
                }
                interrupt::clear();
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return Ok(()),
            Err(cause) => return Err(Failure::Usage(format!("the prompt failed: {cause}"))),
        }
    }
}
