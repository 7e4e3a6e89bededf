//! Runs, written as it was asked for.

use super::chosen::chosen;
use super::epochs::epochs;
use super::events::Board;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use crate::ml::files::write_atomically;
use crate::ml::run::{How, Summary, run_around};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub struct Export {
    /// Run folders, and folders of these.
    pub runs: Vec<PathBuf>,
    /// A folder for TensorBoard.
    pub tensorboard: Option<PathBuf>,
    /// A CSV file.
    pub csv: Option<PathBuf>,
}

/// Writes what is asked for, and gives a line for each kind of it. What is missing or damaged in a run is told to `wrong`, and the rest is written.
///
/// # Errors
/// A folder that cannot be read, or has no run in it; a place that cannot be written.
pub fn export(asked: &Export, wrong: &mut dyn FnMut(&str)) -> Result<Vec<String>> {
    let runs = chosen(&asked.runs)?;
    // Before anything is written.
    asked.tensorboard.as_deref().map_or(Ok(()), |folder| check(folder, "--tensorboard", true))?;
    asked.csv.as_deref().map_or(Ok(()), |file| check(file, "--csv", false))?;
    runs.iter().flat_map(|run| remarks(&run.read)).for_each(|text| wrong(&text));
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut done = Vec::new();
    if let Some(folder) = &asked.tensorboard {
        let mut board = Board::new(folder);
        for run in &runs {
            interrupt::check()?;
            board.write(run)?.iter().for_each(|text| wrong(text));
        }
        let shown = folder.display();
        done.push(format!("{shown}: {}; tensorboard --logdir {shown} shows them", count(runs.len(), "run")));
    }
    if let Some(file) = &asked.csv {
        let table = epochs(&runs)?;
        write_atomically(file, |to| to.write_all(&table.bytes))?;
        done.push(format!("{}: {} of {}", file.display(), count(table.rows, "epoch"), count(runs.len(), "run")));
    }
    Ok(done)
}

/// What of a run is damaged, or not all that one might look for.
fn remarks(run: &Summary) -> Vec<String> {
    let folder = run.folder.display();
    let mut all = run.wrong.clone();
    if run.rows.is_empty() && all.is_empty() {
        all.push(format!("{folder}: no epoch is over, so there are no figures of epochs"));
    }
    match run.how {
        How::Running => all.push(format!("{folder} is at work: this is what it has by now")),
        How::Paused => all.push(format!("{folder} waits to be gone on with: this is what it has by now")),
        _ => {}
    }
    let nulls = run.rows.iter().flat_map(|row| row.iter().filter(|(_, value)| value.is_null()));
    let names: BTreeSet<&str> = nulls.map(|(name, _)| name.as_str()).collect();
    if !names.is_empty() {
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        all.push(format!("{folder}: at some epochs no number in {names}: NaN in TensorBoard, an empty cell in CSV"));
    }
    all
}

/// Whether what is at `path`, if anything, can be what is to be there.
fn check(path: &Path, option: &str, is_folder: bool) -> Result<()> {
    if let Some(run) = run_around(path) {
        let message = format!("{option} {} lies in the run {}, whose files are its own", path.display(), run.display());
        return Err(Error::new(ErrorKind::Usage, message));
    }
    let found = access::metadata(path)?;
    let is_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    if !is_folder && !is_csv && found.as_ref().is_none_or(|found| !found.is_dir()) {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("{option} takes a file that ends in .csv, got {}", path.display()),
        ));
    }
    let (is, takes) = if is_folder { ("a file", "a folder") } else { ("a folder", "a file") };
    match found {
        Some(found) if found.is_dir() != is_folder => {
            Err(Error::new(ErrorKind::Usage, format!("{} is {is}, and {option} takes {takes}", path.display())))
        }
        _ => Ok(()),
    }
}
