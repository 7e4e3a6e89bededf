//! What the user is told: of functions, of values, and of what went wrong.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `docs` | the index of all functions, with their `///` comments |
//! | `pages` | what `imdbsh doc` shows |
//! | `guide`, `words` | the guide's pages; what a search asks for |
//! | `reference` | all of it as Markdown |
//! | `themes` | which functions belong together |
//! | `types` | the names of types as scripts know them |
//! | `inspect`, `size` | what can be named at a prompt, and how large it is |
//! | `explain` | an error in words, and what would work |
//! | `diagnostics` | a script error as the user sees it, with its place |
//! | `failure` | how a script ends early |

pub mod diagnostics;
pub mod docs;
pub mod explain;
pub mod failure;
pub mod guide;
pub mod inspect;
pub mod pages;
pub mod reference;
pub mod size;
pub mod themes;
pub mod types;
mod words;
