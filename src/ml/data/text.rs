//! Texts, and how they are cleaned.

use super::cleaning::{Step, lower, replace};
use super::fingerprint::Fingerprint;
use super::stored::Stored;
use crate::error::{Error, Result};
use crate::memory;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use tch::Tensor;

/// Texts in their order. Each step of a cleaning gives new ones, which share the texts and remember the steps: a text is
/// cleaned whenever it is read, all steps at once and without a place of its own in memory. [`super::Tokens::split`] reads each
/// once, on all cores.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    stored: Stored,
    steps: Vec<Step>,
}

impl Texts {
    pub fn new<T: Into<Arc<str>>>(texts: impl IntoIterator<Item = T>) -> Texts {
        Texts::of(Stored::Kept(texts.into_iter().map(Into::into).collect()))
    }

    pub(super) fn of(stored: Stored) -> Texts {
        Texts { stored, steps: Vec::new() }
    }

    /// The memory of the texts in bytes; what is cleaned of them takes none, nor does what is read from a file each time.
    pub fn bytes(&self) -> usize {
        self.stored.bytes()
    }

    /// How many bytes of them are not in memory but read from a file, about.
    pub(super) fn unheld(&self) -> u64 {
        self.stored.unheld()
    }

    pub fn len(&self) -> usize {
        self.stored.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text at `index`, cleaned.
    ///
    /// # Errors
    /// A cleaned text that memory has no room for; a file that can no longer be read; the user asked to stop.
    pub fn get(&self, index: usize) -> Result<Option<Cow<'_, str>>> {
        self.stored.get(index)?.map(|text| self.clean(text)).transpose()
    }

    /// Tells the texts of a range, cleaned, in their order.
    ///
    /// # Errors
    /// As [`Self::get`]; those of `each`.
    pub fn each(&self, range: Range<usize>, mut each: impl FnMut(Cow<'_, str>) -> Result<()>) -> Result<()> {
        self.stored.each(range, &mut |text| each(self.clean(text)?))
    }

    /// Those of a range, cleaned as these are; what is beyond the end is no part of it.
    pub fn slice(&self, range: Range<usize>) -> Texts {
        Texts { stored: self.stored.slice(range), steps: self.steps.clone() }
    }

    /// 16 hexadecimal digits that tell these texts with their labels from others.
    ///
    /// # Errors
    /// As [`Self::get`]; labels that cannot be brought to the CPU.
    pub fn fingerprint(&self, labels: &Tensor) -> Result<String> {
        let mut f = Fingerprint::new();
        self.each(0..self.len(), |text| {
            f.number(text.len() as u64);
            f.bytes(text.as_bytes());
            Ok(())
        })?;
        f.tensor(labels)?;
        Ok(f.finish())
    }

    /// The texts, cleaned; each can fail as [`Self::get`] does.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Result<Cow<'_, str>>> {
        (0..self.len()).map(|index| Ok(self.get(index)?.unwrap_or_default()))
    }

    /// These texts, which one more step cleans.
    pub fn then(&self, step: Step) -> Texts {
        let mut texts = self.clone();
        texts.steps.push(step);
        texts
    }

    /// Every match of the regular expression `pattern` by `replacement`, in which `$1` or `${name}` stands for a group
    /// and `$$` for a dollar.
    ///
    /// # Errors
    /// A pattern that is not a regular expression of the [regex crate](https://docs.rs/regex/latest/regex/#syntax),
    /// which has no look-around and no back-references.
    pub fn replace(&self, pattern: &str, replacement: &str) -> Result<Texts> {
        Ok(self.then(replace::step(pattern, replacement)?))
    }

    /// Lower case by Unicode's full mapping, as Python's `str.lower`.
    pub fn lower_case(&self) -> Texts {
        self.then(lower::step())
    }

    /// Every HTML line break (`<br>`, `<br/>`, `<br />`, in any case) by a space. The reviews are full of them, and
    /// without this `br` becomes their most frequent word.
    ///
    /// # Errors
    /// None that can be met: the pattern is fixed.
    pub fn drop_breaks(&self) -> Result<Texts> {
        self.replace(r"(?i)<\s*br\s*/?\s*>", " ")
    }

    /// These texts, and behind them those of `other`. Texts that are cleaned alike are shared.
    ///
    /// # Errors
    /// Texts that are not, and are more than memory has room for; the user asked to stop.
    pub fn followed_by(&self, other: &Texts) -> Result<Texts> {
        if self.steps == other.steps {
            return Ok(Texts { stored: self.stored.followed_by(&other.stored), steps: self.steps.clone() });
        }
        let mut all: Vec<Arc<str>> = Vec::with_capacity(self.len() + other.len());
        for texts in [self, other] {
            texts.each(0..texts.len(), |text| {
                memory::room_for_values("the cleaned texts: one more", text.len() as u64)?;
                all.push(text.into());
                Ok(())
            })?;
        }
        Ok(Texts::new(all))
    }

    /// # Errors
    /// A text that memory has no room for; the user asked to stop.
    fn clean<'a>(&self, text: Cow<'a, str>) -> Result<Cow<'a, str>> {
        self.steps.iter().try_fold(text, |text, step| step.apply(text))
    }
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        let text = |texts: &Texts, index| texts.get(index).ok().flatten().map(Cow::into_owned);
        self.len() == other.len()
            && (0..self.len()).all(|at| text(self, at).is_some() && text(self, at) == text(other, at))
    }
}

impl Eq for Texts {}

/// `int(mean + 2·std)` of the lengths, numpy's population standard deviation: long enough for about 95 % of the texts.
///
/// # Errors
/// No lengths.
pub fn length_limit(lengths: &[i64]) -> Result<i64> {
    if lengths.is_empty() {
        return Err(Error::value("length_limit: there are no lengths"));
    }
    let n = lengths.len() as f64;
    let mean = lengths.iter().sum::<i64>() as f64 / n;
    let variance = lengths.iter().map(|l| (*l as f64 - mean).powi(2)).sum::<f64>() / n;
    Ok((mean + 2.0 * variance.sqrt()) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn texts(all: &[&str]) -> Texts {
        Texts::new(all.iter().copied())
    }

    #[test]
    fn breaks_are_dropped_however_they_are_written() {
        let clean = texts(&["a<br />b", "a<BR>b", "a<br/>b", "a<brr>b"]).drop_breaks().unwrap();
        assert_eq!(clean, texts(&["a b", "a b", "a b", "a<brr>b"]));
    }

    #[test]
    fn a_replacement_may_name_a_group() {
        assert_eq!(texts(&["10/10"]).replace(r"(\d+)/10", "$1 stars").unwrap(), texts(&["10 stars"]));
    }

    #[test]
    fn a_bad_pattern_is_an_error_that_says_what_is_wrong_with_it() {
        let e = texts(&["a"]).replace("(a", " ").unwrap_err();
        assert_eq!(e.kind, ErrorKind::Value);
        assert_eq!(e.message, "`(a` is not a regular expression: unclosed group");
    }

    // >>> lengths = np.array([3, 5, 8, 100, 1])
    // >>> lengths.mean() + 2 * lengths.std(), int(lengths.mean() + 2 * lengths.std())
    // (100.13955955046913, 100)
    #[test]
    fn the_limit_is_numpys_mean_and_two_population_deviations() {
        assert_eq!(length_limit(&[3, 5, 8, 100, 1]).unwrap(), 100);
        assert_eq!(length_limit(&[7]).unwrap(), 7);
        assert!(length_limit(&[]).is_err());
    }
}
