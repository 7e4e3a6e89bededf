//! Reading a corpus: list each split, choose, then read only what was chosen.

use super::account::SetAccount;
use super::films::films;
use super::notes::{check_classes, damage};
use super::repeated::{Sets, repeated};
use super::{CorpusOptions, Source, Valid};
use super::{class_folders, tables, treebank};
use crate::error::{Error, Result};
use crate::ml::data::listing::ReadSet;
use crate::ml::data::select::{Review, Shares};
use crate::ml::data::{Reviews, Selection};

#[derive(Debug)]
pub struct Corpus {
    pub train: Option<Reviews>,
    /// Some of what would else be training reviews.
    pub valid: Option<Reviews>,
    pub test: Option<Reviews>,
    /// What each class is called.
    pub classes: Vec<String>,
    /// Of each set that was read.
    pub account: Vec<SetAccount>,
    /// What the user should know: sentences, each with the name of the data in front.
    pub notes: Vec<String>,
}

/// How many reviews of the sample or a folder make a set where nothing is said.
const USUAL: usize = 2000;

impl Corpus {
    /// Reads a training set, a test set and, where it is asked for, a validation set. A file that is wrong is an error, never left out.
    ///
    /// # Errors
    /// Files and folders that are not as they should be (each is named), selections beyond what is there, a training set of
    /// one class.
    pub fn read(source: &Source, options: &CorpusOptions) -> Result<Corpus> {
        let usual = match source {
            Source::Tables(..) | Source::Classes(_) | Source::Treebank(_) => Selection::All,
            Source::Sample | Source::Folder(_) => Selection::First(USUAL),
        };
        let train = options.train.clone().unwrap_or_else(|| usual.clone());
        // A table that is all for training has no test set, unless one is asked for.
        let has_none = match source {
            Source::Tables(tables) => tables.test.is_empty(),
            source => matches!(source, Source::Classes(_)),
        };
        let whole = has_none && options.test_share == 0.0;
        let test = options.test.clone().unwrap_or(if whole { Selection::None } else { usual });
        let mut needed: Vec<&'static str> = train.splits("train");
        needed.extend(test.splits("test"));
        needed.extend(options.valid.iter().flat_map(Valid::splits));

        let splits = match source {
            Source::Tables(files) => tables::tables(files, options)?,
            Source::Treebank(folder) => match treebank::found(folder) {
                Some(layout) => tables::treebank(folder, layout, options)?,
                None => return Err(Error::data(format!("{} is the treebank's no more", source.name()))),
            },
            Source::Classes(folder) => match class_folders::found(folder) {
                Some(found) => class_folders::class_folders(folder, &found, options)?,
                None => return Err(Error::data(format!("{} has no folders of classes any more", source.name()))),
            },
            Source::Sample | Source::Folder(_) => films(source, options, &needed)?,
        };
        let split = |name: &str| {
            splits.listings.get(name).ok_or_else(|| {
                let share = options.test_share;
                Error::value(format!("{} has no {name} set, for test_share is {share}", source.name()))
            })
        };
        let shares = if source.has_own_classes() { Shares::Proportional } else { Shares::Equal };
        let train = train.choose("train", shares, split)?;
        let test = test.choose("test", shares, split)?;
        let (train, valid) = match &options.valid {
            // One that the data set has itself goes with its training set.
            None => {
                let own = if train.is_empty() { Vec::new() } else { splits.all("valid") };
                (train, own)
            }
            Some(Valid::Nothing) => (train, Vec::new()),
            Some(_) if train.is_empty() => {
                return Err(Error::value("valid takes its reviews from the training set, and train is 0"));
            }
            Some(valid) => valid.take(train, |review| splits.class(review), split)?,
        };
        let mut notes = splits.notes.clone();
        let classes_of = |reviews: &[Review]| reviews.iter().map(|review| splits.class(*review)).collect::<Vec<i64>>();
        check_classes(source, &splits.classes, &classes_of(&train), &classes_of(&test), &mut notes)?;
        let in_train = splits.among(&test, &train);
        let count = |marks: &[bool]| marks.iter().filter(|mark| **mark).count();
        for (both, why) in [
            (count(&in_train), "training set, which has seen their labels"),
            (count(&splits.among(&test, &valid)), "validation set, which chooses the epoch"),
        ] {
            if both > 0 {
                notes.push(format!("the test set shares {both} reviews with the {why}"));
            }
        }
        let read = |chosen: &[Review]| (!chosen.is_empty()).then(|| splits.read(chosen)).transpose();
        let (train, valid, test) = (read(&train)?, read(&valid)?, read(&test)?);
        notes.extend(damage(source, &[&train, &valid, &test])?);
        let found = Sets { train: train.as_ref(), valid: valid.as_ref(), test: test.as_ref(), in_both: &in_train };
        let (others, in_train) = repeated(source, &found, options.overlap)?;
        notes.extend(others);
        let sets = [("train", &train, 0), ("valid", &valid, in_train.valid), ("test", &test, in_train.test)];
        let of_set = |(name, set, in_train): (&'static str, &Option<ReadSet>, usize)| {
            Some(SetAccount::new(name, set.as_ref()?, splits.classes.len(), in_train))
        };
        let account = sets.into_iter().filter_map(of_set).collect();
        let [train, valid, test] = [train, valid, test].map(|set| set.map(|set| set.reviews));
        let name = source.name();
        let notes = notes.into_iter().map(|note| format!("{name}: {note}")).collect();
        Ok(Corpus { train, valid, test, classes: splits.classes, account, notes })
    }
}
