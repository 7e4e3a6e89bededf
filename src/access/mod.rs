//! The files that scripts reach: every path that a script names, or that is found below one, is opened here and nowhere else.
//!
//! What may be read and written is a list of folders ([`confine`], [`allow`]), each held open. A path is opened from such a
//! folder, by the system or step by step, so that neither `..` nor a link leads out of it, even one that is exchanged at that
//! moment (cap-std sees to it). Until [`confine`] is called, as in tests and in commands that run no script, every folder is allowed.
//!
//! What the program opens for itself (the user's script, the cache, downloads, the prompt's history) does not come this way.

#![expect(clippy::disallowed_methods, reason = "where the files of scripts are opened")]

mod pattern;
mod rules;
mod runs;

pub use pattern::{by_number, is_pattern, matching};
pub use rules::{Want, allow, allow_more, confine, more_than_the_writer_of};
pub use runs::RunPlace;

use crate::error::{Error, ErrorKind, Result};
use crate::memory;
use cap_std::fs::{Dir, Metadata, OpenOptions};
use rules::{refused, within};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Opens a file to read.
///
/// # Errors
/// Kind `access`: a path outside of what may be read. A file that is not there; a folder, a pipe or a device.
pub fn open(path: &Path) -> Result<File> {
    let file = open_with(path, "read", Want::Read, OpenOptions::new().read(true))?;
    // The environment of this and other programs is in there.
    #[cfg(target_os = "linux")]
    if rustix::fs::fstatfs(&file).is_ok_and(|at| at.f_type == rustix::fs::PROC_SUPER_MAGIC) {
        return Err(refused("read", path, None, Want::Read));
    }
    Ok(file)
}

/// The bytes of a file.
///
/// # Errors
/// As [`open`].
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let mut file = open(path)?;
    let length = file.metadata().map_or(0, |file| file.len());
    memory::room(|| format!("reading {}", path.display()), length)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|e| Error::file("read", path, e))?;
    Ok(bytes)
}

/// The text of a file.
///
/// # Errors
/// As [`open`]; bytes that are not UTF-8.
pub fn read_to_string(path: &Path) -> Result<String> {
    let not_text = |_| Error::file("read", path, "it is no text in UTF-8");
    String::from_utf8(read(path)?).map_err(not_text)
}

/// Opens a file to write at its end; makes it where it is not there.
///
/// # Errors
/// Kind `access`: a path outside of what may be written. What the system says.
pub fn append(path: &Path) -> Result<File> {
    open_with(path, "write", Want::Write, OpenOptions::new().append(true).create(true))
}

/// Makes a file to write into; none where one is there already.
///
/// # Errors
/// As [`append`].
pub fn create_new(path: &Path) -> Result<Option<File>> {
    within(path, "write", Want::Write, |dir, below| {
        match dir.open_with(below, OpenOptions::new().write(true).create_new(true)) {
            Ok(file) => Ok(Some(file.into_std())),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(None),
            Err(e) => Err(e),
        }
    })
}

/// Gives a file or folder another name beside itself.
///
/// # Errors
/// As [`append`]; a name that something else has, if that cannot be replaced.
pub fn rename_beside(path: &Path, name: &str) -> Result<()> {
    within(path, "rename", Want::Write, |dir, below| dir.rename(below, dir, below.with_file_name(name)))
}

fn open_with(path: &Path, doing: &str, want: Want, options: &mut OpenOptions) -> Result<File> {
    // A pipe with nobody at its other end would be waited for.
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::custom_flags(options, libc::O_NONBLOCK);
    within(path, doing, want, |dir, below| {
        let file = dir.open_with(below, options)?.into_std();
        match file.metadata()? {
            found if found.is_file() => Ok(file),
            found if found.is_dir() => Err(io::Error::other("it is a folder")),
            _ => Err(io::Error::other("it is no regular file")),
        }
    })
}

/// The folder that is to hold the file at `path`, and the file's name in it.
///
/// # Errors
/// As [`append`].
pub(crate) fn place(path: &Path) -> Result<(Dir, OsString)> {
    within(path, "write", Want::Write, |dir, below| {
        let name = below.file_name().ok_or_else(|| io::Error::other("it is a folder"))?;
        let folder = below.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok((dir.open_dir(folder)?, name.to_os_string()))
    })
}

/// Makes a folder, and those above it.
///
/// # Errors
/// As [`append`].
pub fn create_dir_all(path: &Path) -> Result<()> {
    within(path, "make the folder", Want::Write, |dir, below| match dir.create_dir_all(below) {
        // What is there may be a link that leads out: then that is the error.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            if dir.metadata(below)?.is_dir() {
                Ok(())
            } else {
                Err(e)
            }
        }
        done => done,
    })
}

/// Makes a folder; says whether it was not there.
///
/// # Errors
/// As [`append`].
pub fn create_dir(path: &Path) -> Result<bool> {
    within(path, "make the folder", Want::Write, |dir, below| match dir.create_dir(below) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(e),
    })
}

/// Removes a file.
///
/// # Errors
/// As [`append`].
pub fn remove_file(path: &Path) -> Result<()> {
    within(path, "remove", Want::Write, |dir, below| dir.remove_file(below))
}

/// Removes a folder with all that is in it; links in it are removed, and what they lead to stays.
///
/// # Errors
/// As [`append`]; a link in the place of the folder.
pub fn remove_folder(path: &Path) -> Result<()> {
    within(path, "remove", Want::Write, |dir, below| match dir.symlink_metadata(below)?.is_dir() {
        true => dir.remove_dir_all(below),
        false => Err(io::Error::other("it is no folder, but a link to one")),
    })
}

/// The names of what is in a folder, in alphabetical order.
///
/// # Errors
/// As [`open`].
pub fn list(path: &Path) -> Result<Vec<OsString>> {
    let mut names: Vec<OsString> = within(path, "read the folder", Want::Read, |dir, below| {
        dir.read_dir(below)?.map(|entry| Ok(entry?.file_name())).collect()
    })?;
    names.sort();
    Ok(names)
}

/// The names of the folders in a folder, links to others left out.
///
/// # Errors
/// As [`open`].
pub fn list_folders(path: &Path) -> Result<Vec<OsString>> {
    within(path, "read the folder", Want::Read, |dir, below| {
        let entries = dir.read_dir(below)?.filter_map(|entry| {
            let entry = entry.ok()?;
            entry.file_type().is_ok_and(|kind| kind.is_dir()).then(|| entry.file_name())
        });
        Ok(entries.collect())
    })
}

/// What is at `path`; `None` where nothing is.
///
/// # Errors
/// Kind `access`: a path outside of what may be read.
pub fn metadata(path: &Path) -> Result<Option<Metadata>> {
    match within(path, "read", Want::Read, |dir, below| dir.metadata(below)) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind == ErrorKind::Access => Err(error),
        Err(_) => Ok(None),
    }
}

/// What is at `path` itself, a link included; `None` where nothing is.
///
/// # Errors
/// As [`metadata`].
pub fn link_metadata(path: &Path) -> Result<Option<Metadata>> {
    match within(path, "read", Want::Read, |dir, below| dir.symlink_metadata(below)) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind == ErrorKind::Access => Err(error),
        Err(_) => Ok(None),
    }
}

/// Whether what is at `path`, or could be, may be written.
///
/// # Errors
/// Kind `access`: it may not.
pub fn may_write(path: &Path) -> Result<()> {
    match within(path, "write", Want::Write, |dir, below| dir.metadata(below).map(drop)) {
        Err(error) if error.kind == ErrorKind::Access => Err(error),
        _ => Ok(()),
    }
}

/// Whether both names are of one file or folder, which is there.
pub fn same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Where a file is, without links: of whoever exchanges one later, what is opened by this path knows nothing.
///
/// # Errors
/// As [`open`].
pub fn resolve(path: &Path) -> Result<PathBuf> {
    let real = path.canonicalize().map_err(|e| Error::file("read", path, e));
    // What may not be read is refused as it was asked for.
    let found = within(path, "read", Want::Read, |dir, below| dir.metadata(below).map(drop));
    let real = found.and(real)?;
    within(&real, "read", Want::Read, |dir, below| dir.metadata(below).map(drop)).map(|()| real)
}

/// Whether nothing has this path: no link that leads nowhere either, and nothing that cannot be looked at.
pub fn is_free(path: &Path) -> bool {
    let found = within(path, "read", Want::Read, |dir, below| match dir.symlink_metadata(below) {
        Err(e) if rules::led_outside(&e) => Err(e),
        Err(e) => Ok(e.kind() == io::ErrorKind::NotFound),
        Ok(_) => Ok(false),
    });
    // What is no refusal says that the allowed folder itself is not there.
    found.unwrap_or_else(|error| error.kind != ErrorKind::Access)
}

/// Whether something is there.
///
/// # Errors
/// As [`metadata`].
pub fn exists(path: &Path) -> Result<bool> {
    Ok(metadata(path)?.is_some())
}

/// Whether a file is there that may be read.
pub fn is_file(path: &Path) -> bool {
    metadata(path).is_ok_and(|found| found.is_some_and(|m| m.is_file()))
}

/// Whether a folder is there that may be read.
pub fn is_dir(path: &Path) -> bool {
    metadata(path).is_ok_and(|found| found.is_some_and(|m| m.is_dir()))
}
