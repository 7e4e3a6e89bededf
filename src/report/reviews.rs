//! What a run says of its test reviews: the only part of a report that runs scripts, those of the run.

use crate::access;
use crate::ml::run::Summary;
use crate::script::{Failure, Session, Setup};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// As `runs::mistakes` gives it, from a session of the run's own seed; `given` are its options.
///
/// # Errors
/// Whatever the run's script or the standard library raises: reviews that are not there, weights that are missing.
pub fn reviews(run: &Summary, given: &BTreeMap<String, String>, setup: Setup) -> Result<Value, Failure> {
    let beside = run.config["file"].as_str().map(PathBuf::from).and_then(|file| file.parent().map(Path::to_path_buf));
    let mut arguments = given.clone();
    arguments.insert("run".into(), run.folder.display().to_string());
    let setup = Setup {
        folder: beside.filter(|folder| access::is_dir(folder)).unwrap_or_else(|| run.folder.clone()),
        // A table's test rows were drawn by it.
        seed: run.config["seed"].as_i64().or(setup.seed),
        arguments,
        ..setup
    };
    Session::new(setup).map_err(|error| Failure::Script(error.message))?.json("report", include_str!("reviews.rhai"))
}
