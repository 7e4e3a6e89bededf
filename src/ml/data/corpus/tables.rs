//! Tables, whose labels are the classes.

use super::draw::{Purpose, draw};
use super::{CorpusOptions, files::Tables, splits::Splits, treebank};
use crate::error::{Error, Result};
use crate::ml::data::Selection;
use crate::ml::data::formats::FORMATS;
use crate::ml::data::labels;
use crate::ml::data::listing::{Body, Entry, Listing};
use crate::ml::data::select::SPLITS;
use crate::ml::data::table::{Cells, Collected, Row, Table};
use crate::ml::random;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Tables as training, validation and test sets. The classes are those of the training rows; a label that they do not have is an error.
pub(super) fn tables(files: &Tables, options: &CorpusOptions) -> Result<Splits> {
    let read = |paths: &[PathBuf]| -> Result<Vec<Table>> {
        paths.iter().map(|path| FORMATS.read(path, &options.table, &options.class_names)).collect()
    };
    // A validation set that is asked for otherwise is taken from the training rows.
    let of_valid = if options.valid.is_none() { files.valid.as_slice() } else { &[] };
    // Test sets of competitions have no labels: one that nobody asks for is not read.
    let from_test = options.train.iter().any(|train| train.splits("train").contains(&"test"));
    let of_test = if from_test || options.test != Some(Selection::None) { files.test.as_slice() } else { &[] };
    of_tables(read(&files.train)?, read(of_valid)?, read(of_test)?, files, options)
}

/// The sentences of the treebank, which come from several files at once.
pub(super) fn treebank(folder: &Path, layout: treebank::Layout, options: &CorpusOptions) -> Result<Splits> {
    let sets = treebank::read(folder, layout)?;
    let paths: Vec<PathBuf> = sets.iter().map(|(path, _)| path.clone()).collect();
    let table = |(path, rows): (PathBuf, Vec<Cells>)| -> Result<Vec<Table>> {
        let mut collected = Collected::new(&path, &options.table, &options.class_names);
        rows.into_iter().try_for_each(|cells| collected.add(cells))?;
        let (rows, notes) = collected.done()?;
        Ok(vec![Table { rows, notes, path: path.clone() }])
    };
    let [train, valid, test] = sets.map(table);
    let valid = if options.valid.is_none() { valid? } else { Vec::new() };
    let set = |i: usize| paths.get(i).cloned().into_iter().collect();
    let files = Tables { train: set(0), valid: Vec::new(), test: set(2), notes: Vec::new() };
    of_tables(train?, valid, test?, &files, options)
}

fn of_tables(
    first: Vec<Table>,
    valid: Vec<Table>,
    second: Vec<Table>,
    files: &Tables,
    options: &CorpusOptions,
) -> Result<Splits> {
    let whose = if options.class_names.is_empty() { "the training labels" } else { "class_names" };
    let classes = match options.class_names.is_empty() {
        true => labels::class_names(first.iter().flat_map(|table| &table.rows).map(|r| r.label.as_str())),
        false => options.class_names.clone(),
    };
    if options.class_names.is_empty() {
        labels::check_alike(&first)?;
    }
    check_names(&files.name(), &first, &classes, options)?;

    let numeric = labels::are_numbers(classes.iter().map(String::as_str));
    let mut places = HashMap::new();
    for (place, class) in classes.iter().enumerate() {
        places.entry(labels::canonical(class, numeric)).or_insert(place);
    }
    let class = |table: &Table, row: &Row| {
        let place = places.get(&labels::canonical(&row.label, numeric)).copied();
        place.ok_or_else(|| labels::unknown_label(&table.path, row, &classes, whose))
    };
    let mut notes = files.notes.clone();
    if let (Some(left), true) = (files.valid.first(), valid.is_empty()) {
        notes.push(format!("valid says where the validation set comes from, so that {} is not read", left.display()));
    }
    for (set, tables) in [("", &first), ("validation ", &valid), ("test ", &second)] {
        for table in tables {
            let which = match (set, tables.len()) {
                ("", 1) => String::new(),
                (set, 1) => format!("of the {set}table, "),
                _ => format!("of {}, ", files.shown(&table.path)),
            };
            notes.extend(table.notes.iter().map(|note| format!("{which}{note}")));
        }
    }
    let list = |tables: Vec<Table>| -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for table in tables {
            let labels: Vec<usize> = table.rows.iter().map(|row| class(&table, row)).collect::<Result<_>>()?;
            entries.extend(listed(table, labels, files));
        }
        Ok(entries)
    };
    let listing =
        |paths: &[PathBuf], entries| Listing { place: Tables::several(paths), groups: classes.clone(), entries };
    let first = list(first)?;
    notes.push(format!("classes {}", counted(&classes, &first)));
    let mut listings = BTreeMap::new();
    if !valid.is_empty() {
        listings.insert("valid", listing(&files.valid, list(valid)?));
    }
    if !second.is_empty() {
        listings.insert("test", listing(&files.test, list(second)?));
        listings.insert("train", listing(&files.train, first));
        return Ok(Splits { listings, classes, notes });
    }
    // Without a test set nobody would read what is drawn for it.
    let share = if options.test == Some(Selection::None) { 0.0 } else { options.test_share.clamp(0.0, 1.0) };
    let count = (first.len() as f64 * share).round() as usize;
    let labels: Vec<usize> = first.iter().map(|entry| entry.group).collect();
    let drawn = draw(&labels, count, share < 1.0, Purpose::Test)?;
    let (test, train): (Vec<_>, Vec<_>) = first.into_iter().zip(drawn).partition(|(_, is_drawn)| *is_drawn);
    let (of_train, of_test) = (train.len(), test.len());
    if of_train > 0 && of_test > 0 {
        let seed = random::state().seed;
        notes.push(format!("seed {seed} draws {of_test} of its rows for testing and leaves {of_train} for training"));
    }
    for (name, part) in SPLITS.into_iter().zip([train, test]).filter(|(_, part)| !part.is_empty()) {
        listings.insert(name, listing(&files.train, part.into_iter().map(|(entry, _)| entry).collect()));
    }
    Ok(Splits { listings, classes, notes })
}

/// Classes that a classifier can be trained on.
fn check_names(name: &str, tables: &[Table], classes: &[String], options: &CorpusOptions) -> Result<()> {
    let rows: usize = tables.iter().map(|table| table.rows.len()).sum();
    let column = &options.table.label;
    let mut names = HashSet::new();
    if let Some(twice) = classes.iter().find(|class| !names.insert(class.as_str())) {
        return Err(Error::value(format!("class_names holds `{twice}` twice")));
    }
    if classes.len() < 2 {
        let only = classes.first().map(String::as_str).unwrap_or_default();
        return Err(Error::data(format!(
            "{name}: all {rows} labels are `{only}`; a classifier learns from at least two classes"
        )));
    }
    if classes.len() > 20 && classes.len() > rows / 2 {
        return Err(Error::data(format!(
            "{name}: the column `{column}` has {} different values in {rows} rows, expected a few classes \
             (label_column: \"NAME\" takes another column)",
            classes.len()
        )));
    }
    match options.classes {
        Some(asked) if asked != classes.len() => Err(Error::value(format!(
            "classes is {asked}, but the labels of {name} are {}: {}",
            classes.len(),
            classes.join(", ")
        ))),
        _ => Ok(()),
    }
}

/// `0 = neg (12), 1 = pos (13)`
fn counted(classes: &[String], entries: &[Entry]) -> String {
    let mut counts = vec![0; classes.len()];
    entries.iter().for_each(|entry| counts[entry.group] += 1);
    let all = classes.iter().zip(counts).enumerate().map(|(i, (name, count))| format!("{i} = {name} ({count})"));
    all.collect::<Vec<_>>().join(", ")
}

fn listed(table: Table, labels: Vec<usize>, files: &Tables) -> impl Iterator<Item = Entry> {
    let file = files.shown(&table.path);
    table.rows.into_iter().zip(labels).map(move |(row, label)| Entry {
        group: label,
        class: label as i64,
        rating: 0,
        id: row.line as i64,
        name: format!("{file}:{}", row.line),
        body: Body::Text(row.text.into(), row.replaced),
    })
}
