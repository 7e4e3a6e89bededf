//! The folder that a run writes into: what was asked (`config.json`, the script), what came out (`metrics.jsonl`,
//! `loss.png`, and the weights, which others put there).

mod best;
mod clock;
mod config;
mod curves;
mod folder;
mod going_on;
mod lock;
mod log;
mod names;
mod record;
mod resumed;
mod turns;
mod unwritten;
mod writer;

pub use config::{id, new_id, read_config};
pub use curves::training_curves;
pub use folder::RunFolder;
pub use names::{CHANGES, ID, METRICS, PLOT, SCRIPT, WEIGHTS};
pub use record::Record;
pub use resumed::Resumed;
pub use writer::Run;
