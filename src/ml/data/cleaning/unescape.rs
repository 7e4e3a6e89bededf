//! What stands for a character by its name or number, as the character.

use super::step::{Clean, Row, Step};
use memchr::{memchr, memchr2};
use std::borrow::Cow;

pub(super) const ROW: Row = Row {
    name: "unescape",
    parameters: &[],
    about: "HTML's entities (`&amp;`, `&#39;`, `&#x27;`, `&eacute;`) as browsers read them, and escapes as JSON and programs write them (`\\n`, `\\t`,\n\
            `\\\"`, `\\'`, `\\u2019`), by the characters that they stand for. Those that were escaped twice, such as `&amp;quot;`, too.",
    example: r#"assert_eq(texts(["I&#39;m &amp;quot;here&amp;quot;"]).unescape()[0], "I'm \"here\"");"#,
    step: |_| Ok(step()),
};

pub(super) fn step() -> Step {
    Step::new(ROW.name, &[], Unescape)
}

#[derive(Debug)]
struct Unescape;

impl Clean for Unescape {
    fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if memchr2(b'&', b'\\', text.as_bytes()).is_none() {
            return Cow::Borrowed(text);
        }
        /// How often a text may have been escaped.
        const ROUNDS: usize = 3;
        let mut text = Cow::Borrowed(text);
        for _ in 0..ROUNDS {
            match memchr(b'&', text.as_bytes()).map(|_| htmlize::unescape(text.as_ref())) {
                Some(Cow::Owned(new)) => text = Cow::Owned(new),
                _ => break,
            }
        }
        match memchr(b'\\', text.as_bytes()) {
            Some(_) => Cow::Owned(without_backslashes(&text)),
            None => text,
        }
    }

    /// `&nGt;` is the one that gets longer, from 5 bytes to 6.
    fn most(&self, text: &str) -> usize {
        text.len().saturating_mul(2)
    }
}

/// A run of backslashes and what it escapes, by that; other backslashes stay.
fn without_backslashes(text: &str) -> String {
    let mut new = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        new.push_str(&rest[..at]);
        let run = rest.len() - at - rest[at..].trim_start_matches('\\').len();
        let behind = &rest[at + run..];
        match escaped(behind) {
            Some((c, length)) => {
                new.push(c);
                rest = &behind[length..];
            }
            None => {
                new.push_str(&rest[at..at + run]);
                rest = behind;
            }
        }
    }
    new.push_str(rest);
    new
}

/// The character that is meant by what follows a backslash, and the length of that.
fn escaped(behind: &str) -> Option<(char, usize)> {
    let c = match behind.bytes().next()? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        mark @ (b'"' | b'\'' | b'/') => char::from(mark),
        b'u' => return by_number(behind),
        _ => return None,
    };
    Some((c, 1))
}

/// `u2019`; beyond the first 65,536 two of them, as UTF-16 has it: `ud83d\ude00`.
fn by_number(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(1)?;
    let second = text[5..].trim_start_matches('\\').strip_prefix('u').and_then(|rest| unit(text.len() - rest.len()));
    let pair =
        second.and_then(|second| char::decode_utf16([first, second]).next()?.ok()).filter(|c| c.len_utf16() == 2);
    match pair {
        Some(c) => Some((c, text[5..].len() - text[5..].trim_start_matches('\\').len() + 10)),
        None => Some((char::from_u32(u32::from(first))?, 5)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // >>> [html.unescape(s) for s in …]
    #[test]
    fn entities_are_read_as_browsers_read_them() {
        for (text, expected) in [
            ("I&#39;m &quot;happy&quot; &amp; well", "I'm \"happy\" & well"),
            ("&#x27;&#X27;&apos;&nbsp;&eacute;&hellip;", "'''\u{a0}é…"),
            ("&lt;br /&gt; &mdash; &rsquo;", "<br /> — ’"),
            ("&#146;&#150;", "’–"),
            ("&#128512;&#x1F44D;", "😀👍"),
            ("&amp;quot;a&amp;quot; &amp;amp;amp; b", "\"a\" & b"),
            ("AT&T, R&D; Q&A & co", "AT&T, R&D; Q&A & co"),
            ("&unknown; &; &#; &#x;", "&unknown; &; &#; &#x;"),
        ] {
            assert_eq!(Unescape.clean(text), expected, "{text}");
        }
    }

    #[test]
    fn escapes_are_what_they_stand_for() {
        for (text, expected) in [
            (r"one\ntwo\tthree\r\n", "one\ntwo\tthree\r\n"),
            (r#"It\'s \"fine\", 1\/2"#, r#"It's "fine", 1/2"#),
            (r#"It\\'s \\\"fine\\\"\\n"#, "It's \"fine\"\n"),
            (r"it\u2019s \ud83d\ude00 \\ud83d\\ude00", "it’s 😀 😀"),
            (r"\u12 \ud83d \ud83dx \u", r"\u12 \ud83d \ud83dx \u"),
            (r"AC\DC \o/ c:\ \", r"AC\DC \o/ c:\ \"),
        ] {
            assert_eq!(Unescape.clean(text), expected, "{text}");
        }
        assert!(matches!(Unescape.clean("plain, and ’"), Cow::Borrowed(_)));
    }
}
