//! What a terminal can show, and texts for it.

use super::palette::Color;
use crate::output::in_a_line;
use console::{measure_text_width, truncate_str};

/// What the terminal can show.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Columns and rows that a panel may take.
    pub width: usize,
    pub height: usize,
    pub color: bool,
    /// Braille and blocks, else plain ASCII.
    pub unicode: bool,
}

impl Look {
    /// `text` in this colour of the palette, where there are colours.
    pub(super) fn painted(self, text: &str, color: Color) -> String {
        let (r, g, b) = on_dark(color);
        if self.color { format!("\x1b[38;2;{r};{g};{b}m{text}\x1b[0m") } else { text.to_string() }
    }
}

/// The palette is for white paper; most terminals are dark.
fn on_dark(color: Color) -> Color {
    if color == (0, 0, 0) { (150, 150, 150) } else { color }
}

/// A name as it can stand in a picture and on a terminal: names come from files and scripts.
pub fn label(text: &str) -> String {
    in_a_line(text).into_owned()
}

/// `text` in the middle of so many columns, cut where it is longer.
pub fn centered(text: &str, width: usize) -> String {
    let text = truncate_str(text, width, "…");
    format!("{}{text}", " ".repeat(width.saturating_sub(measure_text_width(&text)) / 2))
}
