//! The run folders of a session.

use super::label::Label;
use crate::access::RunPlace;
use crate::error::Result;
use crate::ml::run::{self, End, Run};
use crate::output::{self, complain};
use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    rc::Weak,
};

/// Where the session's runs go, and which there were.
#[derive(Debug, Default)]
pub struct Runs {
    /// `--run-dir`, as it was written.
    folder: Option<PathBuf>,
    /// The same; what is wrong with it is said when a run is to be made.
    place: Option<Result<RunPlace>>,
    /// `imdbsh resume`: the runs that are to go on.
    pub resume: Option<Resume>,
    /// `--name`, `--tag`.
    label: Label,
    made: RefCell<Vec<PathBuf>>,
    /// Those of them that a script still holds are to be closed with it.
    held: Held,
    incomplete: RefCell<Vec<PathBuf>>,
}

/// Runs that go on where they were.
#[derive(Debug, Clone, Default)]
pub struct Resume {
    /// Their folders, in the order in which their script made them.
    pub folders: Vec<PathBuf>,
    /// The checkpoint of the last of them to go on from, if not the newest.
    pub from: Option<String>,
}

impl Runs {
    pub fn new(folder: Option<PathBuf>, label: Label, resume: Option<Resume>) -> Self {
        let place = folder.as_deref().map(RunPlace::new);
        Runs { folder, place, label, resume, ..Runs::default() }
    }

    /// What the command line calls them.
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// `--run-dir`.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Makes the folder of the next run where the user wants it; `None` where that was left to the program.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn make_folder(&self) -> Result<Option<PathBuf>> {
        let place = self.place.as_ref().map(|place| place.as_ref().map_err(Clone::clone)).transpose()?;
        place.map(|place| place.make(self.made.borrow().len() + 1)).transpose()
    }

    /// The folders so far, in the order in which they were made.
    pub fn made(&self) -> Vec<PathBuf> {
        self.made.borrow().clone()
    }

    pub fn add(&self, folder: PathBuf, run: Weak<Run>) {
        output::outlive();
        let mut held = self.held.0.borrow_mut();
        held.retain(|run| run.strong_count() > 0);
        held.push(run);
        self.made.borrow_mut().push(folder);
    }

    /// The last word on all runs that are not finished: their script is at its end.
    pub fn close(&self, end: &End) {
        self.held.close(end);
    }

    /// The folders that could not be written in full.
    pub fn incomplete(&self) -> Vec<PathBuf> {
        self.incomplete.borrow().clone()
    }

    pub fn add_incomplete(&self, folder: PathBuf) {
        self.incomplete.borrow_mut().push(folder);
    }

    /// The folder that the run at this place goes on in, and the name of the checkpoint that it goes on from.
    pub fn resumed(&self, place: usize) -> Option<(PathBuf, Option<String>)> {
        let resume = self.resume.as_ref()?;
        let last = place + 1 == resume.folders.len();
        Some((resume.folders.get(place)?.clone(), resume.from.clone().filter(|_| last)))
    }
}

/// The runs that a script still holds.
#[derive(Debug, Default)]
struct Held(RefCell<Vec<Weak<Run>>>);

impl Held {
    fn close(&self, end: &End) {
        run::settle(end);
        for run in self.0.take().iter().filter_map(Weak::upgrade) {
            run.close(end).unwrap_or_else(|error| complain(&error.message));
        }
    }
}

impl Drop for Held {
    /// What the variables of a prompt held is over with them.
    fn drop(&mut self) {
        self.close(&End::Over);
    }
}
