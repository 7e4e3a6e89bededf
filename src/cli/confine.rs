//! What the scripts that a command runs may reach.

use super::flags::Flags;
use crate::access::{self, Want};
use crate::output::complain;
use crate::script::Failure;
use crate::{interrupt, memory, places};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a command lets scripts reach beside what the flags say.
#[derive(Default)]
pub struct Reach {
    pub read: Vec<PathBuf>,
    pub write: Option<PathBuf>,
}

/// From here on, what happens is done for a script: it reaches the files that the user allows. All of them are named by the command
/// line and the environment, never by a file that a script can write.
///
/// # Errors
/// A folder to allow that is not there.
pub fn confine(flags: &Flags, reach: &Reach) -> Result<(), Failure> {
    if let Some(folder) = flags.allow_read.iter().chain(&flags.allow_write).find(|folder| !folder.is_dir()) {
        return Err(Failure::Usage(format!("there is no folder {} to allow", folder.display())));
    }
    access::confine();
    access::allow(Want::Write, Path::new("."));
    flags.allow_write.iter().for_each(|folder| access::allow_more(Want::Write, folder));
    flags.allow_read.iter().for_each(|folder| access::allow_more(Want::Read, folder));
    reach.write.iter().for_each(|folder| access::allow(Want::Write, folder));
    let known = places::data_folders(flags.data.as_deref()).chain(places::library_folders());
    known.chain(reach.read.iter().cloned()).for_each(|folder| access::allow(Want::Read, &folder));
    Ok(())
}

/// From here on, what is taken is taken by a script, which gets the memory and the time that the user allows.
pub fn limit(flags: &Flags) {
    memory::limit(flags.max_memory, complain);
    if let Some(seconds) = flags.max_seconds {
        interrupt::expire_after(Duration::from_secs(seconds.into()), complain);
    }
}
