//! Text for a terminal whose locale knows ASCII alone.

use super::abilities::is_unicode;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_width::UnicodeWidthChar;

const SUPERSCRIPTS: [char; 11] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹', '⁻'];

/// The text as the terminal can show it.
pub(super) fn shown(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.is_ascii() || is_unicode() { text } else { ascii(&text).into() }
}

/// Signs by their like, letters without their marks; a question mark in each column of any other.
fn ascii(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    let mut is_raised = false;
    for c in text.chars() {
        let raised = SUPERSCRIPTS.iter().position(|sign| *sign == c);
        match (raised, is_raised) {
            (Some(digit), before) => {
                if !before {
                    all.push('^');
                }
                all.push(char::from_digit(digit as u32, 10).unwrap_or('-'));
            }
            (None, _) => add(c, &mut all),
        }
        is_raised = raised.is_some();
    }
    all
}

fn add(c: char, all: &mut String) {
    let like = match c {
        _ if c.is_ascii() => return all.push(c),
        '…' => "~",
        '━' => "=",
        '╸' => ">",
        '─' | '╌' | '–' | '—' | '−' => "-",
        '│' | '┃' | '┤' | '├' => "|",
        '┌' | '┐' | '└' | '┘' | '┬' | '┴' | '┼' => "+",
        '▁'..='█' => "#",
        '░'..='▓' => ":",
        '\u{2800}' => " ",
        '\u{2801}'..='\u{28ff}' | '•' | '●' => "*",
        '·' => ".",
        '×' => "x",
        '±' => "+-",
        '→' => "->",
        '←' => "<-",
        '≤' => "<=",
        '≥' => ">=",
        '“' | '”' | '„' => "\"",
        '‘' | '’' => "'",
        _ => {
            let base: String = c.nfd().filter(char::is_ascii).collect();
            let width = c.width().unwrap_or(1);
            return match base.is_empty() {
                true => all.push_str(&"?".repeat(width)),
                false => all.push_str(&base),
            };
        }
    };
    all.push_str(like);
}

#[cfg(test)]
mod tests {
    use super::ascii;

    #[test]
    fn what_ascii_lacks_is_shown_by_its_like() {
        assert_eq!(ascii("━━╸ 25% loss 10⁻²…"), "==> 25% loss 10^-2~");
        assert_eq!(ascii("0.87 ± 0.01 → naïve café 日本 ⠤⠤"), "0.87 +- 0.01 -> naive cafe ???? **");
        assert_eq!(ascii("\x1b[31mrot\x1b[0m"), "\x1b[31mrot\x1b[0m");
    }
}
