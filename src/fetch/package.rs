//! A data set into its folder: downloaded, verified, unpacked.

use super::address::shown;
use super::catalog::Package;
use super::download::{self, Download, interrupted};
use super::lock::lock;
use super::patience::Patience;
use super::unpack;
use crate::error::{Error, ErrorKind, Result};
use crate::output::complain;
use std::fs;
use std::path::{Path, PathBuf};

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
    complain(&format!("downloading {} ({})", shown(&part.url), package.size));
    let mut resumed = part.run(patience)?;
    let Some(expected) = package.md5 else { return Ok(()) };
    loop {
        let md5 = download::md5(&part.path)?;
        if md5 == expected {
            return Ok(());
        }
        part.remove();
        if !resumed {
            let url = shown(&part.url);
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
