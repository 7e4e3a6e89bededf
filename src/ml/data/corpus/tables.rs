//! Tables, whose labels are the classes.

use super::draw::{Purpose, draw};
use super::{CorpusOptions, splits::Splits};
use crate::error::{Error, Result};
use crate::ml::data::Selection;
use crate::ml::data::formats::FORMATS;
use crate::ml::data::labels;
use crate::ml::data::listing::{Body, Entry, Listing};
use crate::ml::data::select::SPLITS;
use crate::ml::data::table::{Row, Table};
use crate::ml::random;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

/// Tables as training and test sets. The classes are those of the first table; a label that it does not have is an error.
pub(super) fn tables(train: &Path, test: Option<&Path>, options: &CorpusOptions) -> Result<Splits> {
    let first = FORMATS.read(train, &options.table, &options.class_names)?;
    let second = test.map(|path| FORMATS.read(path, &options.table, &options.class_names)).transpose()?;
    let whose = if options.class_names.is_empty() { "the training labels" } else { "class_names" };
    let classes = match options.class_names.is_empty() {
        true => labels::class_names(first.rows.iter().map(|r| r.label.as_str())),
        false => options.class_names.clone(),
    };
    if options.class_names.is_empty() {
        labels::check_alike(train, &first.rows)?;
    }
    check_names(train, &first, &classes, options)?;

    let numbered = |table: &Table| -> Result<Vec<usize>> {
        let numeric = labels::are_numbers(classes.iter().map(String::as_str));
        let mut places = HashMap::new();
        for (place, class) in classes.iter().enumerate() {
            places.entry(labels::canonical(class, numeric)).or_insert(place);
        }
        let class = |row: &Row| {
            let place = places.get(&labels::canonical(&row.label, numeric)).copied();
            place.ok_or_else(|| labels::unknown_label(&table.path, row, &classes, whose))
        };
        table.rows.iter().map(class).collect()
    };
    let first_labels = numbered(&first)?;
    let mut notes = first.notes.clone();
    notes.extend(second.iter().flat_map(|table| &table.notes).map(|note| format!("of the test table, {note}")));
    notes.push(format!("classes {}", counted(&classes, &first_labels)));
    let list = |table: Table, labels: Vec<usize>| listed_table(table, labels, &classes);
    let mut listings = BTreeMap::new();
    match second {
        Some(second) => {
            let second_labels = numbered(&second)?;
            listings.insert("test", list(second, second_labels));
            listings.insert("train", list(first, first_labels));
        }
        None => {
            // Without a test set nobody would read what is drawn for it.
            let share = if options.test == Some(Selection::None) { 0.0 } else { options.test_share.clamp(0.0, 1.0) };
            let count = (first_labels.len() as f64 * share).round() as usize;
            let drawn = draw(&first_labels, count, share < 1.0, Purpose::Test)?;
            let mut parts = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
            let path = first.path;
            for ((row, label), in_test) in first.rows.into_iter().zip(first_labels).zip(drawn) {
                let (rows, labels) = &mut parts[usize::from(in_test)];
                rows.push(row);
                labels.push(label);
            }
            let (of_train, of_test) = (parts[0].0.len(), parts[1].0.len());
            if of_train > 0 && of_test > 0 {
                let seed = random::state().seed;
                notes.push(format!(
                    "seed {seed} draws {of_test} of its rows for testing and leaves {of_train} for training"
                ));
            }
            for (name, (rows, labels)) in SPLITS.into_iter().zip(parts) {
                if !rows.is_empty() {
                    listings.insert(name, list(Table { path: path.clone(), rows, notes: Vec::new() }, labels));
                }
            }
        }
    }
    Ok(Splits { listings, classes, notes })
}

/// Classes that a classifier can be trained on.
fn check_names(path: &Path, table: &Table, classes: &[String], options: &CorpusOptions) -> Result<()> {
    let (name, column, rows) = (path.display(), &options.table.label, table.rows.len());
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
fn counted(classes: &[String], labels: &[usize]) -> String {
    let mut counts = vec![0; classes.len()];
    labels.iter().for_each(|label| counts[*label] += 1);
    let all = classes.iter().zip(counts).enumerate().map(|(i, (name, count))| format!("{i} = {name} ({count})"));
    all.collect::<Vec<_>>().join(", ")
}

fn listed_table(table: Table, labels: Vec<usize>, classes: &[String]) -> Listing {
    let Table { path, rows, .. } = table;
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let entries = rows.into_iter().zip(labels).map(|(row, label)| Entry {
        group: label,
        class: label as i64,
        rating: 0,
        id: row.line as i64,
        name: format!("{file}:{}", row.line),
        body: Body::Text(row.text.into(), row.replaced),
    });
    Listing { place: path.display().to_string(), groups: classes.to_vec(), entries: entries.collect() }
}
