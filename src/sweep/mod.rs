//! `imdbsh sweep`: one script with many options. A sweep is a folder: its plan, and an ordinary run folder for each trial. Whoever works on it (several programs, on
//! several machines) looks into the folder for what is left, and nowhere else.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `values`, `trials` | what `key=value` stands for, and which trials come of it |
//! | `resolved` | the options of each trial as the script will have them |
//! | `plan` | what a sweep is: `plan.json` |
//! | `folder` | the folder: where each trial is, how it ended, what it came to |
//! | `claim` | who is at work on a trial |
//! | `rungs` | successive halving: which settings go on, and how far |
//! | `child` | a trial, as a program of its own |
//! | `worker` | does what is left |
//! | `score`, `results` | the figure by which trials are compared; the table, and the picture |

mod child;
mod claim;
mod folder;
mod plan;
mod resolved;
mod results;
mod rungs;
mod score;
mod trials;
mod values;
mod worker;

pub use child::Starter;
pub use claim::Way;
pub use folder::{Sweep, is_sweep};
pub use plan::{Plan, fingerprint};
pub use resolved::{epochs, resolved};
pub use results::Results;
pub use rungs::rungs;
pub use trials::{SEED, grid, random};
pub use values::Values;
pub use worker::{Report, Worker};
