//! Cleaning texts, on all cores.

use crate::error::{Error, Result};
use rayon::prelude::*;
use regex::{Regex, RegexBuilder};

/// Texts in their order; each step gives new ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts(pub Vec<String>);

impl Texts {
    /// The memory of the texts in bytes.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(String::len).sum()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every match of the regular expression `pattern` by `replacement`, in which `$1` or `${name}` stands for a group
    /// and `$$` for a dollar.
    ///
    /// # Errors
    /// A pattern that is not a regular expression of the [regex crate](https://docs.rs/regex/latest/regex/#syntax),
    /// which has no look-around and no back-references.
    pub fn replace(&self, pattern: &str, replacement: &str) -> Result<Texts> {
        let regex = compile(pattern)?;
        Ok(self.map(|text| regex.replace_all(text, replacement).into_owned()))
    }

    /// Lower case by Unicode's full mapping, as Python's `str.lower`.
    pub fn lower_case(&self) -> Texts {
        self.map(str::to_lowercase)
    }

    /// Every HTML line break (`<br>`, `<br/>`, `<br />`, in any case) by a space. The reviews are full of them, and
    /// without this `br` becomes their most frequent word.
    ///
    /// # Errors
    /// None that can be met: the pattern is fixed.
    pub fn drop_breaks(&self) -> Result<Texts> {
        self.replace(r"(?i)<\s*br\s*/?\s*>", " ")
    }

    fn map(&self, f: impl Fn(&str) -> String + Sync) -> Texts {
        Texts(self.0.par_iter().map(|text| f(text)).collect())
    }
}

fn compile(pattern: &str) -> Result<Regex> {
    RegexBuilder::new(pattern).build().map_err(|e| {
        // The crate draws the pattern with a caret over several lines; its last line says what is wrong.
        let text = e.to_string();
        let why = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
        Error::value(format!("`{pattern}` is not a regular expression: {why}"))
    })
}

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
        Texts(all.iter().map(|t| t.to_string()).collect())
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
