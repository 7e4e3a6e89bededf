//! The line editor.

use crate::script::Failure;
use rustyline::{DefaultEditor, error::ReadlineError};

pub struct Editor(DefaultEditor);

/// What the user typed.
pub enum Line {
    Text(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D.
    End,
}

impl Editor {
    pub fn open() -> Result<Self, Failure> {
        Ok(Editor(DefaultEditor::new().map_err(failed)?))
    }

    pub fn read(&mut self, prompt: &str) -> Result<Line, Failure> {
        match self.0.readline(prompt) {
            Ok(text) => {
                // A line that cannot be kept in the history still runs.
                let _ = self.0.add_history_entry(&text);
                Ok(Line::Text(text))
            }
            Err(ReadlineError::Interrupted) => Ok(Line::Interrupted),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(cause) => Err(failed(cause)),
        }
    }
}

fn failed(cause: ReadlineError) -> Failure {
    Failure::Usage(format!("the prompt failed: {cause}"))
}
