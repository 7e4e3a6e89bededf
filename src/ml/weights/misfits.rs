//! What is wrong with tensors that do not fit a network: one line, however many they are.

use std::collections::{BTreeMap, HashSet};

/// Names of each kind are shown as many; of more the number is said.
const SHOWN: usize = 5;

/// What does not fit, in the order of the network's parameters.
#[derive(Debug, Default)]
pub struct Misfits {
    /// Names and shapes of parameters that have no tensor.
    missing: Vec<(String, Vec<i64>)>,
    /// What else is wrong, by the word for it.
    others: Vec<(&'static str, Vec<String>)>,
}

impl Misfits {
    pub fn missing(&mut self, name: &str, shape: &[i64]) {
        self.missing.push((name.to_string(), shape.to_vec()));
    }

    /// Another thing than a missing tensor: `word` says which kind, `text` which tensor.
    pub fn other(&mut self, word: &'static str, text: String) {
        match self.others.iter_mut().find(|(known, _)| *known == word) {
            Some((_, texts)) => texts.push(text),
            None => self.others.push((word, vec![text])),
        }
    }

    /// What to say of it, beside the names that there are; nothing, where all fits.
    ///
    /// ```
    /// use imdbsh::ml::weights::Misfits;
    ///
    /// let mut misfits = Misfits::default();
    /// misfits.missing("lstm.weight", &[16, 4]);
    /// misfits.missing("lstm.bias", &[16]);
    /// assert_eq!(
    ///     misfits.message(["net.lstm.weight", "net.lstm.bias"]).unwrap(),
    ///     "missing: lstm.weight [16, 4], lstm.bias [16]; both are there behind `net.`"
    /// );
    /// ```
    pub fn message<'n>(&self, given: impl IntoIterator<Item = &'n str>) -> Option<String> {
        let missing: Vec<String> = self.missing.iter().map(|(name, shape)| format!("{name} {shape:?}")).collect();
        let mut parts: Vec<String> =
            (!missing.is_empty()).then(|| format!("missing: {}", listed(&missing))).into_iter().collect();
        parts.extend(self.nearest(&given.into_iter().collect::<Vec<_>>()));
        parts.extend(self.others.iter().map(|(word, texts)| format!("{word}: {}", listed(texts))));
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// The prefix that most of the missing names have in front among those given, or that these have not.
    fn nearest(&self, given: &[&str]) -> Option<String> {
        let missing: HashSet<&str> = self.missing.iter().map(|(name, _)| name.as_str()).collect();
        let there: HashSet<&str> = given.iter().copied().collect();
        let mut fits: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let fronts = |name: &'_ str| -> Vec<usize> { name.match_indices('.').map(|(at, _)| at + 1).collect() };
        for name in &there {
            for at in fronts(name).into_iter().filter(|at| missing.contains(&name[*at..])) {
                *fits.entry(("behind", &name[..at])).or_default() += 1;
            }
        }
        for name in &missing {
            for at in fronts(name).into_iter().filter(|at| there.contains(&name[*at..])) {
                *fits.entry(("without", &name[..at])).or_default() += 1;
            }
        }
        let most = *fits.values().max()?;
        let ((word, front), _) = fits.into_iter().find(|(_, count)| *count == most)?;
        let count = match (most, missing.len()) {
            (1, 1) => "it is".to_string(),
            (2, 2) => "both are".to_string(),
            (found, all) if found == all => "all are".to_string(),
            (1, _) => "1 is".to_string(),
            (found, _) => format!("{found} are"),
        };
        Some(format!("{count} there {word} `{front}`"))
    }
}

/// The first five, and how many more.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let first = names.iter().take(SHOWN).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(missing: &[&str], given: &[&str]) -> String {
        let mut misfits = Misfits::default();
        missing.iter().for_each(|name| misfits.missing(name, &[2]));
        misfits.message(given.iter().copied()).unwrap()
    }

    #[test]
    fn a_long_list_is_cut_and_its_length_is_said() {
        let names: Vec<String> = (0..37).map(|n| format!("layer.{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(
            of(&names, &[]),
            "missing: layer.0 [2], layer.1 [2], layer.2 [2], layer.3 [2], layer.4 [2] and 32 more"
        );
    }

    #[test]
    fn the_prefix_that_fits_most_names_is_said_whichever_side_has_it() {
        assert_eq!(
            of(&["a.w", "a.b"], &["x.a.w", "y.a.w", "y.a.b"]),
            "missing: a.w [2], a.b [2]; both are there behind `y.`"
        );
        assert_eq!(
            of(&["n.a.w", "n.a.b", "n.c"], &["a.w", "a.b"]),
            "missing: n.a.w [2], n.a.b [2], n.c [2]; 2 are there without `n.`"
        );
        assert_eq!(of(&["a.w"], &["m.n.a.w"]), "missing: a.w [2]; it is there behind `m.n.`");
        // Parts of words are no prefix.
        assert_eq!(of(&["a.w"], &["aa.w"]), "missing: a.w [2]");
    }

    #[test]
    fn what_fits_says_nothing() {
        assert_eq!(Misfits::default().message(["a"]), None);
    }
}
