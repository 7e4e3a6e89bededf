//! The sample's reviews or those of a folder, of two classes or ten.

use super::{CorpusOptions, Source, splits::Splits};
use crate::error::{Error, Result};
use crate::ml::data::listing::{Body, Entry, Listing};
use crate::ml::data::select::SPLITS;
use crate::ml::data::{Label, Reviews, folder, sample};
use std::collections::BTreeMap;

/// The sample's reviews or a folder's, in the splits that are needed.
pub(super) fn films(source: &Source, options: &CorpusOptions, needed: &[&'static str]) -> Result<Splits> {
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
    let mut listings = BTreeMap::new();
    for name in SPLITS.into_iter().filter(|name| needed.contains(name)) {
        let mut listing = match source {
            Source::Folder(folder) => folder::listed(folder, name)?,
            _ => listed_sample(name)?,
        };
        if stars {
            listing.entries.iter_mut().for_each(|e| e.class = e.rating - 1);
        }
        listings.insert(name, listing);
    }
    let classes = match stars {
        true => (1..=10).map(|stars| stars.to_string()).collect(),
        false => vec!["neg".to_string(), "pos".to_string()],
    };
    Ok(Splits { listings, classes, notes: Vec::new() })
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
