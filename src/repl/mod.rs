//! The prompt: a line, its value.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `session` | the prompt of a session, from the greeting to the end |
//! | `console` | the loop: read an input, run it or do what a `:command` says |
//! | `state` | what a terminal keeps between its lines |
//! | `editor`, `keys`, `history`, `highlight` | the line editor: when an input is complete, hints, what was typed before, colours |
//! | `complete/` | what can stand at the cursor |
//! | `results` | an input is run: its value, what went wrong, how long it took |
//! | `questions` | `?name`, `??name` and `!command`, told from code |
//! | `settings` | what the user has set, kept across sessions |
//! | `pager`, `terminal` | what is longer than the window; the terminal, lent to another program |
//! | `command` | what a `:command` is |
//! | `commands/` | one file for each, and their tables |
//! | `argument` | what is written behind one |

mod argument;
mod command;
mod commands;
mod complete;
mod console;
mod editor;
mod highlight;
mod history;
mod keys;
pub mod pager;
mod questions;
mod results;
mod session;
mod settings;
mod state;
mod terminal;

pub use commands::all_commands;
pub use console::Console;
pub use session::{run, run_behind};
