//! What is done to a text before it is split: the steps of a cleaning.

use crate::error::{Error, Result};
use regex::{NoExpand, Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};
use std::borrow::Cow;

#[derive(Debug, Clone)]
pub(super) enum Step {
    LowerCase,
    Replace(Replace),
}

/// Every match of a pattern by a replacement.
#[derive(Debug, Clone)]
pub(super) struct Replace {
    pattern: String,
    replacement: String,
    finder: Finder,
}

#[derive(Debug, Clone)]
enum Finder {
    /// The replacement may name groups.
    Groups(Regex),
    Plain(Regex),
    Characters(Box<Characters>),
}

/// One of some characters, or a run of them. Reviews have such a match every few letters, where to ask a regular
/// expression for the next one takes several times as long as to look at the letters.
#[derive(Debug, Clone)]
struct Characters {
    ascii: [bool; 128],
    /// First and last of the ranges beyond ASCII, in their order.
    beyond: Vec<(char, char)>,
    /// A run of them is one match.
    runs: bool,
}

impl Step {
    /// # Errors
    /// A pattern that is not a regular expression.
    pub fn replace(pattern: &str, replacement: &str) -> Result<Step> {
        let regex = compile(pattern)?;
        let finder = match (replacement.contains('$'), Characters::parse(pattern)) {
            (true, _) => Finder::Groups(regex),
            (false, Some(characters)) => Finder::Characters(Box::new(characters)),
            (false, None) => Finder::Plain(regex),
        };
        let (pattern, replacement) = (pattern.to_string(), replacement.to_string());
        Ok(Step::Replace(Replace { pattern, replacement, finder }))
    }

    pub fn apply<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        match text {
            Cow::Borrowed(text) => self.on(text),
            Cow::Owned(text) => match self.on(&text) {
                Cow::Owned(new) => Cow::Owned(new),
                Cow::Borrowed(_) => Cow::Owned(text),
            },
        }
    }

    /// The new text; borrowed where nothing changes.
    fn on<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self {
            Step::LowerCase => Cow::Owned(text.to_lowercase()),
            Step::Replace(Replace { replacement, finder, .. }) => match finder {
                Finder::Groups(regex) => regex.replace_all(text, replacement),
                Finder::Plain(regex) => regex.replace_all(text, NoExpand(replacement)),
                Finder::Characters(characters) => characters.replace(text, replacement),
            },
        }
    }
}

impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Step::LowerCase, Step::LowerCase) => true,
            (Step::Replace(a), Step::Replace(b)) => (&a.pattern, &a.replacement) == (&b.pattern, &b.replacement),
            _ => false,
        }
    }
}

impl Characters {
    /// Those of a pattern that is nothing but a class, such as `[\s,.]` or `\W+`.
    fn parse(pattern: &str) -> Option<Characters> {
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

    fn holds(&self, c: char) -> bool {
        match self.ascii.get(c as usize) {
            Some(held) => *held,
            None => {
                let after = self.beyond.partition_point(|(first, _)| *first <= c);
                after > 0 && c <= self.beyond[after - 1].1
            }
        }
    }

    fn replace<'a>(&self, text: &'a str, replacement: &str) -> Cow<'a, str> {
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

fn compile(pattern: &str) -> Result<Regex> {
    RegexBuilder::new(pattern).build().map_err(|e| {
        // The crate draws the pattern with a caret over several lines; its last line says what is wrong.
        let text = e.to_string();
        let why = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
        Error::value(format!("`{pattern}` is not a regular expression: {why}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LAB: &str = r#"[\s+.!@/_,$%^*()'"，。？！、～~#￥…&（）—]+"#;

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

    proptest! {
        #[test]
        fn characters_are_replaced_as_the_regular_expression_does_it(
            text in r"[a-cA-C '.!?éßİ，。\u{a0}\u{85}\u{2028}日🎬]{0,40}",
            pattern in prop::sample::select(vec![LAB, r"[^\w'!?]+", r"\s", r"\W", "(?i)[bcé]+", r"\p{Lu}+", "[^a]"]),
            replacement in prop::sample::select(vec!["", " ", "<é>"]),
        ) {
            let step = Step::replace(pattern, replacement).unwrap();
            let quick = matches!(&step, Step::Replace(Replace { finder: Finder::Characters(_), .. }));
            prop_assert!(quick);
            let expected = Regex::new(pattern).unwrap().replace_all(&text, replacement);
            prop_assert_eq!(step.apply(Cow::Borrowed(&text)), expected);
        }
    }
}
