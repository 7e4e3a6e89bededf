//! A training's whole state on the disk, below its run folder: `checkpoints/e0003-s000120.safetensors`, the tensors, and
//! `e0003-s000120.json`, all else, with the checksums of both.
//!
//! Each is written beside its place, synced and renamed, the JSON last: a checkpoint is there once its JSON is. One of the same step
//! stays whole until then: the tensors of the new one go into a file of another name, which the JSON tells.

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
const FORMAT: i64 = 1;
/// How many of the newest are kept, beside the best.
const KEPT: usize = 2;

/// Where a training stands: in which epoch, and how many steps it has done in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub step: i64,
    pub epoch: i64,
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
    pub tensors: Vec<(String, Tensor)>,
    pub state: Value,
}

impl Checkpoint {
    /// Writes the checkpoint into the folder of `run` and removes those that are not needed any more: all but the last two and
    /// the best, and those of steps behind it, which belong to a training that was given up.
    ///
    /// # Errors
    /// A folder that cannot be written, a full disk. What was there before then still is.
    pub fn write(&self, run: &Path) -> Result<()> {
        let folder = run.join(CHECKPOINTS);
        access::create_dir_all(&folder)?;
        let path = folder.join(self.position.stem()).with_extension("json");
        let [one, other] = self.position.tensors();
        let (new, old) = if tensors_of(&path).as_deref() == Some(&one) { (other, one) } else { (one, other) };
        let tensors = weights::save(&folder.join(&new), &self.tensors, &BTreeMap::new())?;
        let file = json!({
            "format": FORMAT, "best": self.best, "state_crc32": crc32fast::hash(self.state.to_string().as_bytes()),
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
        let best = all.iter().filter(older).find(|p| is_best(&folder.join(p.stem()).with_extension("json")));
        let best = if self.best { Some(&self.position) } else { best };
        let kept: Vec<&Position> = all.iter().filter(older).take(KEPT).chain(best).collect();
        for position in all.iter().filter(|p| !kept.contains(p)) {
            // Without its JSON the rest is no checkpoint.
            let _ = access::remove_file(&folder.join(position.stem()).with_extension("json"));
            for tensors in position.tensors() {
                let _ = access::remove_file(&folder.join(tensors));
            }
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// A file that is missing, or not as it was written.
    pub fn read(run: &Path, position: Position) -> Result<Checkpoint> {
        let folder = run.join(CHECKPOINTS);
        let path = folder.join(position.stem()).with_extension("json");
        let text = access::read(&path)?;
        let damaged = |path: &Path, what: &str| Error::data(format!("{} is damaged: {what}", path.display()));
        let file: Value = serde_json::from_slice(&text).map_err(|e| damaged(&path, &e.to_string()))?;
        if file["format"] != FORMAT {
            return Err(damaged(&path, "it is of an unknown format"));
        }
        if file["state_crc32"] != crc32fast::hash(file["state"].to_string().as_bytes()) {
            return Err(damaged(&path, "its checksum is another"));
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
        Ok(Checkpoint { position, best: file["best"] == true, tensors, state: file["state"].clone() })
    }

    /// The newest one that can be read, and what was wrong with those after it.
    pub fn newest(run: &Path) -> (Option<Checkpoint>, Vec<Error>) {
        let mut wrong = Vec::new();
        for position in list(&run.join(CHECKPOINTS)) {
            match Checkpoint::read(run, position) {
                Ok(found) => return (Some(found), wrong),
                Err(error) => wrong.push(error),
            }
        }
        (None, wrong)
    }

    /// The one of this name, such as `e0003-s000120`.
    ///
    /// # Errors
    /// As [`Checkpoint::read`]; a name that no checkpoint has, with those that there are.
    pub fn named(run: &Path, name: &str) -> Result<Checkpoint> {
        let all = list(&run.join(CHECKPOINTS));
        match Position::parse(name).filter(|p| all.contains(p)) {
            Some(position) => Checkpoint::read(run, position),
            None => {
                let known: Vec<String> = all.iter().map(|p| p.stem()).collect();
                let message = format!("{} has no checkpoint {name} (it has {})", run.display(), known.join(", "));
                Err(Error::new(crate::error::ErrorKind::File, message))
            }
        }
    }
}

/// The file of the tensors of the checkpoint in the folder of `run` that stands behind `epoch`, its best, where one was kept.
pub fn best_file(run: &Path, epoch: i64) -> Option<PathBuf> {
    let folder = run.join(CHECKPOINTS);
    let json = |p: &Position| folder.join(p.stem()).with_extension("json");
    let best = list(&folder).into_iter().find(|p| p.epoch == epoch && is_best(&json(p)))?;
    tensors_of(&json(&best)).map(|name| folder.join(name))
}

/// The name of the file of tensors that belongs to the JSON file of a checkpoint, where there is one.
fn tensors_of(path: &Path) -> Option<String> {
    let file: Value = serde_json::from_slice(&access::read(path).ok()?).ok()?;
    file["tensors"].as_str().map(str::to_string)
}

/// Whether the folder of `run` has a checkpoint.
pub fn exists(run: &Path) -> bool {
    !list(&run.join(CHECKPOINTS)).is_empty()
}

/// Removes what a program that was killed in the middle of a checkpoint has left in the folder of `run`. What cannot be removed
/// stays; it does no harm.
pub fn tidy(run: &Path) {
    let folder = run.join(CHECKPOINTS);
    let known = list(&folder);
    for name in access::list(&folder).unwrap_or_default() {
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

fn is_best(path: &Path) -> bool {
    // The word stands at the file's beginning, and a whole parse would read the history.
    let text = access::read_to_string(path).unwrap_or_default();
    text.chars().take(60).collect::<String>().contains("\"best\":true")
}
