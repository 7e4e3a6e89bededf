//! The script interface: the only place that names rhai.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `engine` | the interpreter with its limits and everything a script can call |
//! | `session` | what files, `-e`, tests and the prompt share: an interpreter with its variables |
//! | `workspace` | where text is run: the session's variables, or those of a running function; what was defined before |
//! | `prompt` | what a script can ask the user with |
//! | `failure` | how a script ends early |
//! | `syntax`, `lexer`, `input` | the language's own words; text in pieces; whether an input is complete |
//! | `names`, `size`, `record` | what can be named at a prompt, how large that is; what was done there, as a script |
//! | `settings` | what the command line said: options, seed, run folder |
//! | `options` | option maps: `#{ lr: 1e-3 }` → typed values, unknown names refused |
//! | `stdlib`, `resolver` | modules written in Rhai: the embedded ones and `import`ed files |
//! | `reload` | `--watch`: functions that are edited while a training runs |
//! | `diagnostics`, `explain` | a script error as the user sees it: its place; what it is in words, and what would work |
//! | `docs` | the index behind `imdbsh doc` |
//! | `api/` | one file for each script-visible object |

// Scripts are guests: what they open goes through `access`.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod api;
mod base;
pub mod diagnostics;
pub mod docs;
mod engine;
mod error;
mod explain;
mod failure;
pub mod input;
pub mod lexer;
pub mod names;
pub mod options;
mod prompt;
mod record;
mod reload;
mod resolver;
mod session;
mod settings;
pub mod size;
mod sources;
mod stdlib;
mod syntax;
mod watch;
mod workspace;

pub use error::ScriptResult;
pub use failure::{Failure, quiet_panics};
pub use prompt::{Command, Ended, Prompt};
pub use record::Outcome;
pub use reload::Reload;
pub use resolver::Reloaded;
/// What a script computes.
pub use rhai::Dynamic as Value;
pub use session::Session;
pub use settings::{Limits, Pause, Resume, Settings, settings};
pub use workspace::{Defined, Workspace};
