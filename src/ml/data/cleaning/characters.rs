//! A class of characters in a text, found without a regular expression.

use regex_syntax::hir::{Class, Hir, HirKind};
use std::borrow::Cow;

/// One of some characters, or a run of them. Reviews have such a match every few letters, where to ask a regular
/// expression for the next one takes several times as long as to look at the letters.
#[derive(Debug, Clone)]
pub(super) struct Characters {
    ascii: [bool; 128],
    /// First and last of the ranges beyond ASCII, in their order.
    beyond: Vec<(char, char)>,
    /// A run of them is one match.
    runs: bool,
}

impl Characters {
    /// Those of a pattern that is nothing but a class, such as `[\s,.]` or `\W+`.
    pub(super) fn parse(pattern: &str) -> Option<Characters> {
        let class = |hir: &Hir| match hir.kind() {
            HirKind::Class(Class::Unicode(class)) => Some(class.clone()),
            _ => None,
        };
        let hir = regex_syntax::parse(pattern).ok()?;
        let (class, runs) = match hir.kind() {
            HirKind::Repetition(r) if r.min == 1 && r.max.is_none() && r.greedy => (class(&r.sub)?, true),
            _ => (class(&hir)?, false),
        };
        let ranges = || class.iter().map(|range| (range.start(), range.end()));
        let mut ascii = [false; 128];
        for (first, last) in ranges().filter(|(first, _)| first.is_ascii()) {
            ascii[first as usize..=(last as usize).min(127)].fill(true);
        }
        Some(Characters { ascii, beyond: ranges().filter(|(_, last)| !last.is_ascii()).collect(), runs })
    }

    pub(super) fn holds(&self, c: char) -> bool {
        match self.ascii.get(c as usize) {
            Some(held) => *held,
            None => {
                let after = self.beyond.partition_point(|(first, _)| *first <= c);
                after > 0 && c <= self.beyond[after - 1].1
            }
        }
    }

    /// Every match by `replacement`; borrowed where there is none.
    pub(super) fn replace<'a>(&self, text: &'a str, replacement: &str) -> Cow<'a, str> {
        let mut new = String::new();
        let mut kept = 0; // what is before stands in `new`
        let mut at = 0;
        while let Some((from, to)) = self.find(text, at) {
            if new.is_empty() {
                new.reserve(text.len());
            }
            new.push_str(&text[kept..from]);
            new.push_str(replacement);
            (kept, at) = (to, to);
        }
        if at == 0 {
            return Cow::Borrowed(text);
        }
        new.push_str(&text[kept..]);
        Cow::Owned(new)
    }

    /// How many matches there are.
    pub(super) fn count(&self, text: &str) -> usize {
        let next = |(_, to): &(usize, usize)| self.find(text, *to);
        std::iter::successors(self.find(text, 0), next).count()
    }

    /// The first match at or behind `at`: where it begins and ends.
    fn find(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        let from = self.skip(text, at, false);
        if from == text.len() {
            return None;
        }
        let to = if self.runs { self.skip(text, from, true) } else { from + char_at(text, from).len_utf8() };
        Some((from, to))
    }

    /// Where the characters end that are held (or, with `held` false, that are not).
    fn skip(&self, text: &str, mut at: usize, held: bool) -> usize {
        let bytes = text.as_bytes();
        while let Some(byte) = bytes.get(at) {
            match self.ascii.get(usize::from(*byte)) {
                Some(ascii) if *ascii == held => at += 1,
                None if self.holds(char_at(text, at)) == held => at += char_at(text, at).len_utf8(),
                _ => break,
            }
        }
        at
    }
}

fn char_at(text: &str, at: usize) -> char {
    text[at..].chars().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::data::cleaning::replace::LAB;

    #[test]
    fn classes_and_runs_of_them_are_found_without_a_regular_expression() {
        for (pattern, runs) in
            [(LAB, Some(true)), (r"[^\w'!?]+", Some(true)), (r"\s", Some(false)), ("(?i)[ab]+", Some(true))]
        {
            assert_eq!(Characters::parse(pattern).map(|c| c.runs), runs, "{pattern}");
        }
        for pattern in ["ab", "a+b", r"\s*", r"\s+?", r"\s{2,}", r"\b", "([ab])", r"^\s+", "(a"] {
            assert!(Characters::parse(pattern).is_none(), "{pattern}");
        }
    }
}
