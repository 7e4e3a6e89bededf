//! The runs that are exported, and what each is called where they stand side by side.

use super::super::find::runs_below;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::run::{Summary, is_run};
use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

#[derive(Debug)]
pub struct Chosen {
    /// A path below the folder that was named, or the last part of the run's own.
    pub name: PathBuf,
    /// Where the run is, without links.
    pub place: PathBuf,
    pub read: Summary,
}

/// The runs that `paths` are, or have below them, each once.
///
/// # Errors
/// A folder that cannot be read, or in which there is no run.
pub fn chosen(paths: &[PathBuf]) -> Result<Vec<Chosen>> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for path in paths {
        let runs = runs_below(path)?;
        if runs.is_empty() {
            return Err(Error::new(ErrorKind::File, format!("there is no run in {}", path.display())));
        }
        for read in runs {
            let place = access::resolve(&read.folder)?;
            if seen.insert(place.clone()) {
                let below = read.folder.strip_prefix(path).ok().filter(|_| !is_run(path));
                let own = || PathBuf::from(place.file_name().unwrap_or_default());
                let name = plain(&below.map_or_else(own, Path::to_path_buf));
                all.push(Chosen { name, place, read });
            }
        }
    }
    Ok(all)
}

/// The path with signs in place of what steers a terminal or breaks a line: it becomes a folder's name, which others show.
fn plain(path: &Path) -> PathBuf {
    let part = |part: Component| -> String {
        let text = part.as_os_str().to_string_lossy().into_owned();
        text.chars().map(|c| if c.is_control() { '_' } else { c }).collect()
    };
    path.components().filter(|part| matches!(part, Component::Normal(_))).map(part).collect()
}
