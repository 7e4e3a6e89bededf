//! What can be said of a script before it runs: what would fail, and what the language does in silence.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `findings/` | the kinds of findings with their numbers and pages, and one that was found |
//! | `known` | what the interpreter and the standard library have: functions, modules, properties |
//! | `bodies` | functions of a text by name, and what map literals say |
//! | `facts` | what a script defines, imports and asks for |
//! | `options` | which options a function takes, and which words |
//! | `calls` | functions and methods: their names, and how many values they take |
//! | `variables` | the variables in reach, and what became of them |
//! | `numbers` | which expressions are whole numbers for certain |
//! | `copies`, `unpacked`, `discarded`, `closures`, `locked`, `hidden` | traps, one each |
//! | `walk`, `statements`, `members` | the way through a script's text, with the variables in reach: values, statements, what stands behind a dot |
//! | `lines` | what the text alone says: escapes in backticks, findings that are allowed |
//! | `pages` | what `imdbsh doc W03` shows |
//! | `script` | all of it for one script and what it imports |
//! | `shown` | findings as the user sees them |

mod bodies;
mod calls;
mod closures;
mod copies;
mod discarded;
mod facts;
pub mod findings;
mod hidden;
mod known;
mod lines;
mod locked;
mod members;
mod numbers;
mod options;
pub mod pages;
pub mod script;
mod shown;
mod statements;
mod unpacked;
mod variables;
mod walk;
