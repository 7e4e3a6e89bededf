//! The folder that a run writes into: what was asked (`config.json`, the script), what came out (`metrics.jsonl`,
//! `loss.png`, and the weights, which others put there).

mod best;
mod clock;
mod config;
mod course;
mod curves;
mod folder;
mod fresh;
mod going_on;
mod heartbeat;
mod held;
mod index;
mod left;
mod lock;
mod log;
mod machine;
mod names;
mod predictions;
mod record;
mod repository;
mod resumed;
mod seen;
mod standing;
mod status;
mod steps;
mod summary;
mod turns;
mod unwritten;
mod writer;

pub use clock::stamp;
pub use config::{id, new_id, read_config};
pub use curves::training_curves;
pub use folder::RunFolder;
pub use fresh::new_folder;
pub use left::{End, settle};
pub use machine::machine;
pub use names::{CHANGES, ID, METRICS, PLOT, PREDICTIONS, RESULT, SCRIPT, WEIGHTS};
pub use predictions::{Predictions, Said};
pub use record::{Record, line};
pub use repository::repository;
pub use resumed::{FUNCTIONS, Resumed};
pub use seen::How;
pub use status::{State, Status};
pub use steps::Steps;
pub use summary::{Summary, heartbeat_of, is_held, is_run, rows_of, status, usual, write_tags};
pub use writer::Run;
