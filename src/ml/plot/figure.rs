//! What a picture shows, without a word about how it is drawn.

use super::look::label;
use super::panel::Panel;
use crate::error::{Error, Result};

/// Pixels that a side of a picture may have.
const SIDE: std::ops::RangeInclusive<u32> = 50..=8000;

/// A picture: panels side by side under one title.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Empty for none.
    pub title: String,
    /// Width and height in pixels (in SVG: in its user units).
    pub size: (u32, u32),
    /// In rows of up to three.
    pub panels: Vec<Panel>,
}

impl Figure {
    /// A figure of a good size: 1000×700 for one panel, 1200×500 for two, and rows of such for more.
    pub fn new(title: impl Into<String>, panels: Vec<Panel>) -> Self {
        let size = match panels.len() {
            0 | 1 => (1000, 700),
            2 => (1200, 500),
            n => (1500, 450 * n.div_ceil(3) as u32),
        };
        Figure { title: label(&title.into()), size, panels }
    }

    /// # Errors
    /// A size that no picture can have, series whose x and y differ in length, a table that is not rectangular.
    pub(super) fn check(&self) -> Result<()> {
        let (w, h) = self.size;
        if !SIDE.contains(&w) || !SIDE.contains(&h) {
            let (least, most) = (SIDE.start(), SIDE.end());
            return Err(Error::value(format!("a figure of {w}×{h} pixels: each side must be {least} to {most}")));
        }
        if self.panels.is_empty() {
            return Err(Error::value("a figure needs at least one panel"));
        }
        self.panels.iter().try_for_each(Panel::check)
    }
}
