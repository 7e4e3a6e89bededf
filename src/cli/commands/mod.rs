//! The commands of the program, one file each.

mod check;
mod doc;
mod fetch;
mod predict;
mod replay;
mod report;
mod resume;
mod run;
mod runs;
mod sweep;
mod test;

pub use run::Run;

use super::command::{Row, row};

/// All that have a name, in the order in which `--help` lists them.
pub const TABLE: &[Row] = &[
    row::<check::Check>("check"),
    row::<test::Test>("test"),
    row::<doc::Doc>("doc"),
    row::<resume::Resume>("resume"),
    row::<replay::Replay>("replay"),
    row::<runs::Runs>("runs"),
    row::<report::Report>("report"),
    row::<predict::Predict>("predict"),
    row::<sweep::SweepCommand>("sweep"),
    row::<fetch::Fetch>("fetch"),
];
