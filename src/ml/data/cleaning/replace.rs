//! Every match of a regular expression by a replacement.

use super::characters::Characters;
use super::step::{Clean, Row, Step};
use crate::error::{Error, Result};
use regex::{NoExpand, Regex, RegexBuilder};
use std::borrow::Cow;

pub(super) const ROW: Row = Row {
    name: "replace",
    parameters: &["pattern", "replacement"],
    about: "Every match of a regular expression by a replacement, in which `$1` stands for a group. The expressions are those\n\
            of Rust's regex crate.\n\n\
            Errors: a pattern that is not one.",
    example: r#"assert_eq(texts(["so, so"]).replace("[ ,]+", "_")[0], "so_so");"#,
    step: |arguments| step(arguments[0], arguments[1]),
};

/// # Errors
/// A pattern that is not a regular expression.
pub(in crate::ml::data) fn step(pattern: &str, replacement: &str) -> Result<Step> {
    Ok(Step::new(ROW.name, &[pattern, replacement], Replace::new(pattern, replacement)?))
}

#[derive(Debug)]
struct Replace {
    replacement: String,
    finder: Finder,
}

#[derive(Debug)]
enum Finder {
    /// The replacement may name groups.
    Groups(Regex),
    Plain(Regex),
    Characters(Box<Characters>),
}

impl Replace {
    fn new(pattern: &str, replacement: &str) -> Result<Replace> {
        let regex = compile(pattern)?;
        let finder = match (replacement.contains('$'), Characters::parse(pattern)) {
            (true, _) => Finder::Groups(regex),
            (false, Some(characters)) => Finder::Characters(Box::new(characters)),
            (false, None) => Finder::Plain(regex),
        };
        Ok(Replace { replacement: replacement.to_string(), finder })
    }
}

impl Clean for Replace {
    fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Replace { replacement, finder } = self;
        match finder {
            Finder::Groups(regex) => regex.replace_all(text, replacement),
            Finder::Plain(regex) => regex.replace_all(text, NoExpand(replacement)),
            Finder::Characters(characters) => characters.replace(text, replacement),
        }
    }

    fn most(&self, text: &str) -> usize {
        let Replace { replacement, finder } = self;
        let with = |matches: usize| {
            // A group that the replacement names is a part of its match, and all matches are no longer than the text.
            let groups = match finder {
                Finder::Groups(_) => replacement.matches('$').count(),
                Finder::Plain(_) | Finder::Characters(_) => 0,
            };
            matches.saturating_mul(replacement.len()).saturating_add(text.len().saturating_mul(1 + groups))
        };
        /// Counting takes as long as replacing.
        const LONG: usize = 1 << 20;
        let matches = text.len() + 1;
        match with(matches) <= LONG {
            true => with(matches),
            false => with(match finder {
                Finder::Groups(regex) | Finder::Plain(regex) => regex.find_iter(text).count(),
                Finder::Characters(characters) => characters.count(text),
            }),
        }
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

/// The marks that the lab replaces.
#[cfg(test)]
pub(super) const LAB: &str = r#"[\s+.!@/_,$%^*()'"，。？！、～~#￥…&（）—]+"#;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn characters_are_replaced_as_the_regular_expression_does_it(
            text in r"[a-cA-C '.!?éßİ，。\u{a0}\u{85}\u{2028}日🎬]{0,40}",
            pattern in prop::sample::select(vec![LAB, r"[^\w'!?]+", r"\s", r"\W", "(?i)[bcé]+", r"\p{Lu}+", "[^a]"]),
            replacement in prop::sample::select(vec!["", " ", "<é>"]),
        ) {
            let replace = Replace::new(pattern, replacement).unwrap();
            let quick = matches!(replace.finder, Finder::Characters(_));
            prop_assert!(quick);
            let expected = Regex::new(pattern).unwrap().replace_all(&text, replacement);
            prop_assert_eq!(replace.clean(&text), expected);
        }
    }
}
