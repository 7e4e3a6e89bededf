//! The commands of the program, one file each.

mod doc;
mod fetch;
mod resume;
mod run;
mod test;

pub use run::Run;

use super::command::{Row, row};

/// All that have a name, in the order in which `--help` lists them.
pub const TABLE: &[Row] =
    &[row::<test::Test>("test"), row::<doc::Doc>("doc"), row::<resume::Resume>("resume"), row::<fetch::Fetch>("fetch")];
