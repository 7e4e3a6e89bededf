//! Text that others have written (scripts, files, servers, names of files and classes), as it may be shown.

use std::borrow::Cow;

/// The text with a sign in the place of each character that steers a terminal or turns the direction in which is read. Lines and
/// tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    replaced(text, |c| if c == '\n' || c == '\t' { None } else { sign(c) })
}

/// The same in one line, as for a label.
pub fn in_a_line(text: &str) -> Cow<'_, str> {
    replaced(text, |c| if c == '\n' || c == '\t' { Some(' ') } else { sign(c) })
}

/// The same for a text with colours of the program's own, which stay: what foreign text is in it was made visible before.
pub(super) fn coloured(text: &str) -> String {
    let mut pieces = text.split("\x1b[");
    let mut all = visible(pieces.next().unwrap_or_default()).into_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(piece.len());
        match piece[end..].strip_prefix('m') {
            Some(rest) => {
                all.push_str("\x1b[");
                all.push_str(&piece[..=end]);
                all.push_str(&visible(rest));
            }
            None => all.push_str(&visible(&format!("\x1b[{piece}"))),
        }
    }
    all
}

fn replaced(text: &str, sign: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    // A line of Windows ends in two.
    let text = if text.contains("\r\n") { Cow::from(text.replace("\r\n", "\n")) } else { Cow::from(text) };
    match text.chars().any(|c| sign(c).is_some()) {
        true => text.chars().map(|c| sign(c).unwrap_or(c)).collect::<String>().into(),
        false => text,
    }
}

/// What stands for a character that does something; each for one, so that columns stay.
fn sign(c: char) -> Option<char> {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)),
        '\x7f' => Some('\u{2421}'),
        // The rest of the controls, marks and overrides of direction, separators of lines, and what XML does not have.
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => Some('\u{fffd}'),
        '\u{fffe}' | '\u{ffff}' => Some('\u{fffd}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown_and_does_nothing() {
        let text = "a\x1b]52;c;AAAA\x07\u{9b}31m\r\x08\x7f\u{202e}b\u{2066}\n\tc\r\nд é 日";
        let shown = visible(text);
        assert_eq!(shown, "a␛]52;c;AAAA␇\u{fffd}31m␍␈␡\u{fffd}b\u{fffd}\n\tc\nд é 日");
        assert_eq!(in_a_line("a\n\tb\x1b"), "a  b␛");
        assert!(matches!(visible("a plain text\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn of_escapes_only_colours_stay() {
        let text = "\x1b[1m\x1b[38;2;0;114;178merror\x1b[0m \x1b[2J\x1b[ \x1b]0;title\x07\x1b\x1b[";
        assert_eq!(coloured(text), "\x1b[1m\x1b[38;2;0;114;178merror\x1b[0m ␛[2J␛[ ␛]0;title␇␛␛[");
    }
}
