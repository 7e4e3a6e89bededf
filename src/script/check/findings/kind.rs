//! What a kind of finding says, and one that was found.

use rhai::Position;

/// A kind of finding. Its page says why, with an example that has it, and the same as it would be right.
pub struct Kind {
    /// `E…` stops a run before it begins, `W…` is only said.
    pub number: &'static str,
    /// What it is about, in a line.
    pub name: &'static str,
    /// Why it is so.
    pub why: &'static str,
    /// A script that has it.
    pub wrong: &'static str,
    /// The same as it was meant.
    pub right: &'static str,
}

impl Kind {
    pub fn is_error(&self) -> bool {
        self.number.starts_with('E')
    }
}

/// One place at which something was found.
pub struct Finding {
    pub kind: &'static Kind,
    pub position: Position,
    /// What is wrong, in a sentence.
    pub title: String,
    /// What would do.
    pub remedy: Option<String>,
}

impl Finding {
    pub fn new(kind: &'static Kind, position: Position, title: impl Into<String>) -> Self {
        Finding { kind, position, title: title.into(), remedy: None }
    }

    pub fn with(self, remedy: impl Into<String>) -> Self {
        Finding { remedy: Some(remedy.into()), ..self }
    }

    pub fn with_some(self, remedy: Option<String>) -> Self {
        Finding { remedy: remedy.or(self.remedy), ..self }
    }
}
