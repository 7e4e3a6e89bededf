//! `imdbsh fetch NAME…`.

use super::super::command::{Command, Guests};
use super::super::flags::Flags;
use super::super::usage::usage;
use crate::error::{Error, ErrorKind};
use crate::ml::data::files_of_sets;
use crate::output::{say, visible};
use crate::script::Failure;
use crate::{fetch, places};
use clap::Args;
use std::path::{Path, PathBuf};

/// Downloads data sets into the cache, where scripts find them; without a name, lists those that it knows.
///
/// `OWNER/NAME`, or `OWNER/NAME/CONFIGURATION`, is a data set of the Hugging Face hub: its training, validation and test set go into the hub's own cache, as HF_HUB_CACHE,
/// HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE say.
///
/// A download that was cut goes on where it ended. Checksums are compared before anything is unpacked, and a folder appears
/// when it is whole. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are obeyed. The folder's path goes to standard output.
#[derive(Args)]
pub struct Fetch {
    /// imdb, glove, stanfordnlp/imdb, …
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
        let (of_hub, names): (Vec<String>, Vec<String>) =
            self.names.into_iter().partition(|name| fetch::data_set_name(name).is_some());
        let packages = names.iter().map(|name| fetch::package(name)).collect::<Result<Vec<_>, _>>();
        let packages = packages.map_err(usage)?;
        for name in &of_hub {
            say(&of_the_hub(name).map_err(failed)?.display().to_string());
        }
        if names.is_empty() && !of_hub.is_empty() {
            return Ok(());
        }
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

/// The folder of a data set of the Hugging Face hub.
fn of_the_hub(name: &str) -> Result<PathBuf, Error> {
    let unknown = || Error::new(ErrorKind::Usage, format!("`{name}` is no name of the hub's"));
    let (own, config) = fetch::data_set_name(name).ok_or_else(unknown)?;
    let choose = |names: &[String]| files_of_sets(names, config, own);
    Ok(fetch::Hub::of_environment()?.data_set(own, &choose, &fetch::Patience::default())?.folder)
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
