//! `imdbsh test PATH`.

use super::super::command::{Command, Guests};
use super::super::confine::Reach;
use super::super::flags::Flags;
use crate::script::Failure;
use crate::testing;
use clap::Args;
use std::path::{Path, PathBuf};

/// Runs the functions test_… of a suite, or of every suite in a folder.
#[derive(Args)]
pub struct Test {
    /// A .rhai file, or a folder of them.
    path: PathBuf,
}

impl Command for Test {
    fn guests(&self) -> Guests {
        let folder = if self.path.is_dir() { Some(self.path.as_path()) } else { self.path.parent() };
        Guests::Of(Reach { read: folder.map(Path::to_path_buf).into_iter().collect(), ..Reach::default() })
    }

    fn run(self, flags: Flags) -> Result<(), Failure> {
        testing::run(&self.path, || flags.setup("test"))
    }
}
