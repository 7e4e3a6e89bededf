//! What a terminal can show, and texts for it.

use super::palette::{self, Color};
use crate::output::{Colours, in_a_line};
use console::{measure_text_width, truncate_str};
use unicode_normalization::UnicodeNormalization;

/// What the terminal can show.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Columns and rows that a panel may take.
    pub width: usize,
    pub height: usize,
    pub colours: Colours,
    /// Braille and blocks, else plain ASCII.
    pub unicode: bool,
}

impl Look {
    /// `text` in this colour of the palette, where there are colours.
    pub(super) fn painted(self, text: &str, color: Color) -> String {
        let (r, g, b) = on_dark(color);
        match self.colours {
            Colours::None => text.to_string(),
            Colours::Sixteen => format!("\x1b[{}m{text}\x1b[0m", 30 + palette::of_sixteen(color)),
            Colours::TwoHundredFiftySix => format!("\x1b[38;5;{}m{text}\x1b[0m", palette::of_256((r, g, b))),
            Colours::Full => format!("\x1b[38;2;{r};{g};{b}m{text}\x1b[0m"),
        }
    }

    pub fn is_coloured(self) -> bool {
        self.colours != Colours::None
    }
}

/// The palette is for white paper; most terminals are dark.
fn on_dark(color: Color) -> Color {
    if color == (0, 0, 0) { (150, 150, 150) } else { color }
}

/// A name as it can stand in a picture and on a terminal, in one line: names come from files and scripts.
pub fn label(text: &str) -> String {
    title(text).replace('\n', " ")
}

/// A title, whose lines stay: accents are one with their letters, as fonts have them, and what steers a terminal or turns the direction goes.
pub fn title(text: &str) -> String {
    let composed: String = text.replace("\r\n", "\n").nfc().collect();
    let broken = composed.replace(['\r', '\u{2028}', '\u{2029}'], "\n").replace('\t', " ");
    let lines = broken.split('\n').map(|line| {
        line.chars().filter(|c| in_a_line(c.encode_utf8(&mut [0; 4])) == *c.to_string()).collect::<String>()
    });
    lines.collect::<Vec<_>>().join("\n").trim_end_matches('\n').to_string()
}

/// `text` in the middle of so many columns, cut where it is longer.
pub fn centered(text: &str, width: usize) -> String {
    let text = truncate_str(text, width, "…");
    format!("{}{text}", " ".repeat(width.saturating_sub(measure_text_width(&text)) / 2))
}

#[cfg(test)]
mod tests {
    use super::{label, title};

    #[test]
    fn accents_are_composed_lines_break_and_controls_go() {
        assert_eq!(label("nai\u{308}ve\tcafe\u{301}\x1b[31m\u{202e}"), "naïve café[31m");
        assert_eq!(title("a\r\nb\u{2028}c\x07\n"), "a\nb\nc");
        assert_eq!(label("a\nb"), "a b");
    }
}
