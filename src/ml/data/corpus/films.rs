//! The sample's reviews or those of a folder, of two classes or ten.

use super::{CorpusOptions, Source, splits::Splits};
use crate::error::{Error, Result};
use crate::ml::data::listing::{Bodies, Body, Entry, Listing};
use crate::ml::data::select::SPLITS;
use crate::ml::data::{Label, Reviews, Texts, folder, sample};
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
        if stars && let Bodies::Files(entries) = &mut listing.bodies {
            entries.iter_mut().for_each(|entry| entry.class = entry.rating - 1);
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
    let of = |label: Label| -> Result<(Label, Vec<Entry>)> {
        let Reviews { texts, ratings, ids, names, .. } = sample::reviews(split, label, None)?;
        let all = (0..texts.len()).zip(ratings).zip(ids).map(|((at, rating), id)| {
            let text = |texts: &Texts| texts.get(at).map(|text| text.unwrap_or_default().into_owned());
            Ok(Entry { class: label.class(), rating, id, name: text(&names)?, body: Body::Text(text(&texts)?.into()) })
        });
        Ok((label, all.collect::<Result<_>>()?))
    };
    Ok(folder::of_files(format!("the sample's {split}"), [of(Label::Neg)?, of(Label::Pos)?]))
}
