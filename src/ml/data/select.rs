//! Which reviews of a data set: `2000`, `all`, or slices such as `neg[5000:6000] + train/pos[:500]`.

use super::listing::Listing;
use crate::error::{Error, Result};

pub(super) const SPLITS: [&str; 2] = ["train", "test"];

/// Those, and the set that a data set may have to choose an epoch by.
pub(super) const SETS: [&str; 3] = ["train", "test", "valid"];

const SYNTAX: &str = "expected a number, \"all\", or slices such as \"neg[5000:6000] + pos[2500:3500]\"";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// No reviews at all: the set is not made.
    None,
    All,
    /// So many, the first of each class in their order.
    First(usize),
    Slices(Vec<Slice>),
}

/// `test/neg[5000:6000]`: of a split, of one group in it, from and to. Each part may be left out; a bound below 0 counts
/// from the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    split: Option<&'static str>,
    group: Option<String>,
    from: Option<i64>,
    to: Option<i64>,
    text: String,
}

/// How [`Selection::First`] divides its number among the classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shares {
    /// The same for each.
    Equal,
    /// As they occur.
    Proportional,
}

impl Selection {
    /// # Errors
    /// A text that is none of the three; it is named, with the syntax.
    pub fn parse(text: &str) -> Result<Selection> {
        match text.trim() {
            "all" => Ok(Selection::All),
            number if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
                let wrong = |_| Error::value(format!("`{text}` reviews are more than there can be"));
                Ok(Selection::count(number.parse().map_err(wrong)?))
            }
            slices => slices.split('+').map(Slice::parse).collect::<Result<_>>().map(Selection::Slices),
        }
    }

    pub fn count(number: usize) -> Selection {
        if number == 0 { Selection::None } else { Selection::First(number) }
    }

    /// The splits that this needs, for the set called `own`.
    pub(super) fn splits(&self, own: &'static str) -> Vec<&'static str> {
        match self {
            Selection::None => Vec::new(),
            Selection::All | Selection::First(_) => vec![own],
            Selection::Slices(slices) => slices.iter().map(|s| s.split.unwrap_or(own)).collect(),
        }
    }

    /// The reviews that are meant; `split` gives the listing of a split.
    ///
    /// # Errors
    /// More than there are, a slice beyond the end or of an unknown class, a review that two slices name.
    pub(super) fn choose<'a>(
        &self,
        own: &'static str,
        shares: Shares,
        split: impl Fn(&str) -> Result<&'a Listing>,
    ) -> Result<Vec<Review>> {
        match self {
            Selection::None => Ok(Vec::new()),
            Selection::All => Ok(Review::of(own, 0..split(own)?.len() as u32)),
            Selection::First(count) => Ok(Review::of(own, first(*count, own, shares, split(own)?)?)),
            Selection::Slices(slices) => {
                let mut chosen: Vec<Review> = Vec::new();
                let mut seen = std::collections::HashSet::new();
                for slice in slices {
                    let name = slice.split.unwrap_or(own);
                    let listing = split(name)?;
                    let part = Review::of(name, slice.choose(listing)?);
                    if let Some(twice) = part.iter().find(|review| !seen.insert(**review)) {
                        let (slice, twice) = (&slice.text, listing.name(twice.row));
                        return Err(Error::value(format!(
                            "{own}: `{slice}` holds {twice} once more: no review may come twice"
                        )));
                    }
                    chosen.extend(part);
                }
                Ok(chosen)
            }
        }
    }
}

/// A review of a listing: the place of its set in [`SETS`], and its own in the listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Review {
    pub split: u8,
    pub row: u32,
}

impl Review {
    pub fn of(split: &str, rows: impl IntoIterator<Item = u32>) -> Vec<Review> {
        let split = SETS.iter().position(|name| *name == split).unwrap_or_default() as u8;
        rows.into_iter().map(|row| Review { split, row }).collect()
    }
}

fn first(count: usize, own: &str, shares: Shares, listing: &Listing) -> Result<Vec<u32>> {
    let counts = counts(listing);
    let quotas = match shares {
        Shares::Proportional => {
            if count > listing.len() {
                let (place, n) = (&listing.place, listing.len());
                return Err(Error::value(format!(
                    "{own}: {count} reviews were asked for and {place} has {n}; \"all\" takes them all"
                )));
            }
            proportional(count, &counts)
        }
        Shares::Equal if !count.is_multiple_of(counts.len()) => {
            let groups = listing.groups.join(" and ");
            return Err(Error::value(format!(
                "{own} is {count}, it must be an even number, for half of the reviews are {groups} each"
            )));
        }
        Shares::Equal => vec![count / counts.len(); counts.len()],
    };
    for ((quota, count), group) in quotas.iter().zip(&counts).zip(&listing.groups) {
        if quota > count {
            let place = &listing.place;
            return Err(Error::value(format!(
                "{own}: {quota} reviews of {place}/{group} were asked for and there are {count}; \"all\" takes them all"
            )));
        }
    }
    let mut left = quotas;
    let mut take = |group: u32| {
        let left = &mut left[group as usize];
        let wanted = *left > 0;
        *left -= usize::from(wanted);
        wanted
    };
    Ok((0..).zip(&listing.group).filter(|(_, group)| take(**group)).map(|(row, _)| row).collect())
}

/// How many reviews each group has.
pub(super) fn counts(listing: &Listing) -> Vec<usize> {
    let mut counts = vec![0; listing.groups.len()];
    listing.group.iter().for_each(|group| counts[*group as usize] += 1);
    counts
}

/// `total` of the things that are counted, each kind by its share: rounded down, and what is left to the largest
/// remainders, the first of equal ones. `total` is at most their sum.
pub(super) fn proportional(total: usize, counts: &[usize]) -> Vec<usize> {
    let sum = counts.iter().sum::<usize>().max(1) as u128;
    let exact = |count: usize| total as u128 * count as u128;
    let mut quotas: Vec<usize> = counts.iter().map(|c| (exact(*c) / sum) as usize).collect();
    let mut by_remainder: Vec<usize> = (0..counts.len()).collect();
    by_remainder.sort_by_key(|i| std::cmp::Reverse(exact(counts[*i]) % sum));
    let left = total - quotas.iter().sum::<usize>();
    by_remainder.into_iter().take(left).for_each(|i| quotas[i] += 1);
    quotas
}

impl Slice {
    fn parse(text: &str) -> Result<Slice> {
        let text = text.trim();
        let wrong = || Error::value(format!("`{text}` says not which reviews: {SYNTAX}"));
        let (name, bounds) = match text.strip_suffix(']') {
            None => (text, None),
            Some(open) => open.rsplit_once('[').map(|(name, bounds)| (name.trim(), Some(bounds))).ok_or_else(wrong)?,
        };
        let bound = |text: &str| match text.trim() {
            "" => Ok(None),
            number => number.parse().map(Some).map_err(|_| wrong()),
        };
        let (from, to) = match bounds {
            None => (None, None),
            Some(bounds) => {
                let (from, to) = bounds.split_once(':').ok_or_else(wrong)?;
                (bound(from)?, bound(to)?)
            }
        };
        let split = |name: &str| SPLITS.into_iter().find(|s| *s == name);
        let (split, group) = match name.split_once('/') {
            Some((before, behind)) if split(before).is_some() => (split(before), Some(behind)),
            _ if split(name).is_some() => (split(name), None),
            _ => (None, Some(name).filter(|name| !name.is_empty())),
        };
        if text.is_empty() || name.contains(['[', ']']) || group == Some("") {
            return Err(wrong());
        }
        Ok(Slice { split, group: group.map(str::to_string), from, to, text: text.to_string() })
    }

    fn choose(&self, listing: &Listing) -> Result<Vec<u32>> {
        let Slice { text, .. } = self;
        let group = match &self.group {
            None => None,
            Some(name) if name == "unsup" && !listing.groups.contains(name) => {
                return Err(Error::value(format!("`{text}`: the reviews of `unsup` have no label to learn from")));
            }
            Some(name) => Some(listing.groups.iter().position(|g| g == name).ok_or_else(|| {
                let (place, known) = (&listing.place, listing.groups.join(", "));
                Error::value(format!("`{text}`: {place} has no `{name}` (it has {known})"))
            })?),
        };
        let of_group = (0..).zip(&listing.group).filter(|(_, of)| group.is_none_or(|group| **of as usize == group));
        let all: Vec<u32> = of_group.map(|(row, _)| row).collect();
        let n = all.len() as i64;
        let place = |bound: i64| if bound < 0 { bound + n } else { bound };
        let (from, to) = (place(self.from.unwrap_or(0)), place(self.to.unwrap_or(n)));
        let what = self.group.as_ref().map(|g| format!("/{g}")).unwrap_or_default();
        let there = format!("{}{what} holds {n} reviews", listing.place);
        if from < 0 || to > n {
            return Err(Error::value(format!("`{text}` goes beyond the end: {there}, so slices lie in [0:{n}]")));
        }
        if from >= to {
            return Err(Error::value(format!("`{text}` is empty: {there}")));
        }
        Ok(all[from as usize..to as usize].to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_all_and_slices_are_understood() {
        let slice = |split, group: Option<&str>, from, to, text: &str| Slice {
            split,
            group: group.map(str::to_string),
            from,
            to,
            text: text.to_string(),
        };
        assert_eq!(Selection::parse("2000").unwrap(), Selection::First(2000));
        assert_eq!(Selection::parse("0").unwrap(), Selection::None);
        assert_eq!(Selection::parse(" all ").unwrap(), Selection::All);
        assert_eq!(
            Selection::parse("test/neg[5000:6000]+pos[-10:] + train + [ : 5 ]").unwrap(),
            Selection::Slices(vec![
                slice(Some("test"), Some("neg"), Some(5000), Some(6000), "test/neg[5000:6000]"),
                slice(None, Some("pos"), Some(-10), None, "pos[-10:]"),
                slice(Some("train"), None, None, None, "train"),
                slice(None, None, None, Some(5), "[ : 5 ]"),
            ])
        );
    }

    #[test]
    fn what_names_no_reviews_is_answered_with_the_syntax() {
        for text in ["", "neg[5]", "neg[a:b]", "neg[1:2", "neg]", "neg[1:2][3:4]", "neg[1:2] + ", "train/", "neg[1..2]"]
        {
            let message = Selection::parse(text).unwrap_err().message;
            assert!(message.ends_with(SYNTAX), "{text}: {message}");
        }
    }

    #[test]
    fn shares_add_up_and_the_largest_remainders_win() {
        assert_eq!(proportional(10, &[50, 50]), [5, 5]);
        assert_eq!(proportional(5, &[50, 50]), [3, 2]);
        assert_eq!(proportional(10, &[70, 25, 5]), [7, 3, 0]);
        assert_eq!(proportional(0, &[3]), [0]);
        assert_eq!(proportional(7, &[3, 4]), [3, 4]);
    }
}
