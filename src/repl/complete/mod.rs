//! Completion: what can stand at the cursor.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `offers` | what could stand there |
//! | `known` | what the interpreter knows, and what can be named just now |
//! | `context` | what is being typed: a name, a member, an option, a file |
//! | `types` | the type of the expression in front of a dot |
//! | `options` | the options that a function takes, from its text and its documentation |
//! | `texts` | what can stand in a text that a function takes |
//! | `files` | names of files |
//! | `candidate` | one way to go on |

mod candidate;
mod context;
mod files;
mod known;
mod offers;
mod options;
mod texts;
mod types;

pub use known::{Known, Library};
pub use offers::complete;

#[cfg(test)]
mod tests;
