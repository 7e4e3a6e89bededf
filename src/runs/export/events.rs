//! A run as TensorBoard shows it: a folder with one event file.

use super::super::page::page;
use super::chosen::Chosen;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::run::{Summary, WEIGHTS, is_run, settings};
use crate::ml::tensorboard::{
    EventFile, Events, Steps, Times, ended, histogram, hparams, is_anothers, picture, picture_files, scalars,
    step_events, text,
};
use crate::ml::weights;
use sha1::{Digest, Sha1};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

/// The folder that TensorBoard is to be pointed at.
pub struct Board<'a> {
    folder: &'a Path,
    taken: HashSet<PathBuf>,
}

impl<'a> Board<'a> {
    pub fn new(folder: &'a Path) -> Self {
        Board { folder, taken: HashSet::new() }
    }

    /// Writes a run's file, in place of that which was written of it before. Says what of the run is missing or damaged, and is not in it.
    ///
    /// # Errors
    /// A folder that is a run's, or cannot be written; a full disk.
    pub fn write(&mut self, run: &Chosen) -> Result<Vec<String>> {
        // A run is known by its place: another one of the same name gets another folder, today or at the next export.
        let hash = Sha1::digest(run.place.as_os_str().as_encoded_bytes());
        let owner: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let folder = self.folder_for(&run.name, &owner)?;
        let mut wrong = Vec::new();
        EventFile::begin(&folder, &owner, |events| write(&run.read, events, &mut wrong))?;
        Ok(wrong)
    }

    fn folder_for(&mut self, name: &Path, owner: &str) -> Result<PathBuf> {
        let mut count = 1;
        loop {
            let number = if count == 1 { String::new() } else { format!("-{count}") };
            let folder = self.folder.join(format!("{}{number}", name.display()));
            if is_run(&folder) {
                let message = format!(
                    "{} is the folder of a run, where others look for what is its own: --tensorboard takes another folder",
                    folder.display()
                );
                return Err(Error::new(ErrorKind::Usage, message));
            }
            if !self.taken.contains(&folder) && !is_anothers(&folder, owner)? {
                self.taken.insert(folder.clone());
                return Ok(folder);
            }
            count += 1;
        }
    }
}

fn write(run: &Summary, events: &mut Events, wrong: &mut Vec<String>) -> io::Result<()> {
    let times = Times::of(run);
    let last = run.rows.last().map_or(0, |row| scalars::epoch_of(row, run.rows.len() - 1));
    events.put(&hparams::start(&settings(&run.config), times.began()))?;
    events.put(&text(times.began(), 0, "run", &page(run)))?;
    for (index, row) in run.rows.iter().enumerate() {
        events.put(&scalars::of_epoch(times.epoch(index), row, index))?;
    }
    match Steps::default().read_on(&run.folder) {
        Ok(lines) => {
            step_events(&lines.unwrap_or_default(), &run.rows, &times).try_for_each(|event| events.put(&event))?
        }
        Err(error) => wrong.push(error.message),
    }
    for file in picture_files(&run.folder) {
        match picture(times.end(), last, &file) {
            Ok(event) => events.put(&event)?,
            Err(error) => wrong.push(error.message),
        }
    }
    write_weights(run, events, wrong, (times.end(), last))?;
    let end = hparams::end(run.how, ended(run).unwrap_or(times.end()));
    end.map_or(Ok(()), |event| events.put(&event))
}

fn write_weights(run: &Summary, events: &mut Events, wrong: &mut Vec<String>, at: (f64, i64)) -> io::Result<()> {
    let file = run.folder.join(WEIGHTS);
    if !access::is_file(&file) {
        // A run that has not come to the end of an epoch has none.
        if !run.rows.is_empty() {
            wrong.push(format!("{} is not there: no histograms of weights", file.display()));
        }
        return Ok(());
    }
    let tensors = match weights::read(&file) {
        Ok(contents) => contents.tensors,
        Err(error) => {
            wrong.push(format!("{}: no histograms of weights", error.message));
            return Ok(());
        }
    };
    for (name, tensor) in tensors {
        match histogram(at.0, at.1, &name, &tensor) {
            Ok((event, others)) => {
                event.map_or(Ok(()), |event| events.put(&event))?;
                if others > 0 {
                    let file = file.display();
                    wrong.push(format!("{file}: {others} numbers of {name} are NaN or infinite, and in no histogram"));
                }
            }
            Err(error) => wrong.push(format!("{}: {name}: {error}", file.display())),
        }
    }
    Ok(())
}
