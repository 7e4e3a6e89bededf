//! The tables of a folder: `train.csv` and those beside it, a data set that `datasets` saved, or one as the hub has it.

use super::files::Tables;
use super::hub_folder::sets_of;
use crate::access;
use crate::error::{Error, Result};
use crate::ml::data::formats::FORMATS;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Folders in a folder that are looked into: a configuration, `data`, a set.
const DEPTH: usize = 3;
/// What is looked at of a folder that may be any.
const FILES: usize = 20_000;
/// What `datasets` calls the parts of a saved set, in their order, and its sets.
const STATE: &str = "state.json";
const SETS: &str = "dataset_dict.json";

/// The tables of a folder that has `train.csv`, or another format's, in it; `None` where it has none.
pub(super) fn beside(folder: &Path) -> Option<Tables> {
    let mut notes = Vec::new();
    let mut inside = |stems: &[&str]| -> Vec<PathBuf> {
        let names = stems.iter().flat_map(|stem| FORMATS.endings().map(move |ending| format!("{stem}.{ending}")));
        let mut found = names.map(|name| folder.join(name)).filter(|path| access::is_file(path));
        let first = found.next();
        notes.extend(found.map(|other| format!("{} is not read", other.display())));
        first.into_iter().collect()
    };
    let train = inside(&["train"]);
    if train.is_empty() || access::is_dir(&folder.join("train")) {
        return None;
    }
    let (valid, test) = (inside(&["valid", "validation", "dev", "val"]), inside(&["test"]));
    Some(Tables { train, valid, test, notes })
}

/// The tables of a folder that `save_to_disk` wrote, or that is laid out as on the hub; `None` where it is neither.
///
/// # Errors
/// As [`sets_of`]; a saved folder that says of itself what is not so.
pub(super) fn of_hub(folder: &Path) -> Result<Option<Tables>> {
    if let Some(tables) = saved(folder)? {
        return Ok(Some(tables));
    }
    let mut names = Vec::new();
    tables_below(folder, "", DEPTH, &mut names);
    let found = sets_of(&names, None, &folder.display().to_string())?;
    Ok(found.map(|tables| tables.within(folder)))
}

/// The names of the tables in a folder and those in it.
fn tables_below(folder: &Path, before: &str, depth: usize, names: &mut Vec<String>) {
    let Ok(inside) = access::list(folder) else { return };
    for name in inside.iter().map(|name| name.to_string_lossy()).filter(|name| !name.starts_with('.')) {
        let path = folder.join(&*name);
        if names.len() >= FILES {
            return;
        } else if FORMATS.reads(&path) && access::is_file(&path) {
            names.push(format!("{before}{name}"));
        } else if depth > 0 && access::is_dir(&path) {
            tables_below(&path, &format!("{before}{name}/"), depth - 1, names);
        }
    }
}

/// What `Dataset.save_to_disk` and `DatasetDict.save_to_disk` write.
fn saved(folder: &Path) -> Result<Option<Tables>> {
    if access::is_file(&folder.join(STATE)) {
        return Ok(Some(Tables { train: parts(folder)?, ..Tables::default() }));
    }
    let index = folder.join(SETS);
    if !access::is_file(&index) {
        return Ok(None);
    }
    let said = json(&index)?;
    let splits: Vec<&str> = said["splits"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    // As if each were a set's only part: the names of the splits are told apart there.
    let names: Vec<String> = splits.iter().map(|split| format!("{split}/0000.arrow")).collect();
    let Some(mut tables) = sets_of(&names, None, &folder.display().to_string())? else {
        return Err(Error::data(format!("{} names no splits", index.display())));
    };
    for set in [&mut tables.train, &mut tables.valid, &mut tables.test] {
        let parts: Vec<Vec<PathBuf>> = set
            .iter()
            .map(|name| parts(&folder.join(name.parent().unwrap_or(Path::new("")))))
            .collect::<Result<_>>()?;
        *set = parts.concat();
    }
    Ok(Some(tables))
}

/// The files of a saved set, as its state has them.
fn parts(folder: &Path) -> Result<Vec<PathBuf>> {
    let path = folder.join(STATE);
    let state = json(&path)?;
    let names = state["_data_files"].as_array().into_iter().flatten().filter_map(|file| file["filename"].as_str());
    let files: Vec<PathBuf> = names.map(|name| folder.join(name)).collect();
    match files.is_empty() {
        true => Err(Error::data(format!("{} names no files in _data_files", path.display()))),
        false => Ok(files),
    }
}

fn json(path: &Path) -> Result<Value> {
    let text = access::read(path)?;
    serde_json::from_slice(&text).map_err(|e| Error::data(format!("{} is no JSON: {e}", path.display())))
}
