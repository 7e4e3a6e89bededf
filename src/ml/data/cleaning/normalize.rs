//! One form for characters that are written in several.

use super::emoji::Emoji;
use super::step::{Clean, Row, Step};
use crate::error::Result;
use std::borrow::Cow;
use unicode_normalization::char::decompose_compatible;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

pub(super) const ROW: Row = Row {
    name: "normalize",
    parameters: &[],
    about: "Texts in Unicode's composed form (NFC), with marks that typesetters have as those of a keyboard: quotes (`’ “ « ´` and the backtick), dashes, `…`,\n\
            ligatures, full-width letters and marks, spaces of any width. Soft hyphens and characters of no width are dropped, but in emoji and where\n\
            Arabic and Indic letters need them; the codes 128 to 159, which no text has, are those of Windows.",
    example: r#"assert_eq(texts(["It’s “fine”… ＯＫ！"]).normalize()[0], "It's \"fine\"... OK!");"#,
    step: |_| step(),
};

/// # Errors
/// None that can be met.
pub(super) fn step() -> Result<Step> {
    Ok(Step::new(ROW.name, &[], Normalize { emoji: Emoji::new()? }))
}

#[derive(Debug)]
struct Normalize {
    emoji: Emoji,
}

impl Clean for Normalize {
    fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.is_ascii() && memchr::memchr(b'`', text.as_bytes()).is_none() {
            return Cow::Borrowed(text);
        }
        let mut new = String::with_capacity(text.len());
        let mut rest = text.chars();
        let mut before = ' ';
        while let Some(c) = rest.next() {
            let after = rest.as_str().chars().next().unwrap_or(' ');
            if c.is_ascii() && c != '`' {
                new.push(c);
            } else if c == '`' && after == '`' {
                new.push('"'); // Of those who set quotes as TeX does.
                rest.next();
            } else if !self.drops(before, c, after) {
                plain(windows(c), &mut new);
            }
            before = c;
        }
        match is_nfc_quick(new.chars()) {
            IsNormalized::Yes => Cow::Owned(new),
            _ => Cow::Owned(new.nfc().collect()),
        }
    }

    /// What is composed and may not be has three letters for one.
    fn most(&self, text: &str) -> usize {
        text.len().saturating_mul(3)
    }
}

impl Normalize {
    /// Whether a character of no width says nothing between these.
    fn drops(&self, before: char, c: char, after: char) -> bool {
        match c {
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{61c}' | '\u{180e}' => true,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
            // Arabic and Indic words are written with them.
            '\u{200c}' | '\u{200d}' if needs_joiners(before) && needs_joiners(after) => false,
            '\u{200d}' => !(self.emoji.is_part(before) && self.emoji.holds(after)),
            '\u{200c}' => true,
            '\u{fe0e}' | '\u{fe0f}' => !self.emoji.is_part(before),
            _ => false,
        }
    }
}

fn needs_joiners(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// What Windows has at the codes of Latin-1's controls, which is what is meant by them.
fn windows(c: char) -> char {
    match c {
        '\u{80}'..='\u{9f}' => {
            let byte = [c as u8];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
            text.chars().next().unwrap_or(c)
        }
        _ => c,
    }
}

/// Puts the plain form of a character behind a text.
fn plain(c: char, text: &mut String) {
    match c {
        '‘' | '’' | '‚' | '‛' | '′' | '‹' | '›' | '´' | '`' | 'ʼ' => text.push('\''),
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => text.push('"'),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => text.push('-'),
        '…' => text.push_str("..."),
        '‼' => text.push_str("!!"),
        '⁇' => text.push_str("??"),
        '⁈' => text.push_str("?!"),
        '⁉' => text.push_str("!?"),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => text.push(' '),
        // Full-width forms, ligatures, letters of formulas.
        '\u{ff01}'..='\u{ff5e}' | '\u{ffe0}'..='\u{ffe6}' | '\u{fb00}'..='\u{fb06}' | '\u{1d400}'..='\u{1d7ff}' => {
            decompose_compatible(c, |part| text.push(part));
        }
        _ => text.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_several_ways_has_one_form() {
        let Ok(normalize) = Emoji::new().map(|emoji| Normalize { emoji }) else { panic!("no emoji") };
        for (text, expected) in [
            ("It didn’t, don´t, I`m, it‘s, itʼs", "It didn't, don't, I'm, it's, it's"),
            ("“a” „b‟ «c» ``d``", "\"a\" \"b\" \"c\" \"d\""),
            ("a–b—c‒d―e‑f−g…", "a-b-c-d-e-f-g..."),
            ("ＡＢＣ！？，ａ１　ok", "ABC!?,a1 ok"),
            ("cafe\u{301} e\u{200b}\u{301}", "café é"),
            ("un\u{ad}real wo\u{200b}rd\u{feff} \u{200e}a\u{200d}b\u{200c}c", "unreal word abc"),
            ("didn\u{92}t \u{93}so\u{94} \u{96} \u{85}\u{81}", "didn't \"so\" - ...\u{81}"),
            ("ﬁlm, ﬂop, 𝐠𝐫𝐞𝐚𝐭 ‼\u{fe0f} ⁉", "film, flop, great !! !?"),
            ("a\u{a0}b\u{2009}c", "a b c"),
            ("👍🏽 👩\u{200d}👩\u{200d}👧 ❤\u{fe0f} a\u{fe0f}", "👍🏽 👩\u{200d}👩\u{200d}👧 ❤\u{fe0f} a"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("日本語、映画。", "日本語、映画。"),
        ] {
            assert_eq!(normalize.clean(text), expected, "{text}");
        }
        assert!(matches!(normalize.clean("plain & \\ text"), Cow::Borrowed(_)));
    }
}
