//! A prompt as scripts see it: something that can ask the user for lines, in the middle of a run too.

use super::workspace::Workspace;
use crate::script::help::failure::Failure;

/// Reads lines and runs them in a workspace until one of them ends it. The program's is `repl::Console`.
pub trait Prompt {
    /// `text` stands in front of each line (`paused e3 s120 > `). `own` are the commands that end this prompt, besides
    /// those that every prompt has. A Ctrl-C that led here is taken as answered.
    ///
    /// # Errors
    /// A terminal that cannot be read.
    fn ask(&self, text: &str, workspace: &mut Workspace<'_, '_>, own: &[Command]) -> Result<Ended, Failure>;
}

/// A line that begins with a colon: `:load FILE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// `load`
    pub name: &'static str,
    /// `FILE`; empty where it takes none.
    pub argument: &'static str,
    /// What `:help` says of it.
    pub about: &'static str,
}

/// How a prompt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Ctrl-D or `:quit`.
    Quit,
    /// One of the prompt's own commands, with what was written behind it.
    Command(&'static str, String),
}
