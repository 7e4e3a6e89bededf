//! Which folders may be read and written, and how a path is found below one of them.

use crate::error::{Error, ErrorKind, Result};
use cap_std::{ambient_authority, fs::Dir};
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// What is to be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    Read,
    /// Reading included.
    Write,
}

/// A folder that is allowed, held open.
#[derive(Debug)]
pub(super) struct Root {
    /// Without links.
    pub path: PathBuf,
    /// What of the way was there in the beginning, and the rest of it: whoever exchanges a folder for a link later gains nothing.
    above: Dir,
    below: PathBuf,
    dir: OnceLock<Dir>,
    want: Want,
    /// Whether the user has asked for it, beside what all scripts reach.
    is_more: bool,
}

impl Root {
    pub fn new(folder: &Path, want: Want) -> io::Result<Self> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let (there, below) = nearest(&std::path::absolute(folder)?)?;
        let above = Dir::open_ambient_dir(&there, ambient_authority())?;
        let path = if below.as_os_str().is_empty() { there } else { there.join(&below) };
        Ok(Root { path, above, below, dir: OnceLock::new(), want, is_more: false })
    }

    /// One that was made just now.
    pub fn made(path: PathBuf, dir: Dir) -> io::Result<Self> {
        let above = dir.try_clone()?;
        Ok(Root { path, above, below: PathBuf::new(), dir: OnceLock::from(dir), want: Want::Write, is_more: false })
    }

    /// # Errors
    /// It is not there yet.
    pub fn dir(&self) -> io::Result<&Dir> {
        if let Some(dir) = self.dir.get() {
            return Ok(dir);
        }
        let dir = match self.below.as_os_str().is_empty() {
            true => self.above.try_clone()?,
            false => self.above.open_dir(&self.below)?,
        };
        Ok(self.dir.get_or_init(|| dir))
    }

    /// Makes it where it is not there, with the folders on the way.
    ///
    /// # Errors
    /// What the system says.
    pub fn make(&self) -> io::Result<&Dir> {
        if !self.below.as_os_str().is_empty() {
            self.above.create_dir_all(&self.below)?;
        }
        self.dir()
    }
}

/// `None`: all of them.
static ALLOWED: RwLock<Option<Vec<Arc<Root>>>> = RwLock::new(None);

/// From now on no folder is allowed but those that [`allow`] names.
pub fn confine() {
    *ALLOWED.write().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
}

/// Allows what is below a folder, even if it is made later. For folders that the user chose, never for one that a script names, or a
/// file that a script can write.
pub fn allow(want: Want, folder: &Path) {
    // One that cannot be opened is none to find anything in.
    if let Ok(root) = Root::new(folder, want) {
        add(root);
    }
}

/// Allows a folder that scripts do not reach otherwise: the user has asked for it.
pub fn allow_more(want: Want, folder: &Path) {
    if let Ok(root) = Root::new(folder, want) {
        add(Root { is_more: true, ..root });
    }
}

pub(super) fn add(new: Root) {
    if let Some(allowed) = ALLOWED.write().unwrap_or_else(PoisonError::into_inner).as_mut()
        && !allowed.iter().any(|root| root.path == new.path && (root.want == new.want || root.want == Want::Write))
    {
        allowed.push(Arc::new(new));
    }
}

/// What the user allows here beyond what any script could have written `path` with: code there must not be given it unasked.
pub fn more_than_the_writer_of(path: &Path) -> Option<PathBuf> {
    let (path, all) = (std::path::absolute(path).ok()?, roots(Want::Read));
    let usual: Vec<_> = all.iter().filter(|root| root.want == Want::Write && !root.is_more).collect();
    let is_usual = |path: &Path| usual.iter().any(|root| path.starts_with(&root.path));
    let more = all.iter().find(|root| root.is_more && !is_usual(&root.path))?;
    is_usual(&real(&path).unwrap_or(path)).then(|| more.path.clone())
}

/// The folders in which `want` is allowed; the whole disk before [`confine`].
fn roots(want: Want) -> Vec<Arc<Root>> {
    match ALLOWED.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
        Some(allowed) => allowed.iter().filter(|root| want == Want::Read || root.want == want).cloned().collect(),
        None => Root::new(Path::new("/"), want).into_iter().map(Arc::new).collect(),
    }
}

/// Does something with what is at `path`: `act` is given an allowed folder and the path below it.
///
/// # Errors
/// Kind `access`: the path leads nowhere below an allowed folder. Kind `file`: what `act` reports, behind `cannot DOING PATH`.
pub(super) fn within<T>(path: &Path, doing: &str, want: Want, act: impl Fn(&Dir, &Path) -> io::Result<T>) -> Result<T> {
    let failed = |e: io::Error| Error::file(doing, path, e);
    let roots = roots(want);
    let written = std::path::absolute(path).map_err(failed)?;
    let inside = |path: &Path| {
        let below = roots.iter().find_map(|root| Some((root, path.strip_prefix(&root.path).ok()?)));
        let below =
            below.map(|(root, below)| (root, if below.as_os_str().is_empty() { Path::new(".") } else { below }));
        below.map(|(root, below)| act(root.dir()?, below))
    };
    // First as it is written, which is how nearly all paths are found.
    let plain = !written.components().any(|part| part == Component::ParentDir);
    let at_once = if plain { inside(&written) } else { None };
    let seen = at_once.is_some();
    match at_once {
        Some(Err(e)) if led_outside(&e) => {}
        Some(done) => return done.map_err(failed),
        None => {}
    }
    // Then as links lead. If one is exchanged in between, the folder that is held open still lets nothing out.
    let real = real(&written);
    match real.as_deref().and_then(inside) {
        Some(Err(e)) if led_outside(&e) => Err(refused(doing, path, None, want)),
        Some(done) => done.map_err(failed),
        // Where a link outside leads to is not for the script to know.
        None => Err(refused(doing, path, real.as_deref().filter(|_| seen), want)),
    }
}

/// What cap-std says where a path leads out of its folder; the system's own refusals have a number.
pub(super) fn led_outside(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}

/// The path without links; what is not there yet stands behind it as it is written. `None` where it cannot be told.
fn real(path: &Path) -> Option<PathBuf> {
    let (there, below) = nearest(path).ok()?;
    Some(if below.as_os_str().is_empty() { there } else { there.join(below) })
}

/// What of a path is there, without links, and the rest as it is written.
fn nearest(path: &Path) -> io::Result<(PathBuf, PathBuf)> {
    let (mut missing, mut there): (Vec<OsString>, _) = (Vec::new(), path.to_path_buf());
    loop {
        match there.canonicalize() {
            Ok(real) => return Ok((real, missing.iter().rev().collect())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                missing.push(there.file_name().ok_or(e)?.to_os_string());
                there.pop();
            }
            Err(e) => return Err(e),
        }
    }
}

/// The error that says what a script may do, and how the user allows more.
pub(super) fn refused(doing: &str, path: &Path, leads_to: Option<&Path>, want: Want) -> Error {
    let allowed: Vec<String> = roots(want).iter().map(|root| root.path.display().to_string()).collect();
    let allowed = if allowed.is_empty() { "no folder, for the current one is gone".into() } else { allowed.join(", ") };
    let target = leads_to.unwrap_or(path);
    let folder = std::path::absolute(target).ok().and_then(|p| p.parent().map(Path::to_path_buf)).unwrap_or_default();
    let (verb, flag) = match want {
        Want::Read => ("reads", "--allow-read"),
        Want::Write => ("writes", "--allow-write"),
    };
    let link = leads_to.map(|real| format!(" (it leads to {})", real.display())).unwrap_or_default();
    let message = format!(
        "cannot {doing} {}{link}: a script {verb} only below {}; {flag} {} would allow it",
        path.display(),
        allowed,
        folder.display()
    );
    Error::new(ErrorKind::Access, message)
}
