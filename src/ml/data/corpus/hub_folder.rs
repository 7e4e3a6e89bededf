//! The folder of a data set as the Hugging Face hub has it, and as `datasets` saves one: which of its files are which set's.
//!
//! ```text
//! [CONFIG/]data/train-00000-of-00002.parquet      [CONFIG/]train/0000.parquet      CONFIG/train.csv
//! ```

use super::files::Tables;
use crate::access::by_number;
use crate::error::{Error, Result};
use crate::ml::data::formats::FORMATS;
use regex::Regex;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

/// What the sets are called there.
const SETS: [(&str, &[&str]); 3] = [
    ("train", &["train", "training"]),
    ("valid", &["validation", "valid", "val", "dev"]),
    ("test", &["test", "testing", "eval", "evaluation"]),
];

/// A part of a set: its set, its number, of how many.
static SHARD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(.+)-([0-9]{5})-of-([0-9]{5})(-[0-9a-f]+)?\.[A-Za-z.]+$").ok());
/// A part that is only a number, in a folder named after its set.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[0-9]{4}\.[A-Za-z]+$").ok());

/// The files of each split, with how many parts it has, if that is said.
type Splits<'n> = BTreeMap<String, Vec<(&'n str, Option<usize>)>>;

/// What the name of a file says.
struct Named {
    config: String,
    split: String,
    /// How many parts the set has, if that is said.
    of: Option<usize>,
}

/// The names of the files that [`sets_of`] finds.
///
/// # Errors
/// As [`sets_of`].
pub fn files_of_sets(names: &[String], config: Option<&str>, shown: &str) -> Result<Option<Vec<String>>> {
    let files = sets_of(names, config, shown)?.map(|tables| [tables.train, tables.valid, tables.test].concat());
    Ok(files.map(|files| files.into_iter().map(|file| file.to_string_lossy().into_owned()).collect()))
}

/// The files of the sets of a data set, by the names of all of its files, relative to its folder (with `/`). `None` where none is named as there.
///
/// # Errors
/// Several configurations, of which none is asked for, or not this one; a set that lacks a part; no training set. `shown` is what messages call the
/// data set.
pub fn sets_of(names: &[String], config: Option<&str>, shown: &str) -> Result<Option<Tables>> {
    let mut configs: BTreeMap<String, Splits> = BTreeMap::new();
    for name in names.iter().filter(|name| FORMATS.reads(Path::new(name))) {
        if let Some(Named { config, split, of }) = named(name) {
            configs.entry(config).or_default().entry(split).or_default().push((name, of));
        }
    }
    // Without any set these are no splits, but classes perhaps.
    if !configs.values().flat_map(BTreeMap::keys).any(|split| is_set(split)) {
        return Ok(None);
    }
    let known: Vec<&str> = configs.keys().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let mut notes = Vec::new();
    let chosen = match (config, configs.len()) {
        (Some(asked), _) if configs.contains_key(asked) => asked,
        (Some(asked), _) => {
            let has = if known.is_empty() {
                "no configurations".into()
            } else {
                format!("the configurations {}", known.join(", "))
            };
            return Err(Error::value(format!("{shown} has no configuration `{asked}` (it has {has})")));
        }
        (None, 1) => configs.keys().next().map_or("", String::as_str),
        (None, _) => match ["", "default"].into_iter().find(|usual| configs.contains_key(*usual)) {
            Some(usual) => {
                let others: Vec<&str> = known.into_iter().filter(|name| *name != usual).collect();
                notes.push(format!("its other configurations, {}, are not read", others.join(", ")));
                usual
            }
            None => {
                let (all, first) = (known.join(", "), known[0]);
                return Err(Error::value(format!(
                    "{shown} has several configurations, {all}: data: \"{shown}/{first}\" takes one"
                )));
            }
        },
    };
    let mut tables = Tables { notes, ..Tables::default() };
    let (mut others, splits) = (Vec::new(), configs.get(chosen).cloned().unwrap_or_default());
    let had: Vec<String> = splits.keys().cloned().collect();
    for (split, mut files) in splits {
        let set = SETS.iter().find(|(_, names)| names.contains(&split.as_str())).map(|(set, _)| *set);
        let place = match set {
            Some("train") => &mut tables.train,
            Some("valid") => &mut tables.valid,
            Some(_) => &mut tables.test,
            None => {
                others.push(split);
                continue;
            }
        };
        files.sort_by(|a, b| by_number(a.0, b.0));
        if let Some(of) = files.iter().find_map(|(_, of)| *of).filter(|of| *of != files.len()) {
            let (n, first) = (files.len(), files[0].0);
            return Err(Error::data(format!(
                "{shown}: of the {of} parts of {split} it has {n}, {first} and those behind it"
            )));
        }
        // The same in another format.
        if let [(first, None), (other, None), ..] = files.as_slice()
            && stem(first) == stem(other)
        {
            return Err(Error::data(format!("{shown} has {split} twice, as {first} and {other}")));
        }
        if !place.is_empty() {
            return Err(Error::data(format!("{shown} has two {} sets: {}", set.unwrap_or_default(), had.join(", "))));
        }
        place.extend(files.into_iter().map(|(name, _)| name.into()));
    }
    if !others.is_empty() {
        let plural = if others.len() == 1 { "its split {} is" } else { "its splits {} are" };
        tables
            .notes
            .push(format!("{} not read: train, validation and test are", plural.replace("{}", &others.join(", "))));
    }
    match tables.train.is_empty() {
        true => Err(Error::data(format!("{shown} has the splits {}, expected one called train", had.join(", ")))),
        false => Ok(Some(tables)),
    }
}

/// A path without the endings of its file.
fn stem(path: &str) -> &str {
    let start = path.rfind('/').map_or(0, |slash| slash + 1);
    path[start..].find('.').map_or(path, |dot| &path[..start + dot])
}

fn is_set(word: &str) -> bool {
    SETS.iter().any(|(_, names)| names.contains(&word))
}

fn named(name: &str) -> Option<Named> {
    let mut folders: Vec<&str> = name.split('/').collect();
    let file = folders.pop()?;
    let config =
        |folders: &[&str]| folders.iter().filter(|folder| **folder != "data").copied().collect::<Vec<_>>().join("/");
    if let Some(shard) = SHARD.as_ref().and_then(|shard| shard.captures(file)) {
        // `data` is what saved sets call their parts, whose folder then is the set.
        let (split, of) = (shard[1].to_string(), shard[3].parse().ok());
        return match (split.as_str(), folders.split_last()) {
            ("data" | "part", Some((split, before))) => {
                Some(Named { config: config(before), split: split.to_string(), of })
            }
            _ => Some(Named { config: config(&folders), split, of }),
        };
    }
    if let Some((split, before)) = folders.split_last() {
        let is_number = NUMBER.as_ref().is_some_and(|number| number.is_match(file));
        let split = split.strip_prefix("partial-").filter(|split| is_number && is_set(split)).unwrap_or(split);
        if is_set(split) || is_number {
            return Some(Named { config: config(before), split: split.to_string(), of: None });
        }
    }
    let stem = file.split('.').next().filter(|stem| is_set(stem))?;
    Some(Named { config: config(&folders), split: stem.to_string(), of: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(names: &[&str], config: Option<&str>) -> Result<Option<Tables>> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        sets_of(&names, config, "me/films")
    }

    fn paths(of: &[std::path::PathBuf]) -> Vec<String> {
        of.iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn parts_are_found_in_their_order_and_other_splits_are_said() {
        let names = [
            "data/train-00001-of-00002.parquet",
            "data/test-00000-of-00001-0a1b2c3d4e5f6789.parquet",
            "data/train-00000-of-00002.parquet",
            "data/unsupervised-00000-of-00001.parquet",
            "other_words.parquet",
            "validation-00000-of-00001.parquet",
        ];
        let found = sets(&names, None).unwrap().unwrap();
        assert_eq!(paths(&found.train), ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"]);
        assert_eq!(paths(&found.valid), ["validation-00000-of-00001.parquet"]);
        assert_eq!(paths(&found.test), ["data/test-00000-of-00001-0a1b2c3d4e5f6789.parquet"]);
        assert_eq!(found.notes, ["its split unsupervised is not read: train, validation and test are"]);
        let converted =
            ["plain_text/train/0000.parquet", "plain_text/train/0001.parquet", "plain_text/unsupervised/0000.parquet"];
        let found = sets(&converted, None).unwrap().unwrap();
        assert_eq!((found.train.len(), found.test.len()), (2, 0));
        let of_csv = sets(&["dev.csv", "train.csv.gz", "x/notes.csv"], None).unwrap().unwrap();
        assert_eq!(
            (paths(&of_csv.train), paths(&of_csv.valid)),
            (vec!["train.csv.gz".to_string()], vec!["dev.csv".into()])
        );
        for others in [&["reviews.csv", "a/b.parquet"], &["pos/0001.json", "neg/0001.json"]] {
            assert!(sets(others, None).unwrap().is_none());
        }
    }

    #[test]
    fn one_of_several_configurations_is_asked_for() {
        let names = [
            "cola/train-00000-of-00001.parquet",
            "sst2/train-00000-of-00001.parquet",
            "sst2/dev-00000-of-00001.parquet",
        ];
        let said = sets(&names, None).unwrap_err().message;
        assert_eq!(said, "me/films has several configurations, cola, sst2: data: \"me/films/cola\" takes one");
        assert_eq!(sets(&names, Some("sst2")).unwrap().unwrap().valid.len(), 1);
        let said = sets(&names, Some("sst")).unwrap_err().message;
        assert_eq!(said, "me/films has no configuration `sst` (it has the configurations cola, sst2)");
        let usual = sets(&["a/train/0000.parquet", "default/train/0000.parquet"], None).unwrap().unwrap();
        assert_eq!(
            (paths(&usual.train)[0].as_str(), usual.notes[0].as_str()),
            ("default/train/0000.parquet", "its other configurations, a, are not read")
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        for (names, expected) in [
            (
                &["train-00001-of-00003.parquet", "train-00002-of-00003.parquet"][..],
                "of the 3 parts of train it has 2, train-00001-of-00003.parquet",
            ),
            (&["test-00000-of-00001.parquet"], "me/films has the splits test, expected one called train"),
            (&["train.csv", "dev.csv", "validation.csv"], "me/films has two valid sets"),
            (&["train.csv", "train.jsonl"], "me/films has train twice, as train.csv and train.jsonl"),
        ] {
            let said = sets(names, None).unwrap_err().message;
            assert!(said.contains(expected), "{said}");
        }
    }
}
