//! A training's whole state on the disk, below its run folder: `checkpoints/e0003-s000120.safetensors`, the tensors, and
//! `e0003-s000120.json`, all else, with the checksums of both.
//!
//! Each is written beside its place, synced and renamed, the JSON last: a checkpoint is there once its JSON is. One of the same step
//! stays whole until then: the tensors of the new one go into a file of another name, which the JSON tells.
//!
//! A script may run its training in several turns (`t.run(2); t.run(3);`). Each has checkpoints of its own, those of the first here and
//! those of the others in `checkpoints/turn-2` and so on, and the newest of each stays: a script that is run again goes through
//! all of them, and finds its training behind each turn as it was.

use crate::access;
use crate::error::{Error, Result};
use crate::ml::{
    files::{is_temporary, write_atomically},
    weights,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tch::Tensor;

/// The folder of the checkpoints, in that of the run.
pub const CHECKPOINTS: &str = "checkpoints";
/// What stands before the number in the name of a later turn's folder.
const TURN: &str = "turn-";
const FORMAT: i64 = 1;
/// How many of the newest are kept, beside the best.
const KEPT: usize = 2;

/// Where a training stands: in which epoch, and how many steps it has done in all. Steps are counted anew where batches get another
/// size, so that the epoch comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub epoch: i64,
    pub step: i64,
}

impl Position {
    fn stem(self) -> String {
        format!("e{:04}-s{:06}", self.epoch, self.step)
    }

    /// The names that the file of its tensors can have.
    fn tensors(self) -> [String; 2] {
        ["", "-b"].map(|other| format!("{}{other}.safetensors", self.stem()))
    }

    fn parse(stem: &str) -> Option<Self> {
        let (epoch, step) = stem.strip_prefix('e')?.split_once("-s")?;
        Some(Position { epoch: epoch.parse().ok()?, step: step.parse().ok()? })
    }
}

#[derive(Debug)]
pub struct Checkpoint {
    pub position: Position,
    /// Of all epochs so far, the last was the best.
    pub best: bool,
    /// Which turn of its training it is of, from 0.
    pub turn: usize,
    /// The name of the run that it is of, where that has one.
    pub run: Option<String>,
    pub tensors: Vec<(String, Tensor)>,
    pub state: Value,
}

impl Checkpoint {
    /// Writes the checkpoint into the folder of `run` and removes those of its turn that are not needed any more: all but the last
    /// two and the best, and those of steps behind it, which belong to a training that was given up.
    ///
    /// # Errors
    /// A folder that cannot be written, a full disk. What was there before then still is.
    pub fn write(&self, run: &Path) -> Result<()> {
        let folder = folder(run, self.turn);
        access::create_dir_all(&folder)?;
        let path = folder.join(self.position.stem()).with_extension("json");
        let [one, other] = self.position.tensors();
        let (new, old) = if tensors_of(&path).as_deref() == Some(&one) { (other, one) } else { (one, other) };
        let tensors = weights::save(&folder.join(&new), &self.tensors, &BTreeMap::new())?;
        let file = json!({
            "format": FORMAT, "best": self.best, "run": self.run, "state_crc32": crc32fast::hash(self.state.to_string().as_bytes()),
            "tensors": new, "tensors_crc32": tensors, "state": self.state,
        });
        write_atomically(&path, |out| serde_json::to_writer(out, &file))?;
        let _ = access::remove_file(&folder.join(old));
        self.prune(&folder);
        Ok(())
    }

    /// What cannot be removed stays; it does no harm.
    fn prune(&self, folder: &Path) {
        let all = list(folder);
        let older = |p: &&Position| **p <= self.position;
        let head = |p: &Position| head(&folder.join(p.stem()).with_extension("json"));
        let best = all.iter().filter(older).find(|p| is_best(&head(p)));
        let best = if self.best { Some(&self.position) } else { best };
        let kept: Vec<&Position> = all.iter().filter(older).take(KEPT).chain(best).collect();
        // Those of another run are not this one's to remove.
        let is_ours = |p: &&Position| self.run.as_ref().is_none_or(|run| head(p).contains(run));
        for position in all.iter().filter(|p| !kept.contains(p)).filter(is_ours) {
            // Without its JSON the rest is no checkpoint.
            let _ = access::remove_file(&folder.join(position.stem()).with_extension("json"));
            for tensors in position.tensors() {
                let _ = access::remove_file(&folder.join(tensors));
            }
        }
    }

    /// Reads one of the run that is called `name`.
    ///
    /// # Errors
    /// A file that is missing, or not as it was written; one of another run (kind `value`).
    fn read(run: &Path, name: Option<&str>, turn: usize, position: Position) -> Result<Checkpoint> {
        let folder = folder(run, turn);
        let path = folder.join(position.stem()).with_extension("json");
        let text = access::read(&path)?;
        let damaged = |path: &Path, what: &str| Error::data(format!("{} is damaged: {what}", path.display()));
        let file: Value = serde_json::from_slice(&text).map_err(|e| damaged(&path, &e.to_string()))?;
        if file["format"] != FORMAT {
            return Err(damaged(&path, "it is of an unknown format"));
        }
        // A last digit that changes no number would else pass.
        if serde_json::to_vec(&file).ok().as_ref() != Some(&text) {
            return Err(damaged(&path, "it is not as it was written"));
        }
        if file["state_crc32"] != crc32fast::hash(file["state"].to_string().as_bytes()) {
            return Err(damaged(&path, "its checksum is another"));
        }
        if file["run"].as_str() != name {
            return Err(Error::value(format!("{} is of another run", path.display())));
        }
        // Files of before there were two names have none.
        let is_named = |name: &String| file["tensors"].is_null() || file["tensors"] == name.as_str();
        let named = position.tensors().into_iter().find(is_named);
        let path = folder.join(named.ok_or_else(|| damaged(&path, "it names no file of tensors"))?);
        let bytes = access::read(&path)?;
        if file["tensors_crc32"] != crc32fast::hash(&bytes) {
            return Err(damaged(&path, "its checksum is another"));
        }
        let tensors = weights::parse(&path, &bytes)?.tensors;
        let (best, run) = (file["best"] == true, name.map(str::to_string));
        Ok(Checkpoint { position, best, turn, run, tensors, state: file["state"].clone() })
    }

    /// The newest one of a turn that can be read, and what was wrong with those after it.
    pub fn newest(run: &Path, name: Option<&str>, turn: usize) -> (Option<Checkpoint>, Vec<Error>) {
        let mut wrong = Vec::new();
        for position in list(&folder(run, turn)) {
            match Checkpoint::read(run, name, turn, position) {
                Ok(found) => return (Some(found), wrong),
                Err(error) => wrong.push(error),
            }
        }
        (None, wrong)
    }

    /// The one of the turn at `place`.
    ///
    /// # Errors
    /// A file that is missing, or not as it was written.
    pub fn named(run: &Path, name: Option<&str>, place: (usize, Position)) -> Result<Checkpoint> {
        Checkpoint::read(run, name, place.0, place.1)
    }
}

/// Where the checkpoint of this name is, such as `e0003-s000120`: the turn and the position, of the last turn that has one.
///
/// # Errors
/// A name that no checkpoint has, with those that there are.
pub fn find(run: &Path, name: &str) -> Result<(usize, Position)> {
    let turns: Vec<Vec<Position>> = (0..turns(run)).map(|turn| list(&folder(run, turn))).collect();
    let position = Position::parse(name);
    let found = position.and_then(|p| Some((turns.iter().rposition(|all| all.contains(&p))?, p)));
    found.ok_or_else(|| {
        let known: Vec<String> = turns.iter().rev().flatten().map(|p| p.stem()).collect();
        let message = format!("{} has no checkpoint {name} (it has {})", run.display(), known.join(", "));
        Error::new(crate::error::ErrorKind::File, message)
    })
}

/// Where the checkpoints of a turn are.
fn folder(run: &Path, turn: usize) -> PathBuf {
    let first = run.join(CHECKPOINTS);
    if turn == 0 { first } else { first.join(format!("{TURN}{}", turn + 1)) }
}

/// How many turns have left a checkpoint: up to the last that has.
pub fn turns(run: &Path) -> usize {
    let names = access::list(&run.join(CHECKPOINTS)).unwrap_or_default();
    let numbers = names.iter().filter_map(|name| name.to_str()?.strip_prefix(TURN)?.parse::<usize>().ok());
    let last = numbers.filter(|n| *n > 1 && !list(&folder(run, n - 1)).is_empty()).max();
    last.unwrap_or(usize::from(!list(&folder(run, 0)).is_empty()))
}

/// Removes the checkpoints of the turns from `turn` on: those of a training that was given up.
pub fn give_up(run: &Path, turn: usize) {
    for turn in turn..turns(run) {
        let folder = folder(run, turn);
        for position in list(&folder) {
            let _ = access::remove_file(&folder.join(position.stem()).with_extension("json"));
        }
        tidy_folder(&folder);
    }
}

/// The file of the tensors of the checkpoint in the folder of `run` that stands behind `epoch`, its best, where one was kept.
pub fn best_file(run: &Path, epoch: i64) -> Option<PathBuf> {
    (0..turns(run)).rev().map(|turn| folder(run, turn)).find_map(|folder| {
        let json = |p: &Position| folder.join(p.stem()).with_extension("json");
        let is_it = |p: &Position| p.epoch == epoch && is_best(&head(&json(p)));
        let best = list(&folder).into_iter().find(is_it)?;
        tensors_of(&json(&best)).map(|name| folder.join(name))
    })
}

/// The name of the file of tensors that belongs to the JSON file of a checkpoint, where there is one.
fn tensors_of(path: &Path) -> Option<String> {
    let file: Value = serde_json::from_slice(&access::read(path).ok()?).ok()?;
    file["tensors"].as_str().map(str::to_string)
}

/// Whether the folder of `run` has a checkpoint.
pub fn exists(run: &Path) -> bool {
    turns(run) > 0
}

/// Removes what a program that was killed in the middle of a checkpoint has left in the folder of `run`. What cannot be removed
/// stays; it does no harm.
pub fn tidy(run: &Path) {
    (0..turns(run).max(1)).for_each(|turn| tidy_folder(&folder(run, turn)));
}

fn tidy_folder(folder: &Path) {
    let known = list(folder);
    for name in access::list(folder).unwrap_or_default() {
        let stem = Path::new(&name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let position = Position::parse(stem.trim_end_matches("-b"));
        // Tensors without their JSON.
        if is_temporary(&name) || position.is_some_and(|p| !known.contains(&p)) {
            let _ = access::remove_file(&folder.join(name));
        }
    }
}

/// The checkpoints in a folder, the newest first.
fn list(folder: &Path) -> Vec<Position> {
    let names = access::list(folder).unwrap_or_default().into_iter().map(PathBuf::from);
    let whole = names.filter(|name| name.extension().is_some_and(|e| e == "json"));
    let mut all: Vec<Position> = whole.filter_map(|name| Position::parse(name.file_stem()?.to_str()?)).collect();
    all.sort();
    all.reverse();
    all
}

/// The beginning of a checkpoint's JSON, where `best` and `run` stand: a whole parse would read the history.
fn head(path: &Path) -> String {
    let text = access::read_to_string(path).unwrap_or_default();
    text.chars().take(120).collect()
}

fn is_best(head: &str) -> bool {
    head.contains("\"best\":true")
}
