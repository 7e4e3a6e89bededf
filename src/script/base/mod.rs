//! What every other room of the script interface stands on. It knows none of them.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `error` | from the library's errors to the interpreter's |
//! | `options` | option maps: `#{ lr: 1e-3 }` → typed values, unknown names refused |
//! | `parts` | what a session lends to functions, by type |
//! | `guard` | how functions are registered: a panic in one is an error |
//! | `kinds` | what can be done with a value of one of the program's own types |
//! | `nesting` | values that hold values, and how deep they are walked |
//! | `state` | a state: what a snapshot or a checkpoint holds |
//! | `saving` | the state of a map of values, taken out of it and put back |
//! | `length` | how long the text of a value would be |
//! | `copying` | deep copies of values, for forks |

pub mod copying;
pub mod error;
pub mod guard;
pub mod kinds;
pub mod length;
pub mod nesting;
pub mod options;
pub mod parts;
pub mod saving;
pub mod state;

pub use error::ScriptResult;
pub use parts::part;
