//! Tables, whose labels are the classes.

use super::draw::{Purpose, draw};
use super::{CorpusOptions, files::Tables, splits::Splits, treebank};
use crate::error::{Error, Result};
use crate::ml::data::Selection;
use crate::ml::data::formats::FORMATS;
use crate::ml::data::labels;
use crate::ml::data::listing::{Bodies, Listing, Rows};
use crate::ml::data::select::SPLITS;
use crate::ml::data::table::{Cells, Collected, Columns, Done, Table};
use crate::ml::random;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    let table = |(path, rows): (PathBuf, Vec<Cells<'static>>)| -> Result<Vec<Table>> {
        let mut collected = Collected::new(&path, &options.table, &options.class_names);
        rows.into_iter().try_for_each(|cells| collected.add(cells))?;
        let Done { rows, kept, notes, .. } = collected.done()?;
        Ok(vec![Table { rows, texts: Arc::new(kept), notes, path: path.clone() }])
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
        true => labels::class_names(first.iter().flat_map(|table| table.rows.names.iter())),
        false => options.class_names.clone(),
    };
    if options.class_names.is_empty() {
        labels::check_alike(&first)?;
    }
    check_names(&files.name(), &first, &classes, options)?;

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
    // The class of each row of the tables, one behind the other.
    let numbered = |tables: &[Table]| -> Result<Vec<u32>> {
        Ok(tables.iter().map(|table| numbered(table, &classes, whose)).collect::<Result<Vec<_>>>()?.concat())
    };
    let named = |tables: Vec<Table>| -> Vec<Arc<Rows>> {
        tables.into_iter().map(|table| Arc::new(Rows { file: files.shown(&table.path), table })).collect()
    };
    let listing = |paths: &[PathBuf], bodies, group| Listing {
        place: Tables::several(paths),
        groups: classes.clone(),
        group,
        bodies: Bodies::Rows(bodies),
    };
    let whole = |paths: &[PathBuf], tables: Vec<Arc<Rows>>, group| {
        let all = |table: Arc<Rows>| (table.clone(), (0..table.table.rows.len() as u32).collect());
        listing(paths, tables.into_iter().map(all).collect(), group)
    };
    let labels = numbered(&first)?;
    notes.push(format!("classes {}", counted(&classes, &labels)));
    let first = named(first);
    let mut listings = BTreeMap::new();
    if !valid.is_empty() {
        let labels = numbered(&valid)?;
        listings.insert("valid", whole(&files.valid, named(valid), labels));
    }
    if !second.is_empty() {
        let of_test = numbered(&second)?;
        listings.insert("test", whole(&files.test, named(second), of_test));
        listings.insert("train", whole(&files.train, first, labels));
        return Ok(Splits { listings, classes, notes });
    }
    // Without a test set nobody would read what is drawn for it.
    let share = if options.test == Some(Selection::None) { 0.0 } else { options.test_share.clamp(0.0, 1.0) };
    let count = (labels.len() as f64 * share).round() as usize;
    let drawn = draw(&labels, count, share < 1.0, Purpose::Test)?;
    let (of_test, of_train) = (count_of(&drawn, true), count_of(&drawn, false));
    if of_train > 0 && of_test > 0 {
        let seed = random::state().seed;
        notes.push(format!("seed {seed} draws {of_test} of its rows for testing and leaves {of_train} for training"));
    }
    for (name, in_test) in SPLITS.into_iter().zip([false, true]) {
        let mut rest = drawn.as_slice();
        let part = |table: &Arc<Rows>| {
            let (here, behind) = rest.split_at(table.table.rows.len());
            rest = behind;
            (table.clone(), (0..).zip(here).filter(|(_, drawn)| **drawn == in_test).map(|(row, _)| row).collect())
        };
        let bodies: Vec<(Arc<Rows>, Vec<u32>)> = first.iter().map(part).collect();
        let group: Vec<u32> =
            labels.iter().zip(&drawn).filter(|(_, drawn)| **drawn == in_test).map(|(label, _)| *label).collect();
        if !group.is_empty() {
            listings.insert(name, listing(&files.train, bodies, group));
        }
    }
    Ok(Splits { listings, classes, notes })
}

fn count_of(drawn: &[bool], which: bool) -> usize {
    drawn.iter().filter(|drawn| **drawn == which).count()
}

/// The class of each row.
///
/// # Errors
/// A label that is none of the classes.
fn numbered(table: &Table, classes: &[String], whose: &str) -> Result<Vec<u32>> {
    let numeric = labels::are_numbers(classes.iter().map(String::as_str));
    let mut places = HashMap::new();
    for (place, class) in (0..).zip(classes) {
        places.entry(labels::canonical(class, numeric)).or_insert(place);
    }
    let Columns { names, labels, .. } = &table.rows;
    let class = |(label, number): (&str, u32)| {
        let line = || table.rows.first_line(number);
        let place = places.get(&labels::canonical(label, numeric)).copied();
        place.ok_or_else(|| labels::unknown_label(&table.path, (line(), label), classes, whose))
    };
    let of_names: Vec<u32> = names.iter().zip(0..).map(class).collect::<Result<_>>()?;
    Ok(labels.iter().map(|label| of_names[*label as usize]).collect())
}

/// Classes that a classifier can be trained on.
fn check_names(name: &str, tables: &[Table], classes: &[String], options: &CorpusOptions) -> Result<()> {
    let rows: usize = tables.iter().map(|table| table.rows.len()).sum();
    let column = options.table.label.as_ref().map(ToString::to_string).unwrap_or_default();
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
fn counted(classes: &[String], labels: &[u32]) -> String {
    let mut counts = vec![0; classes.len()];
    labels.iter().for_each(|label| counts[*label as usize] += 1);
    let all = classes.iter().zip(counts).enumerate().map(|(i, (name, count))| format!("{i} = {name} ({count})"));
    all.collect::<Vec<_>>().join(", ")
}
