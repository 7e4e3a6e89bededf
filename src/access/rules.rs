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

/// A folder that is allowed, held open once it is there.
#[derive(Debug)]
struct Root {
    /// Without links.
    path: PathBuf,
    dir: OnceLock<Dir>,
    want: Want,
}

impl Root {
    fn new(path: PathBuf, want: Want) -> Self {
        let root = Root { path, dir: OnceLock::new(), want };
        let _ = root.dir();
        root
    }

    fn dir(&self) -> io::Result<&Dir> {
        if let Some(dir) = self.dir.get() {
            return Ok(dir);
        }
        let dir = Dir::open_ambient_dir(&self.path, ambient_authority())?;
        Ok(self.dir.get_or_init(|| dir))
    }
}

/// `None`: all of them.
static ALLOWED: RwLock<Option<Vec<Arc<Root>>>> = RwLock::new(None);

/// From now on no folder is allowed but those that [`allow`] names.
pub fn confine() {
    *ALLOWED.write().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
}

/// Allows what is below a folder, even if it is made later. For folders that the user chose, never for one that a script names.
pub fn allow(want: Want, folder: &Path) {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let path = folder.canonicalize().or_else(|_| std::path::absolute(folder)).unwrap_or_default();
    if let Some(allowed) = ALLOWED.write().unwrap_or_else(PoisonError::into_inner).as_mut()
        && !allowed.iter().any(|root| root.path == path && (root.want == want || root.want == Want::Write))
    {
        allowed.push(Arc::new(Root::new(path, want)));
    }
}

/// Makes the run folder that the user named, and allows writing below it.
///
/// # Errors
/// It cannot be made.
pub fn allow_run(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|e| Error::file("make the run folder", folder, e))?;
    allow(Want::Write, folder);
    Ok(())
}

/// The folders in which `want` is allowed; the whole disk before [`confine`].
fn roots(want: Want) -> Vec<Arc<Root>> {
    match ALLOWED.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
        Some(allowed) => allowed.iter().filter(|root| want == Want::Read || root.want == want).cloned().collect(),
        None => vec![Arc::new(Root::new("/".into(), want))],
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
fn led_outside(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}

/// The path without links; what is not there yet stands behind it as it is written. `None` where it cannot be told.
fn real(path: &Path) -> Option<PathBuf> {
    let mut missing: Vec<OsString> = Vec::new();
    let mut there = path.to_path_buf();
    loop {
        match there.canonicalize() {
            Ok(real) => return Some(missing.iter().rev().fold(real, |path, name| path.join(name))),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                missing.push(there.file_name()?.to_os_string());
                there.pop();
            }
            Err(_) => return None,
        }
    }
}

/// The error that says what a script may do, and how the user allows more.
pub(super) fn refused(doing: &str, path: &Path, leads_to: Option<&Path>, want: Want) -> Error {
    let allowed: Vec<String> = roots(want).iter().map(|root| root.path.display().to_string()).collect();
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
        allowed.join(", "),
        folder.display()
    );
    Error::new(ErrorKind::Access, message)
}
