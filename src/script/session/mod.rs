//! What files, `-e`, tests and the prompt share: an interpreter with all functions, its variables, and where text is run.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `setup` | what the command line said |
//! | `assemble` | the interpreter with everything a script can call, and the parts that it lends to functions |
//! | `checking` | what is said of a script before it runs |
//! | `ended` | what the end of a script is to its runs |
//! | `eval` | that interpreter with its variables |
//! | `reach` | what is in reach there |
//! | `workspace` | where text is run: among the session's variables, or those of a running function |
//! | `bench` | how long a text takes |
//! | `script` | a script, run among the variables of a session |
//! | `shown`, `layout` | values as a prompt shows them |
//! | `defined`, `literal` | what earlier texts have defined; values as a script writes them |
//! | `prompt` | what a script can ask the user with |
//! | `record`, `as_script` | what was done at a prompt; the same as a script |
//! | `pause`, `standing`, `before`, `effects` | the statement `pause`; where a training stands; what is put back after it; what is set there and has no effect |
//! | `post_mortem` | a prompt where a script has failed |
//! | `reload`, `version`, `refresh` | `--watch`: functions that are edited while a training runs |

pub mod as_script;
pub mod assemble;
mod before;
pub mod bench;
mod checking;
pub mod defined;
mod effects;
mod ended;
pub mod eval;
#[cfg(test)]
mod faults;
mod layout;
pub mod literal;
pub mod pause;
mod post_mortem;
pub mod prompt;
mod reach;
pub mod record;
pub mod refresh;
pub mod reload;
pub mod script;
pub mod setup;
mod shown;
mod standing;
mod version;
pub mod workspace;
