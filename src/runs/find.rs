//! The runs below a folder.

use super::order::by_text;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::ml::run::{Summary, is_run};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// How deep runs are looked for: `runs/sweep/lr-0.1/run`, and some more.
const DEEPEST: usize = 6;

/// All runs in `folder` and below it, or that which it is itself, the earliest first. What is left of a run is one, too.
///
/// # Errors
/// A folder that is not there, or may not be read.
pub fn runs_below(folder: &Path) -> Result<Vec<Summary>> {
    let mut found: Vec<(Option<String>, Summary)> = folders(folder)?
        .par_iter()
        .map(|run| {
            let run = Summary::read(run);
            (run.started(), run)
        })
        .collect();
    // What does not say when it began stands first.
    found.sort_by(|(a, x), (b, y)| {
        a.cmp(b).then_with(|| by_text(&x.folder.to_string_lossy(), &y.folder.to_string_lossy()))
    });
    Ok(found.into_iter().map(|(_, run)| run).collect())
}

/// Their folders, in no certain order.
///
/// # Errors
/// As [`runs_below`].
pub fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    match access::metadata(folder)? {
        Some(found) if found.is_dir() => {}
        Some(_) => return Err(Error::new(ErrorKind::File, format!("{} is no folder of runs", folder.display()))),
        None => return Err(Error::new(ErrorKind::File, format!("there is no folder {}", folder.display()))),
    }
    if is_run(folder) {
        return Ok(vec![folder.to_path_buf()]);
    }
    let mut level = vec![folder.to_path_buf()];
    let mut runs = Vec::new();
    for _ in 0..DEEPEST {
        interrupt::check()?;
        let below: Vec<(PathBuf, bool)> = level.par_iter().flat_map_iter(|folder| inside(folder)).collect();
        level.clear();
        for (path, is_run) in below {
            if is_run { runs.push(path) } else { level.push(path) }
        }
    }
    Ok(runs)
}

/// The folders in a folder, and whether each is a run. Links are not followed: a run would come twice, or without an end.
fn inside(folder: &Path) -> Vec<(PathBuf, bool)> {
    let names = access::list_folders(folder).unwrap_or_default();
    let shown = names.into_iter().filter(|name| !name.as_encoded_bytes().starts_with(b"."));
    shown.map(|name| folder.join(name)).map(|path| (path.clone(), is_run(&path))).collect()
}
