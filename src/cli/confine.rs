//! What the scripts that a command runs may reach.

use super::flags::Flags;
use crate::access::{self, Want};
use crate::output::complain;
use crate::script::Failure;
use crate::{interrupt, memory, places};
use std::path::Path;
use std::time::Duration;

/// From here on, what happens is done for a script: it reaches the files, and takes the memory and the time, that the user allows.
/// It may read `folder`.
///
/// # Errors
/// A folder to allow that is not there.
pub fn confine(flags: &Flags, folder: Option<&Path>) -> Result<(), Failure> {
    if let Some(folder) = flags.allow_read.iter().chain(&flags.allow_write).find(|folder| !folder.is_dir()) {
        return Err(Failure::Usage(format!("there is no folder {} to allow", folder.display())));
    }
    memory::limit(flags.max_memory);
    if let Some(seconds) = flags.max_seconds {
        interrupt::expire_after(Duration::from_secs(seconds.into()), complain);
    }
    access::confine();
    let chosen = flags.allow_write.iter().map(|folder| (Want::Write, folder.as_path()));
    let chosen = chosen.chain(flags.allow_read.iter().map(|folder| (Want::Read, folder.as_path())));
    for (want, folder) in chosen.chain([(Want::Write, Path::new("."))]) {
        access::allow(want, folder);
    }
    let known = places::data_folders(flags.data.as_deref()).chain(places::library_folders());
    for folder in known.chain(folder.map(Path::to_path_buf)) {
        access::allow(Want::Read, &folder);
    }
    Ok(())
}
