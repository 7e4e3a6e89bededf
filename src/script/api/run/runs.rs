//! The run folders of a session.

use crate::access::RunPlace;
use crate::error::Result;
use crate::output;
use std::{
    cell::RefCell,
    path::{Path, PathBuf},
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
    made: RefCell<Vec<PathBuf>>,
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
    pub fn new(folder: Option<PathBuf>, resume: Option<Resume>) -> Self {
        let place = folder.as_deref().map(RunPlace::new);
        Runs { folder, place, resume, ..Runs::default() }
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

    pub fn add(&self, folder: PathBuf) {
        output::outlive();
        self.made.borrow_mut().push(folder);
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
