//! `imdbsh fetch NAME…`.

use super::super::command::{Command, Guests};
use super::super::flags::Flags;
use super::super::usage::usage;
use crate::error::{Error, ErrorKind};
use crate::output::{say, visible};
use crate::script::Failure;
use crate::{fetch, places};
use clap::Args;
use std::path::{Path, PathBuf};

/// Downloads data sets into the cache, where scripts find them; without a name, lists those that it knows.
///
/// A download that was cut goes on where it ended. Checksums are compared before anything is unpacked, and a folder appears
/// when it is whole. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are obeyed. The folder's path goes to standard output.
#[derive(Args)]
pub struct Fetch {
    /// imdb, glove, …
    names: Vec<String>,
    /// The folder to unpack into, in place of --data, or of imdbsh/data in the cache (XDG_CACHE_HOME, ~/.cache).
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// The folder of a server that has the same archives, in place of the official one; IMDBSH_MIRROR says the same.
    #[arg(long, value_name = "URL")]
    from: Option<String>,
}

impl Command for Fetch {
    fn guests(&self) -> Guests {
        Guests::None
    }

    fn run(self, flags: Flags) -> Result<(), Failure> {
        let packages = self.names.iter().map(|name| fetch::package(name)).collect::<Result<Vec<_>, _>>();
        let packages = packages.map_err(usage)?;
        let no_home = || Failure::Usage("there is no home folder for the cache: name a folder with --to DIR".into());
        let folder = self.to.or(flags.data).or_else(places::fetched).ok_or_else(no_home)?;
        if packages.is_empty() {
            list(&folder);
            return Ok(());
        }
        let mirror = self.from.or_else(|| std::env::var("IMDBSH_MIRROR").ok()).filter(|mirror| !mirror.is_empty());
        for package in packages {
            let found = fetch::fetch(package, &folder, mirror.as_deref(), &fetch::Patience::default());
            say(&found.map_err(failed)?.display().to_string());
        }
        Ok(())
    }
}

fn list(folder: &Path) {
    for package in fetch::CATALOG {
        let there = if package.is_in(folder) { "here" } else { "" };
        say(&format!("{:<15} {:>8}  {:<5} {}", package.name, package.size, there, package.about));
    }
}

fn failed(error: Error) -> Failure {
    match error.kind {
        ErrorKind::Interrupted => Failure::Interrupted(error.message),
        _ => Failure::Script(format!("error: {}", visible(&error.message))),
    }
}
