//! What files, `-e`, tests and the prompt share: an interpreter with all functions, its variables, and where text is run.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `setup` | what the command line said |
//! | `assemble` | the interpreter with everything a script can call, and the parts that it lends to functions |
//! | `ended` | what the end of a script is to its runs |
//! | `eval` | that interpreter with its variables |
//! | `workspace` | where text is run: among the session's variables, or those of a running function |
//! | `bench` | how long a text takes |
//! | `script` | a script, run among the variables of a session |
//! | `shown`, `layout` | values as a prompt shows them |
//! | `defined`, `literal` | what earlier texts have defined; values as a script writes them |
//! | `prompt` | what a script can ask the user with |
//! | `record`, `as_script` | what was done at a prompt; the same as a script |
//! | `pause` | the statement `pause` |
//! | `reload`, `version`, `refresh` | `--watch`: functions that are edited while a training runs |

pub mod as_script;
pub mod assemble;
pub mod bench;
pub mod defined;
mod ended;
pub mod eval;
#[cfg(test)]
mod faults;
mod layout;
pub mod literal;
pub mod pause;
pub mod prompt;
pub mod record;
pub mod refresh;
pub mod reload;
pub mod script;
pub mod setup;
mod shown;
mod version;
pub mod workspace;
