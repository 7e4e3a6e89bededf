//! A training set and a test set of labelled reviews, from the program, a folder or one's own tables; with all that is
//! worth a word about them.

use super::listing::{Body, Entry, Listing};
use super::select::{SPLITS, Selection, Shares, proportional};
use super::table::{self, EXPECTED, Row, Table, TableOptions};
use super::{Label, Reviews, listing, sample};
use crate::access;
use crate::error::{Error, Result};
use crate::ml::random;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// Where reviews come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The reviews in the program.
    Sample,
    /// A folder laid out like aclImdb.
    Folder(PathBuf),
    /// A table, and another for the test set; without one, a part of the first is drawn for it.
    Tables(PathBuf, Option<PathBuf>),
}

#[derive(Debug, Clone)]
pub struct CorpusOptions {
    pub train: Option<Selection>,
    pub test: Option<Selection>,
    /// 2 (negative, positive) or 10 (the stars) for reviews of films; as many as a table has. `None` takes what is there.
    pub classes: Option<usize>,
    /// The labels of a table in the order of their classes; empty for numbers by size or names by the alphabet.
    pub class_names: Vec<String>,
    pub table: TableOptions,
    /// How much of a table without a test table of its own goes into the test set, 0 to 1.
    pub test_share: f64,
}

impl Default for CorpusOptions {
    fn default() -> Self {
        let table = TableOptions::default();
        CorpusOptions { train: None, test: None, classes: None, class_names: Vec::new(), table, test_share: 0.2 }
    }
}

#[derive(Debug)]
pub struct Corpus {
    pub train: Option<Reviews>,
    pub test: Option<Reviews>,
    /// What each class is called.
    pub classes: Vec<String>,
    /// What the user should know: sentences, each with the name of the data in front.
    pub notes: Vec<String>,
}

/// How many reviews of the sample or a folder make a set where nothing is said.
const USUAL: usize = 2000;

/// No epoch has this number, nor does [`super::Dataset::split`] use it: what it draws tells nothing about other draws.
const DRAW: i64 = i64::MIN + 1;

impl Source {
    /// A folder, or a table with perhaps another for the test set. A folder that holds `train.csv` (or `.tsv`, `.jsonl`)
    /// stands for that table, with `test.csv` beside it for the test set.
    ///
    /// # Errors
    /// A file that is no table; a test table beside a folder.
    pub fn open(data: &Path, test: Option<&Path>) -> Result<Source> {
        let name = data.display();
        if access::is_dir(data) {
            let inside = |stem: &str| {
                ["csv", "tsv", "jsonl"].iter().map(|e| data.join(format!("{stem}.{e}"))).find(|p| access::is_file(p))
            };
            return match (inside("train").filter(|_| !access::is_dir(&data.join("train"))), test) {
                (Some(train), None) => Ok(Source::Tables(train, inside("test"))),
                (Some(train), Some(test)) => Ok(Source::Tables(train, Some(test.to_path_buf()))),
                (None, None) => Ok(Source::Folder(data.to_path_buf())),
                (None, Some(_)) => Err(Error::value(format!(
                    "test_data is for tables; {name} is a folder, whose test reviews are in its folder test"
                ))),
            };
        }
        if !table::is_table(data) {
            return Err(Error::data(format!(
                "{name} is no data set: expected a folder laid out like aclImdb, or {EXPECTED}"
            )));
        }
        Ok(Source::Tables(data.to_path_buf(), test.map(Path::to_path_buf)))
    }

    fn name(&self) -> String {
        match self {
            Source::Sample => "sample".into(),
            Source::Folder(path) | Source::Tables(path, _) => path.display().to_string(),
        }
    }
}

/// What the selections choose from.
struct Shelf {
    splits: BTreeMap<&'static str, Listing>,
    classes: Vec<String>,
    notes: Vec<String>,
}

impl Corpus {
    /// Reads a training set and a test set. A file that is wrong is an error, never left out.
    ///
    /// # Errors
    /// Files and folders that are not as they should be (each is named), selections beyond what is there, a training set of
    /// one class.
    pub fn read(source: &Source, options: &CorpusOptions) -> Result<Corpus> {
        let usual = match source {
            Source::Tables(..) => Selection::All,
            Source::Sample | Source::Folder(_) => Selection::First(USUAL),
        };
        let train = options.train.clone().unwrap_or_else(|| usual.clone());
        // A table that is all for training has no test set, unless one is asked for.
        let whole = matches!(source, Source::Tables(_, None)) && options.test_share == 0.0;
        let test = options.test.clone().unwrap_or(if whole { Selection::None } else { usual });
        let mut needed: Vec<&'static str> = train.splits("train");
        needed.extend(test.splits("test"));

        let Shelf { splits, classes, mut notes } = match source {
            Source::Tables(train, test) => tables(train, test.as_deref(), options)?,
            Source::Sample | Source::Folder(_) => films(source, options, &needed)?,
        };
        let split = |name: &str| {
            splits.get(name).ok_or_else(|| {
                let share = options.test_share;
                Error::value(format!("{} has no {name} set, for test_share is {share}", source.name()))
            })
        };
        let shares = if matches!(source, Source::Tables(..)) { Shares::Proportional } else { Shares::Equal };
        let train = train.choose("train", shares, split)?;
        let test = test.choose("test", shares, split)?;
        check_classes(source, &classes, &train, &test, &mut notes)?;
        let both: HashSet<*const Entry> = train.iter().map(|e| std::ptr::from_ref(*e)).collect();
        let both = test.iter().filter(|e| both.contains(&std::ptr::from_ref(**e))).count();
        if both > 0 {
            notes
                .push(format!("the test set shares {both} reviews with the training set, which has seen their labels"));
        }
        let read = |entries: &[&Entry]| (!entries.is_empty()).then(|| listing::read(entries)).transpose();
        let (train, test) = (read(&train)?, read(&test)?);
        notes.extend(damage(&[&train, &test]));
        let name = source.name();
        let notes = notes.into_iter().map(|note| format!("{name}: {note}")).collect();
        Ok(Corpus { train, test, classes, notes })
    }
}

/// The sample's reviews or a folder's, in the splits that are needed.
fn films(source: &Source, options: &CorpusOptions, needed: &[&'static str]) -> Result<Shelf> {
    let stars = match options.classes {
        None | Some(2) => false,
        Some(10) => true,
        Some(other) => {
            return Err(Error::value(format!(
                "classes is {other}: reviews of films have 2 (negative, positive) or 10 (stars)"
            )));
        }
    };
    if !options.class_names.is_empty() {
        return Err(Error::value("class_names is for tables: the classes of films are neg and pos, or the stars"));
    }
    let mut splits = BTreeMap::new();
    for name in SPLITS.into_iter().filter(|name| needed.contains(name)) {
        let mut listing = match source {
            Source::Folder(folder) => listing::folder(folder, name)?,
            _ => listed_sample(name)?,
        };
        if stars {
            listing.entries.iter_mut().for_each(|e| e.class = e.rating - 1);
        }
        splits.insert(name, listing);
    }
    let classes = match stars {
        true => (1..=10).map(|stars| stars.to_string()).collect(),
        false => vec!["neg".to_string(), "pos".to_string()],
    };
    Ok(Shelf { splits, classes, notes: Vec::new() })
}

fn listed_sample(split: &str) -> Result<Listing> {
    let mut entries = Vec::new();
    for label in [Label::Neg, Label::Pos] {
        let Reviews { texts, ratings, ids, names, .. } = sample::reviews(split, label, None)?;
        let group = label.class() as usize;
        let all = texts.raw().iter().cloned().zip(ratings).zip(ids).zip(names);
        entries.extend(all.map(|(((text, rating), id), name)| Entry {
            group,
            class: label.class(),
            rating,
            id,
            name,
            body: Body::Text(text, 0),
        }));
    }
    Ok(Listing { place: format!("the sample's {split}"), groups: vec!["neg".into(), "pos".into()], entries })
}

/// Tables as training and test sets. The classes are those of the first table; a label that it does not have is an error.
fn tables(train: &Path, test: Option<&Path>, options: &CorpusOptions) -> Result<Shelf> {
    let first = Table::read(train, &options.table)?;
    let second = test.map(|path| Table::read(path, &options.table)).transpose()?;
    let whose = if options.class_names.is_empty() { "the training labels" } else { "class_names" };
    let classes = match options.class_names.is_empty() {
        true => table::class_names(first.rows.iter().map(|r| r.label.as_str())),
        false => options.class_names.clone(),
    };
    check_names(train, &first, &classes, options)?;

    let labels = |table: &Table| -> Result<Vec<usize>> {
        let numeric = table::are_numbers(classes.iter().map(String::as_str));
        let class = |row: &Row| {
            let label = table::canonical(&row.label, numeric);
            let place = classes.iter().position(|c| table::canonical(c, numeric) == label);
            place.ok_or_else(|| table::unknown_label(&table.path, row, &classes, whose))
        };
        table.rows.iter().map(class).collect()
    };
    let first_labels = labels(&first)?;
    let mut notes = vec![format!("classes {}", counted(&classes, &first_labels))];
    let list = |table: Table, labels: Vec<usize>| listed_table(table, labels, &classes);
    let mut splits = BTreeMap::new();
    match second {
        Some(second) => {
            let second_labels = labels(&second)?;
            splits.insert("test", list(second, second_labels));
            splits.insert("train", list(first, first_labels));
        }
        None => {
            let drawn = draw(&first_labels, classes.len(), options.test_share)?;
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
                    splits.insert(name, list(Table { path: path.clone(), rows }, labels));
                }
            }
        }
    }
    Ok(Shelf { splits, classes, notes })
}

/// Classes that a classifier can be trained on.
fn check_names(path: &Path, table: &Table, classes: &[String], options: &CorpusOptions) -> Result<()> {
    let (name, column, rows) = (path.display(), &options.table.label, table.rows.len());
    if let Some(twice) = (1..classes.len()).find(|i| classes[..*i].contains(&classes[*i])) {
        return Err(Error::value(format!("class_names holds `{}` twice", classes[twice])));
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
    let count = |class| labels.iter().filter(|label| **label == class).count();
    let all = classes.iter().enumerate().map(|(i, name)| format!("{i} = {name} ({})", count(i)));
    all.collect::<Vec<_>>().join(", ")
}

fn listed_table(table: Table, labels: Vec<usize>, classes: &[String]) -> Listing {
    let Table { path, rows } = table;
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

/// Which rows a test set of this share takes: drawn by the seed alone, from each class by its share, and never a class's last.
fn draw(labels: &[usize], classes: usize, share: f64) -> Result<Vec<bool>> {
    let mut counts = vec![0; classes];
    labels.iter().for_each(|l| counts[*l] += 1);
    let share = share.clamp(0.0, 1.0);
    let mut left = proportional((labels.len() as f64 * share).round() as usize, &counts);
    if share < 1.0 {
        left.iter_mut().zip(&counts).for_each(|(quota, count)| *quota = (*quota).min(count.saturating_sub(1)));
    }
    let mut drawn = vec![false; labels.len()];
    for row in random::permutation(labels.len() as i64, DRAW)? {
        let quota = &mut left[labels[row as usize]];
        drawn[row as usize] = *quota > 0;
        *quota = quota.saturating_sub(1);
    }
    Ok(drawn)
}

/// A training set has at least two classes. Classes that one or the other set lacks are said.
fn check_classes(
    source: &Source,
    classes: &[String],
    train: &[&Entry],
    test: &[&Entry],
    notes: &mut Vec<String>,
) -> Result<()> {
    let occurring = |entries: &[&Entry]| entries.iter().map(|e| e.class).collect::<HashSet<i64>>();
    let (trained, tested) = (occurring(train), occurring(test));
    let names = |which: &dyn Fn(i64) -> bool| {
        let all = classes.iter().enumerate().filter(|(i, _)| which(*i as i64)).map(|(_, name)| name.as_str());
        all.collect::<Vec<_>>().join(", ")
    };
    if train.is_empty() {
        return Ok(());
    }
    if trained.len() < 2 {
        let only = names(&|class| trained.contains(&class));
        return Err(Error::data(format!(
            "{}: all {} training reviews are of the class `{only}`; a classifier learns from at least two",
            source.name(),
            train.len()
        )));
    }
    let missing = names(&|class| !trained.contains(&class));
    if !missing.is_empty() {
        notes.push(format!("the training reviews have none of class {missing}, which so cannot be learned"));
    }
    let unseen = names(&|class| tested.contains(&class) && !trained.contains(&class));
    if !unseen.is_empty() {
        notes.push(format!("the test reviews have some of class {unseen}, which the training reviews never have"));
    }
    Ok(())
}

/// Texts that are not what their writers wrote.
fn damage(sets: &[&Option<Reviews>]) -> Vec<String> {
    let sets = || sets.iter().filter_map(|set| set.as_ref());
    let replaced: usize = sets().map(|set| set.replaced).sum();
    let empty: Vec<&str> = sets()
        .flat_map(|set| set.texts.raw().iter().zip(&set.names))
        .filter(|(text, _)| text.trim().is_empty())
        .map(|(_, name)| name.as_str())
        .collect();
    let plural = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let mut notes = Vec::new();
    if replaced > 0 {
        let damaged = sets().flat_map(|set| set.texts.raw().iter().zip(&set.names));
        let first = damaged.into_iter().find(|(text, _)| text.contains('\u{fffd}')).map_or("", |(_, name)| name);
        let what = plural(replaced, "character that was not UTF-8 was", "characters that were not UTF-8 were");
        notes.push(format!("{what} replaced by U+FFFD (the first in {first})"));
    }
    if let Some(first) = empty.first() {
        let what = plural(empty.len(), "review is empty and is", "reviews are empty and are");
        notes.push(format!("{what} kept, as one unknown word (the first is {first})"));
    }
    notes
}
