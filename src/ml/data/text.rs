//! Texts, and how they are cleaned.

use super::cleaning::{Step, lower, replace};
use super::fingerprint::Fingerprint;
use crate::error::{Error, Result};
use crate::memory;
use std::borrow::Cow;
use std::sync::Arc;
use tch::Tensor;

/// Texts in their order. Each step of a cleaning gives new ones, which share the texts and remember the steps: a text is
/// cleaned whenever it is read, all steps at once and without a place of its own in memory. [`super::Tokens::split`] reads each
/// once, on all cores.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    raw: Arc<[Arc<str>]>,
    steps: Vec<Step>,
}

impl Texts {
    pub fn new<T: Into<Arc<str>>>(texts: impl IntoIterator<Item = T>) -> Texts {
        Texts { raw: texts.into_iter().map(Into::into).collect(), steps: Vec::new() }
    }

    /// The memory of the texts in bytes; what is cleaned of them takes none.
    pub fn bytes(&self) -> usize {
        self.raw.iter().map(|text| text.len()).sum()
    }

    pub fn len(&self) -> usize {
        self.raw.len()
    }

    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// The text at `index`, cleaned.
    ///
    /// # Errors
    /// A cleaned text that memory has no room for; the user asked to stop.
    pub fn get(&self, index: usize) -> Result<Option<Cow<'_, str>>> {
        self.raw.get(index).map(|text| self.clean(text)).transpose()
    }

    /// 16 hexadecimal digits that tell these texts with their labels from others.
    ///
    /// # Errors
    /// As [`Self::get`]; labels that cannot be brought to the CPU.
    pub fn fingerprint(&self, labels: &Tensor) -> Result<String> {
        let mut f = Fingerprint::new();
        for text in self.iter() {
            let text = text?;
            f.number(text.len() as u64);
            f.bytes(text.as_bytes());
        }
        f.tensor(labels)?;
        Ok(f.finish())
    }

    /// The texts, cleaned; each can fail as [`Self::get`] does.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Result<Cow<'_, str>>> {
        self.raw.iter().map(|text| self.clean(text))
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
            let raw = self.raw.iter().chain(&*other.raw).cloned().collect();
            return Ok(Texts { raw, steps: self.steps.clone() });
        }
        let mut all = Vec::with_capacity(self.len() + other.len());
        for text in self.iter().chain(other.iter()) {
            let text = text?;
            memory::room_for_values("the cleaned texts: one more", text.len() as u64)?;
            all.push(text);
        }
        Ok(Texts::new(all))
    }

    /// # Errors
    /// A text that memory has no room for; the user asked to stop.
    pub(super) fn clean<'a>(&self, text: &'a str) -> Result<Cow<'a, str>> {
        self.steps.iter().try_fold(Cow::Borrowed(text), |text, step| step.apply(text))
    }

    /// The texts before any cleaning.
    pub(super) fn raw(&self) -> &[Arc<str>] {
        &self.raw
    }
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
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
