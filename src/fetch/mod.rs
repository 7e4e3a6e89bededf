//! `imdbsh fetch`: data sets from their official addresses into the cache, whole or not at all; and pre-trained models from
//! the Hugging Face hub, when a script names one.
//!
//! ```text
//! catalog → download (http) → checksum → unpack into a temporary folder → rename
//! ```

#![expect(clippy::disallowed_methods, reason = "the program's own folders")]

mod bar;
mod catalog;
mod download;
mod http;
mod hub;
mod unpack;

pub use catalog::{CATALOG, Package};
pub use hub::{Hub, is_name};

use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::ml::files::try_lock;
use crate::output::complain;
use download::Download;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a download is tried.
#[derive(Debug, Clone)]
pub struct Patience {
    /// Attempts in a row that bring nothing.
    pub attempts: u32,
    /// Before the second attempt; it doubles from one to the next.
    pub wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { attempts: 6, wait: Duration::from_secs(1) }
    }
}

/// The package of this name.
///
/// # Errors
/// There is none; the nearest is named.
pub fn package(name: &str) -> Result<&'static Package> {
    let names: Vec<&str> = CATALOG.iter().map(|p| p.name).collect();
    let found = CATALOG.iter().find(|p| p.name == name);
    found.ok_or_else(|| Error::unknown(ErrorKind::Usage, "data set", name, &names))
}

impl Package {
    /// Where the archive is: at its official address, or in the folder `mirror` of another server.
    pub fn url(&self, mirror: Option<&str>) -> String {
        format!("{}/{}", mirror.unwrap_or(self.base).trim_end_matches('/'), self.archive)
    }

    /// Whether `folder/…` holds all of it.
    pub fn is_in(&self, folder: &Path) -> bool {
        self.holds.iter().all(|name| folder.join(self.folder).join(name).exists())
    }
}

/// Downloads, verifies and unpacks a package below `folder`, and gives the path of its own folder; where it is there already,
/// nothing is done. Of two at once the second waits for the first. A download that was cut is gone on with.
///
/// # Errors
/// An answer of the server that is no file, a checksum that differs, an archive that is damaged or unsafe, a folder that cannot be
/// written or is there but not whole; Ctrl-C. The package's folder is then as it was.
pub fn fetch(package: &Package, folder: &Path, mirror: Option<&str>, patience: &Patience) -> Result<PathBuf> {
    let target = folder.join(package.folder);
    if package.is_in(folder) {
        complain(&format!("{} is there already", package.name));
        return Ok(target);
    }
    fs::create_dir_all(folder).map_err(|e| Error::file("make the folder", folder, e))?;
    let _lock = lock(&hidden(folder, package.folder, "lock"), package.name)?;
    if package.is_in(folder) {
        return Ok(target);
    }
    if target.exists() {
        let missing = package.holds.iter().find(|name| !target.join(name).exists()).unwrap_or(&"");
        let path = target.display();
        return Err(Error::data(format!(
            "{path} is there but has no {missing}: move it away, or choose another folder with --to"
        )));
    }
    let path = hidden(folder, package.archive, "part");
    let part = Download { url: package.url(mirror), path, headers: Vec::new() };
    download(package, &part, patience)?;
    let unpacking = hidden(folder, package.folder, "unpacking");
    // What a run that was killed has left.
    remove(&unpacking)?;
    let unpacked = unpack_into(package, &part.path, &unpacking, &target);
    let removed = remove(&unpacking);
    match unpacked {
        Ok(()) => part.remove(),
        // Whatever is wrong with the archive, another one is needed. A full disk is no fault of its own.
        Err(ref e) if e.kind == ErrorKind::Data => part.remove(),
        Err(ref e) if e.kind == ErrorKind::Interrupted => {
            return Err(interrupted("the download is kept, and the same command goes on with it"));
        }
        Err(_) => {}
    }
    unpacked.and(removed)?;
    Ok(target)
}

/// The whole archive, with the right checksum.
fn download(package: &Package, part: &Download, patience: &Patience) -> Result<()> {
    complain(&format!("downloading {} ({})", part.url, package.size));
    let mut resumed = part.run(patience)?;
    let Some(expected) = package.md5 else { return Ok(()) };
    loop {
        let md5 = download::md5(&part.path)?;
        if md5 == expected {
            return Ok(());
        }
        part.remove();
        if !resumed {
            let url = &part.url;
            return Err(Error::data(format!(
                "{url} is not the file that was expected: its MD5 is {md5}, expected {expected}; the download is deleted"
            )));
        }
        complain("what an earlier run had left does not fit what came now: downloading all of it once more");
        resumed = part.run(patience)?;
    }
}

fn unpack_into(package: &Package, archive: &Path, unpacking: &Path, target: &Path) -> Result<()> {
    fs::create_dir(unpacking).map_err(|e| Error::file("make the folder", unpacking, e))?;
    unpack::unpack(archive, package.archive, unpacking)?;
    let whole = if package.wrapped { unpacking.join(package.folder) } else { unpacking.to_path_buf() };
    if let Some(missing) = package.holds.iter().find(|name| !whole.join(name).exists()) {
        return Err(Error::data(format!("{} holds no {missing}: it is not {}", package.archive, package.about)));
    }
    fs::rename(&whole, target).map_err(|e| Error::file("make the folder", target, e))
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::file("remove", folder, e)),
        _ => Ok(()),
    }
}

/// `folder/.name.ending`
fn hidden(folder: &Path, name: &str, ending: &str) -> PathBuf {
    folder.join(format!(".{name}.{ending}"))
}

/// Waits until no other run holds the file's lock. See [`try_lock`].
fn lock(path: &Path, name: &str) -> Result<File> {
    let mut said = false;
    loop {
        let file = File::create(path).map_err(|e| Error::file("write", path, e))?;
        if let Some(lock) = try_lock(file, path)? {
            return Ok(lock);
        }
        if !said {
            complain(&format!("another run is fetching {name}: waiting for it"));
            said = true;
        }
        interrupt::check()?;
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn interrupted(what: &str) -> Error {
    Error::new(ErrorKind::Interrupted, format!("interrupted: {what}"))
}

fn size(bytes: u64) -> String {
    indicatif::DecimalBytes(bytes).to_string()
}
