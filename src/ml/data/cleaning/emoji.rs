//! Emoji as words.

use super::characters::Characters;
use super::step::{Clean, Row, Step};
use crate::error::{Error, ErrorKind, Result};
use std::borrow::Cow;

pub(super) const ROW: Row = Row {
    name: "split_emoji",
    parameters: &[],
    about: "Texts with a space on both sides of each emoji, so that it becomes a word of its own. One that is written as several characters (a skin\n\
            tone, a flag, a family) is one.",
    example: r#"assert_eq(texts(["good😀👍🏽"]).split_emoji().split()[0], ["good", "😀", "👍🏽"]);"#,
    step: |_| step(),
};

/// # Errors
/// None that can be met.
pub(super) fn step() -> Result<Step> {
    Ok(Step::new(ROW.name, &[], SplitEmoji(Emoji::new()?)))
}

/// Which characters are emoji, or parts of one.
#[derive(Debug)]
pub(super) struct Emoji(Characters);

impl Emoji {
    /// Those of Unicode, but for what also stands in texts without being one: digits, `©`, `™`, squares before the items of a list.
    const CLASS: &str = r"[\p{Emoji}--[\x00-\x7f©®™ℹ‼⁉▪-◾]]";

    /// # Errors
    /// None that can be met: the class is fixed.
    pub fn new() -> Result<Emoji> {
        let characters = Characters::parse(Emoji::CLASS);
        characters.map(Emoji).ok_or_else(|| Error::new(ErrorKind::Internal, "the emoji are no class of characters"))
    }

    pub fn holds(&self, c: char) -> bool {
        !c.is_ascii() && self.0.holds(c)
    }

    /// An emoji, or what changes its look.
    pub fn is_part(&self, c: char) -> bool {
        self.holds(c) || is_look(c)
    }

    /// The length of the emoji that a text begins with, where it does.
    fn length(&self, text: &str) -> Option<usize> {
        let mut chars = text.chars();
        let first = chars.next().filter(|c| self.holds(*c))?;
        let mut length = first.len_utf8();
        if is_flag(first) {
            return Some(length + chars.next().filter(|c| is_flag(*c)).map_or(0, char::len_utf8));
        }
        loop {
            let rest = &text[length..];
            length += rest.len() - rest.trim_start_matches(is_look).len();
            let joined = text[length..].strip_prefix('\u{200d}').and_then(|rest| rest.chars().next());
            match joined.filter(|c| self.holds(*c)) {
                Some(next) => length += '\u{200d}'.len_utf8() + next.len_utf8(),
                None => return Some(length),
            }
        }
    }
}

/// How an emoji looks: as a picture or as text, its skin, its key, the region of its flag.
fn is_look(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}

/// Two of them are the letters of a country.
fn is_flag(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

#[derive(Debug)]
struct SplitEmoji(Emoji);

impl Clean for SplitEmoji {
    fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.is_ascii() || !text.chars().any(|c| self.0.holds(c)) {
            return Cow::Borrowed(text);
        }
        let mut new = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let length = match self.0.length(rest) {
                Some(length) => {
                    new.push(' ');
                    new.push_str(&rest[..length]);
                    new.push(' ');
                    length
                }
                None => {
                    new.push(c);
                    c.len_utf8()
                }
            };
            rest = &rest[length..];
        }
        Cow::Owned(new)
    }

    /// No emoji has less than two bytes.
    fn most(&self, text: &str) -> usize {
        text.len().saturating_mul(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_emoji_is_one_word() {
        let Ok(split) = Emoji::new().map(SplitEmoji) else { panic!("no emoji") };
        let words = |text| split.clean(text).split_whitespace().map(str::to_string).collect::<Vec<_>>();
        for (text, expected) in [
            ("😀👍", &["😀", "👍"][..]),
            ("so good👍🏽!", &["so", "good", "👍🏽", "!"]),
            ("👨\u{200d}👩\u{200d}👧\u{200d}👦👩🏽\u{200d}🚀", &["👨\u{200d}👩\u{200d}👧\u{200d}👦", "👩🏽\u{200d}🚀"]),
            ("🇫🇷🇩🇪🇫", &["🇫🇷", "🇩🇪", "🇫"]),
            ("🏴\u{e0067}\u{e0062}\u{e007f}x", &["🏴\u{e0067}\u{e0062}\u{e007f}", "x"]),
            ("❤\u{fe0f}❤☺", &["❤\u{fe0f}", "❤", "☺"]),
            ("🙂\u{200d}↔\u{fe0f}", &["🙂\u{200d}↔\u{fe0f}"]),
            ("1. © 2024™ ▪ a*b#c é", &["1.", "©", "2024™", "▪", "a*b#c", "é"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
        for text in ["plain 1 # *", "élan ©"] {
            assert!(matches!(split.clean(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
