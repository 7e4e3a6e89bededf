//! Folders whose names are the classes of the texts in them, a file each: `train/positive/17.txt`, as scikit-learn's `load_files` and 20 newsgroups have them.

use super::draw::{Purpose, draw};
use super::{CorpusOptions, splits::Splits};
use crate::access;
use crate::error::{Error, Result};
use crate::interrupt;
use crate::ml::data::Selection;
use crate::ml::data::listing::{Bodies, Body, Entry, Listing};
use crate::ml::random;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What comes with copying, not with the data; archives and notes lie beside texts.
const LITTER: [&str; 3] = ["Thumbs.db", "desktop.ini", "__MACOSX"];

/// What a validation set is called.
const VALID: [&str; 4] = ["valid", "validation", "val", "dev"];

/// Where the classes of a set are, by the set's name; the folder itself, without a name, where nothing in it is called a set.
pub(super) struct Found {
    sets: BTreeMap<&'static str, PathBuf>,
}

/// The sets of a folder: `train`, `test` and perhaps `valid` (`validation`, `val`, `dev`), or folders whose names end so, `20news-bydate-train`; else the folder itself, if it holds classes. `None` where it has
/// none, and where the classes are aclImdb's `neg` and `pos`, whose files say more, unless a validation set stands beside them, which aclImdb has not.
pub(super) fn found(folder: &Path) -> Option<Found> {
    let names = folders(folder);
    let mut sets = BTreeMap::new();
    for set in ["train", "test"] {
        let is_set = |name: &&String| name.to_lowercase().trim_end_matches("ing").ends_with(set);
        let of_set: Vec<&String> = names.iter().filter(is_set).collect();
        let exact = of_set.iter().find(|name| **name == set);
        match (exact, of_set.as_slice()) {
            (Some(name), _) => sets.insert(set, folder.join(name)),
            (None, [only]) => sets.insert(set, folder.join(only)),
            _ => None,
        };
    }
    // Without a training set these may be classes, as `valid` and `invalid` are.
    let is_valid = |name: &&String| {
        let name = name.to_lowercase();
        VALID
            .iter()
            .any(|set| name == *set || name.strip_suffix(set).is_some_and(|before| before.ends_with(['-', '_'])))
    };
    if let (true, Some(name)) = (sets.contains_key("train"), names.iter().find(is_valid)) {
        sets.insert("valid", folder.join(name));
    }
    let is_films = |folder: &Path| folders(folder).iter().any(|class| ["neg", "pos"].contains(&class.as_str()));
    match sets.get("train") {
        Some(train) if is_films(train) && !sets.contains_key("valid") => None,
        Some(train) => (classes(train).len() > 1).then_some(Found { sets }),
        None => (!is_films(folder) && names.len() > 1 && sets.is_empty())
            .then(|| Found { sets: [("", folder.to_path_buf())].into() }),
    }
}

fn folders(folder: &Path) -> Vec<String> {
    let names = access::list_folders(folder).unwrap_or_default().into_iter();
    let shown = names.map(|name| name.to_string_lossy().into_owned());
    let mut names: Vec<String> =
        shown.filter(|name| !name.starts_with('.') && !LITTER.contains(&name.as_str())).collect();
    names.sort();
    names
}

/// The folders of classes: beside aclImdb's `neg` and `pos` not `unsup`, whose reviews have none.
fn classes(folder: &Path) -> Vec<String> {
    let mut names = folders(folder);
    if names.iter().any(|name| name == "neg") && names.iter().any(|name| name == "pos") {
        names.retain(|name| name != "unsup");
    }
    names
}

/// Such folders as training and test sets. The classes are those of the training set, in the order of their names or of `class_names`.
///
/// # Errors
/// A class without a file, one that only the test set has, names that are not those of the folders.
pub(super) fn class_folders(folder: &Path, found: &Found, options: &CorpusOptions) -> Result<Splits> {
    let first = found.sets.get("train").or_else(|| found.sets.get("")).map_or(folder, PathBuf::as_path);
    let there = classes(first);
    let names = if options.class_names.is_empty() { there.clone() } else { options.class_names.clone() };
    let mut sorted = names.clone();
    sorted.sort();
    if sorted != there {
        let (place, there, asked) = (first.display(), there.join(", "), names.join(", "));
        return Err(Error::value(format!("class_names are {asked}, and the folders in {place} are {there}")));
    }
    if let Some(asked) = options.classes.filter(|asked| *asked != names.len()) {
        let (n, names) = (names.len(), names.join(", "));
        return Err(Error::value(format!("classes is {asked}, but {} has {n}: {names}", first.display())));
    }
    let mut listings = BTreeMap::new();
    let mut notes = Vec::new();
    for (set, place) in &found.sets {
        let there = classes(place);
        if let Some(other) = there.iter().find(|class| !names.contains(class)) {
            let (place, known) = (place.display(), names.join(", "));
            return Err(Error::data(format!(
                "{place} has the class {other}, which the training set has not ({known})"
            )));
        }
        let mut entries: Vec<Entry> = Vec::new();
        // Other sets may lack a class, as tables may.
        for (class, name) in names.iter().enumerate().filter(|(_, name)| there.contains(name)) {
            entries.extend(files(
                &place.join(name),
                class,
                if set.is_empty() { name.clone() } else { format!("{set}/{name}") },
            )?);
        }
        let listing = |entries: Vec<Entry>| {
            let group = entries.iter().map(|entry| entry.class as u32).collect();
            Listing { place: place.display().to_string(), groups: names.clone(), group, bodies: Bodies::Files(entries) }
        };
        if !set.is_empty() {
            listings.insert(*set, listing(entries));
            continue;
        }
        let share = if options.test == Some(Selection::None) { 0.0 } else { options.test_share.clamp(0.0, 1.0) };
        let labels: Vec<u32> = entries.iter().map(|entry| entry.class as u32).collect();
        let count = (labels.len() as f64 * share).round() as usize;
        let drawn = draw(&labels, count, share < 1.0, Purpose::Test)?;
        let (test, train): (Vec<_>, Vec<_>) = entries.into_iter().zip(drawn).partition(|(_, is_drawn)| *is_drawn);
        let parts = [("train", train), ("test", test)].map(|(set, part)| {
            let entries: Vec<Entry> = part.into_iter().map(|(entry, _)| entry).collect();
            (set, entries)
        });
        if parts.iter().all(|(_, part)| !part.is_empty()) {
            let (seed, test, train) = (random::state().seed, parts[1].1.len(), parts[0].1.len());
            notes.push(format!("seed {seed} draws {test} of its texts for testing and leaves {train} for training"));
        }
        listings.extend(parts.into_iter().filter(|(_, part)| !part.is_empty()).map(|(set, part)| (set, listing(part))));
    }
    let of_train = listings.get("train").map_or(&[][..], |listing: &Listing| &listing.group);
    let counted = names.iter().enumerate().map(|(i, name)| {
        let count = of_train.iter().filter(|group| **group as usize == i).count();
        format!("{i} = {name} ({count})")
    });
    notes.insert(0, format!("classes {}", counted.collect::<Vec<_>>().join(", ")));
    Ok(Splits { listings, classes: names, notes })
}

/// The files of a class, in the order of the numbers and letters of their names.
pub(in crate::ml::data) fn files(folder: &Path, class: usize, shown: String) -> Result<Vec<Entry>> {
    interrupt::check()?;
    let names = access::list(folder)?.into_iter().map(|name| name.to_string_lossy().into_owned());
    let mut names: Vec<String> =
        names.filter(|name| !name.starts_with('.') && !LITTER.contains(&name.as_str())).collect();
    if names.is_empty() {
        return Err(Error::data(format!("{} holds no files, expected a text in each", folder.display())));
    }
    if let Some(inner) = names.iter().map(|name| folder.join(name)).find(|path| access::is_dir(path)) {
        let message = format!("{} is a folder in the folder of a class, where each file is a text", inner.display());
        return Err(Error::data(message));
    }
    names.sort_by_cached_key(|name| (number(name), name.clone()));
    let entry = |(id, name): (i64, String)| Entry {
        class: class as i64,
        rating: 0,
        id,
        body: Body::File(folder.join(&name)),
        name: format!("{shown}/{name}"),
    };
    Ok((0..).zip(names).map(entry).collect())
}

/// The first number in a name, by which people count.
fn number(name: &str) -> u64 {
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(u64::MAX)
}
