//! The language: what its texts are, and the interpreter that runs them. It knows no function of the program's.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `interpreter` | the bare interpreter, and its limits |
//! | `watchdog` | ends scripts that are interrupted, take too much memory, or do nothing |
//! | `syntax` | the language's own words |
//! | `lexer` | text in pieces, half typed or not |
//! | `functions` | closures and functions as they stand in a text |
//! | `input` | whether an input is complete |
//! | `sources` | the texts that took part, for messages |
//! | `frames`, `blocks` | the functions that are at work, and their variables; where something failed, too |
//! | `namespaces` | a function calls the functions of its own text |
//! | `resolver`, `stdlib` | modules written in Rhai: `import`ed files, and the embedded ones |

mod blocks;
pub mod frames;
mod functions;
pub mod input;
pub mod interpreter;
pub mod lexer;
pub mod namespaces;
pub mod resolver;
pub mod sources;
pub mod stdlib;
pub mod syntax;
pub mod watchdog;
