//! Data sets by their names on the Hugging Face hub, `OWNER/NAME`, kept beside the models:
//!
//! ```text
//! HF_HUB_CACHE/datasets--OWNER--NAME/refs/REVISION              the commit
//! HF_HUB_CACHE/datasets--OWNER--NAME/snapshots/COMMIT/FILE
//! ```

use super::hub::{Hub, Kind, is_name};
use super::lock::lock;
use super::patience::Patience;
use crate::error::{Error, Result};
use crate::ml::files::write_own;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What the hub has made of data sets whose authors have no Parquet files.
const CONVERTED: &str = "refs/convert/parquet";
/// Where Parquet files are looked for, then those of other formats.
const PLACES: [(&str, bool); 3] = [("main", true), (CONVERTED, true), ("main", false)];

/// Which of a data set's files are needed, by the names of all; `None` where they are laid out as nobody knows.
pub type Choose<'c> = &'c dyn Fn(&[String]) -> Result<Option<Vec<String>>>;

/// Files of a data set that are here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSet {
    pub folder: PathBuf,
    /// All that the data set has, relative to the folder; those that were chosen are there.
    pub names: Vec<String>,
}

/// The data set that `name` could be on the hub, and the configuration behind it: `nyu-mll/glue/sst2`.
pub fn data_set_name(name: &str) -> Option<(&str, Option<&str>)> {
    let (owner, rest) = name.split_once('/')?;
    let (own, config) = match rest.split_once('/') {
        Some((own, config)) => (own, Some(config)),
        None => (rest, None),
    };
    let name = &name[..owner.len() + 1 + own.len()];
    (is_name(name) && config.is_none_or(|config| config.split('/').all(is_name))).then_some((name, config))
}

impl Hub {
    /// The files of the data set `name` that are chosen: from the cache, else downloaded.
    ///
    /// # Errors
    /// A data set that the hub does not have, or without files of which some are chosen; as [`Hub::model`].
    pub fn data_set(&self, name: &str, choose: Choose, patience: &Patience) -> Result<DataSet> {
        let folder = self.folder(Kind::DataSet, name);
        if let Some(there) = cached(&folder, choose)? {
            return Ok(there);
        }
        self.may_ask(name)?;
        fs::create_dir_all(&folder).map_err(|e| Error::file("make the folder", &folder, e))?;
        let _lock = lock(&folder.join(".imdbsh.lock"), name)?;
        if let Some(there) = cached(&folder, choose)? {
            return Ok(there);
        }
        let mut had = Vec::new();
        for (place, of_parquet) in PLACES {
            let revision = match self.revision(Kind::DataSet, name, place, &folder, patience) {
                Ok(revision) => revision,
                Err(e) if place == CONVERTED && e.message.contains("answers 404") => continue,
                Err(e) => return Err(e),
            };
            let all: Vec<String> = revision.siblings.into_iter().map(|file| file.rfilename).collect();
            let names: Vec<String> =
                all.iter().filter(|name| !of_parquet || name.ends_with(".parquet")).cloned().collect();
            had = all;
            let Some(chosen) = choose(&names)? else { continue };
            let snapshot = folder.join("snapshots").join(&revision.sha);
            for file in &chosen {
                if !Path::new(file).components().all(|part| matches!(part, Component::Normal(_))) {
                    return Err(Error::data(format!(
                        "{name} has a file called `{file}`, which leads out of its folder"
                    )));
                }
                self.file(Kind::DataSet, name, &revision.sha, file, &snapshot, patience)?;
            }
            let list = serde_json::to_vec(&names).map_err(|e| Error::data(e.to_string()))?;
            write(&list_of(&folder, &revision.sha), &list)?;
            write(&folder.join("refs").join(place), revision.sha.as_bytes())?;
            return Ok(DataSet { folder: snapshot, names });
        }
        had.truncate(8);
        Err(Error::data(format!(
            "{name} has no training set to read, such as data/train-00000-of-00001.parquet, neither of its own nor in {CONVERTED} (it has {})",
            had.join(", ")
        )))
    }
}

/// What names the files of a snapshot.
fn list_of(folder: &Path, sha: &str) -> PathBuf {
    folder.join(".imdbsh").join(format!("{sha}.json"))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| Error::file("make the folder", folder, e))?;
    }
    write_own(path, |file| file.write_all(bytes))
}

/// A snapshot that has all files that are chosen.
fn cached(folder: &Path, choose: Choose) -> Result<Option<DataSet>> {
    for (place, _) in PLACES {
        let Ok(sha) = fs::read_to_string(folder.join("refs").join(place)) else { continue };
        let snapshot = folder.join("snapshots").join(sha.trim());
        let listed = fs::read(list_of(folder, sha.trim())).ok();
        let names = match listed.and_then(|list| serde_json::from_slice(&list).ok()) {
            Some(names) => names,
            // One that Hugging Face's own libraries have brought: what is there, is all.
            None => files(&snapshot, "", 3),
        };
        let Some(chosen) = choose(&names)? else { continue };
        if chosen.iter().all(|file| snapshot.join(file).is_file()) {
            return Ok(Some(DataSet { folder: snapshot, names }));
        }
    }
    Ok(None)
}

/// The names of the files below a folder.
fn files(folder: &Path, before: &str, depth: usize) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names = Vec::new();
    for entry in entries {
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        match entry.path() {
            path if path.is_file() => names.push(name),
            path if depth > 0 && path.is_dir() => names.extend(files(&path, &format!("{name}/"), depth - 1)),
            _ => {}
        }
    }
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_sets_are_told_from_paths_and_may_have_a_configuration() {
        assert_eq!(data_set_name("stanfordnlp/imdb"), Some(("stanfordnlp/imdb", None)));
        assert_eq!(data_set_name("nyu-mll/glue/sst2"), Some(("nyu-mll/glue", Some("sst2"))));
        for path in ["imdb", "/a/b", "./a/b", "a/b.csv", "../a", "a/../b", "a/b/", "a//b", "a/b/c d"] {
            assert_eq!(data_set_name(path), None, "{path}");
        }
    }
}
