//! The command line.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `program` | what was asked, and the exit code that answers it |
//! | `command` | what a command is, and what happens before one runs |
//! | `commands/` | one file for each, and their table |
//! | `needs`, `folder` | what the system has to give; a current folder that is gone |
//! | `flags` | the flags that all share, and the setup that they make |
//! | `confine` | what the scripts that a command runs may reach |
//! | `prompt` | the terminal to ask at |
//! | `script_file`, `sweeping`, `drawing` | the script that is named; a sweep that is worked on; the curves of runs |
//! | `reference` | what `imdbsh doc` knows, as files for the guide |
//! | `usage` | errors that are the command line's fault |

#![expect(clippy::disallowed_methods, reason = "what the user names on the command line")]

mod command;
mod commands;
mod confine;
mod drawing;
mod flags;
#[cfg(unix)]
mod folder;
mod needs;
mod program;
mod prompt;
mod reference;
mod script_file;
mod sweeping;
mod usage;

#[cfg(unix)]
pub use folder::leave_if_nameless;
pub use program::main;
