//! Runs as other programs read them.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `all` | what was asked for, done |
//! | `chosen` | the runs, and a name for each |
//! | `events` | a run for TensorBoard |
//! | `epochs` | all epochs of all runs in one table |

mod all;
mod chosen;
mod epochs;
mod events;

pub use all::{Export, export};
