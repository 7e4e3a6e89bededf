//! The script interface: the only place that names rhai.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `engine` | the interpreter with its limits and everything a script can call |
//! | `session` | what files, `-e`, tests and the prompt share: run text, keep variables, report failures |
//! | `settings` | what the command line said: options, seed, run folder |
//! | `options` | option maps: `#{ lr: 1e-3 }` → typed values, unknown names refused |
//! | `stdlib`, `resolver` | modules written in Rhai: the embedded ones and `import`ed files |
//! | `diagnostics` | a script error as the user sees it |
//! | `docs` | the index behind `imdbsh doc` |
//! | `api/` | one file for each script-visible object |

pub mod api;
pub mod diagnostics;
pub mod docs;
mod engine;
mod error;
pub mod options;
mod resolver;
mod session;
mod settings;
mod sources;
mod stdlib;
mod watch;

pub use error::ScriptResult;
pub use session::{Failure, Session, quiet_panics};
pub use settings::{Settings, settings};
