//! A training as one value: what it is about, where it stands, and copies of that.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `handle` | the value, its fields, its turns |
//! | `state` | what a snapshot or a checkpoint holds |
//! | `copy` | deep copies, for forks |
//! | `snapshots` | `snapshot`, `restore`, `fork` |
//! | `checkpoints` | the same on the disk, in the run folder |
//! | `pause` | the statement `pause`, and pauses that are planned |
//! | `refresh` | edited functions, for `--watch` |
//! | `stopwatch` | seconds of work |

mod checkpoints;
pub mod copy;
mod handle;
pub mod pause;
mod refresh;
mod snapshots;
mod state;
mod stopwatch;

pub use handle::TrainingHandle;
pub use state::State;
pub use stopwatch::StopwatchHandle;

use rhai::{Engine, exported_module};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<TrainingHandle>("Training");
    engine.register_type_with_name::<handle::TurnHandle>("Turn");
    engine.register_type_with_name::<snapshots::SnapshotHandle>("Snapshot");
    engine.register_type_with_name::<StopwatchHandle>("Stopwatch");
    engine.register_global_module(exported_module!(checkpoints::api).into());
    engine.register_global_module(exported_module!(handle::api).into());
    engine.register_global_module(exported_module!(refresh::api).into());
    engine.register_global_module(exported_module!(snapshots::api).into());
    engine.register_global_module(exported_module!(pause::api).into());
    engine.register_global_module(exported_module!(stopwatch::api).into());
}
