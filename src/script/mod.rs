//! The script interface: the only place that names rhai.
//!
//! Its rooms, the lowest first; each knows those above it in this table, and none below:
//!
//! | folder | what it holds |
//! | --- | --- |
//! | `base/` | what all others stand on: errors, option maps, the parts that a session lends to functions |
//! | `language/` | the interpreter and its limits, the language's own words, texts in pieces, modules written in Rhai |
//! | `help/` | the index behind `imdbsh doc`, what can be named at a prompt, errors as the user sees them |
//! | `check/` | what is said of a script before it runs |
//! | `api/` | everything a script can call, one file for each object |
//! | `session/` | an interpreter with all of it, its variables, the prompt, `pause`, `--watch` |

mod api;
mod base;
mod check;
mod help;
mod language;
mod session;

// For the world outside. Rooms name each other.
pub use api::{Declared, Label, Resume, themes};
pub use base::guard::quiet_panics;
pub use check::{pages as findings, script::Checked};
pub use help::{docs, failure::Failure, guide, inspect, pages, reference, size, themes::Themes};
pub use language::{input, interpreter::Limits, lexer, resolver::Reloaded};
/// What a script computes.
pub use rhai::Dynamic as Value;
pub use session::{
    bench::Bench,
    eval::Session,
    prompt::{Command, Ended, Prompt},
    record::Outcome,
    script::Script,
    setup::Setup,
    workspace::Workspace,
};
