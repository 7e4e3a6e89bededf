//! The folders that the user wants runs to be kept in.

use super::rules::{Root, Want, add};
use crate::error::{Error, Result};
use cap_std::fs::Dir;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// `--run-dir`: the folder `DIR` for the first run of a program, `DIR-2` and so on beside it for those that follow. `DIR` is the
/// user's word; the others are only names, and so they are folders that this program makes.
#[derive(Debug)]
pub struct RunPlace {
    /// As the user wrote it.
    shown: PathBuf,
    first: Root,
    /// Where the others go, and what their names begin with.
    beside: Root,
    name: OsString,
}

impl RunPlace {
    /// From here on the way to the folder is held open: made before a script runs, it leads where the user saw it lead.
    ///
    /// # Errors
    /// A path that cannot be a folder's.
    pub fn new(folder: &Path) -> Result<Self> {
        let place = || {
            let path = std::path::absolute(folder)?;
            let none = || io::Error::other("it has no name");
            let (above, name) = (path.parent().ok_or_else(none)?, path.file_name().ok_or_else(none)?);
            let [first, beside] = [Root::new(folder, Want::Write)?, Root::new(above, Want::Write)?];
            Ok(RunPlace { shown: folder.to_path_buf(), first, beside, name: name.to_os_string() })
        };
        place().map_err(|e| unmade(folder, e))
    }

    /// Makes the folder for a run, the `count`th of this program, and allows writing below it. Only the first may be there before;
    /// where another run has taken the name of a later one, the next free one is used.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn make(&self, count: usize) -> Result<PathBuf> {
        if count <= 1 {
            let dir = self.first.make().and_then(Dir::try_clone);
            let root = dir.and_then(|dir| Root::made(self.first.path.clone(), dir));
            add(root.map_err(|e| unmade(&self.shown, e))?);
            return Ok(self.shown.clone());
        }
        let mut count = count;
        loop {
            let mut name = self.name.clone();
            name.push(format!("-{count}"));
            let shown = self.shown.with_file_name(&name);
            match self.make_beside(&name) {
                Ok(root) => add(root),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                    count += 1;
                    continue;
                }
                Err(e) => return Err(unmade(&shown, e)),
            }
            return Ok(shown);
        }
    }

    fn make_beside(&self, name: &OsString) -> io::Result<Root> {
        let dir = self.beside.make()?;
        dir.create_dir(name)?;
        Root::made(self.beside.path.join(name), open_itself(dir, name)?)
    }
}

/// Opens a folder, and nothing that a link in its place leads to.
fn open_itself(dir: &Dir, name: &OsString) -> io::Result<Dir> {
    #[cfg(unix)]
    {
        use rustix::fs::{Mode, OFlags, openat};
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Dir::from_std_file(openat(dir, name, flags, Mode::empty())?.into()))
    }
    #[cfg(not(unix))]
    dir.open_dir(name)
}

fn unmade(folder: &Path, e: io::Error) -> Error {
    Error::file("make the run folder", folder, e)
}
