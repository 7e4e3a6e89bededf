//! What the user is told: of functions, of values, and of what went wrong.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `docs` | the index of all functions, with their `///` comments |
//! | `pages` | what `imdbsh doc` shows |
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
pub mod inspect;
pub mod pages;
pub mod size;
pub mod themes;
pub mod types;
