//! Event files, which TensorBoard reads. They are only written here.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `messages` | the protocol buffers that are in them |
//! | `records` | how these follow each other, with checksums |
//! | `file` | a run's file: its name, how it is begun and appended to |
//! | `scalars`, `steps` | the rows of epochs, the lines of steps |
//! | `times` | when all of that happened |
//! | `hparams` | what a run was asked for, and how it ended |
//! | `histogram`, `pictures`, `text` | the spread of weights; PNG files; what is to be read |

mod file;
mod histogram;
pub mod hparams;
pub mod messages;
mod pictures;
mod records;
pub mod scalars;
mod steps;
mod text;
mod times;

pub use file::{EventFile, Events, is_anothers, now};
pub use histogram::histogram;
pub use pictures::{files as picture_files, picture};
pub use steps::{Steps, events as step_events};
pub use text::text;
pub use times::{Times, ended};
