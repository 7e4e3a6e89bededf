//! A training as one value: what it is about, where it stands, and copies of that.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `fields` | the value, its fields, its turns |
//! | `snapshots` | `snapshot`, `restore`, `fork` |
//! | `listeners` | who is told of it as it goes on: a script's callbacks; what they keep |
//! | `notify` | tells them |
//! | `average` | the average of its weights, if it keeps one |
//! | `steps` | a step that is done, and `log` |
//! | `checkpoints` | the same on the disk, in the run folder |
//! | `resume` | where it goes on after `imdbsh resume` |
//! | `folder` | what else goes there: what was changed in its course |
//! | `plan` | pauses that happen by themselves |
//! | `stopwatch` | seconds of work |

mod average;
pub mod checkpoints;
mod fields;
pub mod folder;
mod listeners;
mod notify;
mod plan;
mod resume;
mod snapshots;
mod steps;
mod stopwatch;

pub use listeners::{Host, Logged};
pub use plan::{Pause, Pauses};

use super::handles::{SnapshotHandle, StopwatchHandle, TrainingHandle, TurnHandle};
use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<TrainingHandle>("Training");
    engine.register_type_with_name::<TurnHandle>("Turn");
    engine.register_type_with_name::<SnapshotHandle>("Snapshot");
    engine.register_type_with_name::<StopwatchHandle>("Stopwatch");
    engine.register_global_module(exported_module!(checkpoints::api).into());
    engine.register_global_module(exported_module!(resume::api).into());
    engine.register_global_module(exported_module!(folder::api).into());
    engine.register_global_module(exported_module!(fields::api).into());
    engine.register_global_module(exported_module!(notify::api).into());
    engine.register_global_module(exported_module!(average::api).into());
    engine.register_global_module(exported_module!(steps::api).into());
    engine.register_global_module(exported_module!(snapshots::api).into());
    engine.register_global_module(exported_module!(plan::api).into());
    engine.register_global_module(exported_module!(stopwatch::api).into());
}
