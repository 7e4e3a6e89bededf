//! What a picture shows, without a word about how it is drawn.

use super::look;
use super::panel::Panel;
use crate::error::{Error, Result};

/// Pixels that a side of a picture may have.
const SIDE: std::ops::RangeInclusive<u32> = 50..=8000;
/// Dots per inch for which sizes are given: a pixel of these is one of the picture.
pub const DPI: u32 = 100;
/// Panels of this size, and larger ones, have texts of full size; in smaller ones they shrink, down to a share at which they can still be read.
const ROOMY: (f64, f64) = (440.0, 320.0);
const SMALLEST: f64 = 0.6;
const DPIS: std::ops::RangeInclusive<u32> = 20..=1200;

/// A picture: panels side by side under one title.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Empty for none.
    pub title: String,
    /// Width and height in pixels at 100 dots per inch (in SVG: in its user units).
    pub size: (u32, u32),
    /// Dots per inch. With 200 a PNG has twice the pixels to each side, and texts and strokes twice their size in pixels; an SVG has none.
    pub dpi: u32,
    /// In rows of so many.
    pub columns: usize,
    pub panels: Vec<Panel>,
}

impl Figure {
    /// A figure of a good size: 1000×700 for one panel, 1200×500 for two, and rows of two or three for more.
    pub fn new(title: impl Into<String>, panels: Vec<Panel>) -> Self {
        let columns = match panels.len() {
            0 | 1 => 1,
            2 | 4 => 2,
            _ => 3,
        };
        Figure { title: look::title(&title.into()), size: (0, 0), dpi: DPI, columns, panels }.in_columns(columns)
    }

    /// What is said under its panels of values that are not in them.
    pub fn notes(&self) -> Vec<String> {
        self.panels.iter().filter_map(|panel| panel.content.note(panel)).collect()
    }

    /// The same with so many panels in a row, at least one, and the size that is good for them.
    pub fn in_columns(self, columns: usize) -> Self {
        let columns = columns.clamp(1, self.panels.len().max(1));
        let rows = self.panels.len().div_ceil(columns).max(1);
        let width = [1000, 1200].get(columns - 1).copied().unwrap_or(500 * columns);
        let height = match (columns, rows) {
            (1, 1) => 700,
            (2, 1) => 500,
            (_, rows) => 450 * rows,
        };
        let side = |pixels: usize| pixels.min(*SIDE.end() as usize) as u32;
        let (width, height) = (side(width), side(height));
        let wants = self.panels.first().filter(|_| self.panels.len() == 1).and_then(|panel| panel.content.wants());
        let (wide, high) = wants.unwrap_or_default();
        let most = *SIDE.end();
        Figure { size: (width.max(wide).min(most), height.max(high).min(most)), columns, ..self }
    }

    /// What texts and strokes are shrunk to, where panels are small: else they would take the room of the curves.
    pub(super) fn zoom(&self) -> f64 {
        let columns = self.columns.max(1);
        let rows = self.panels.len().div_ceil(columns).max(1);
        let (w, h) = (f64::from(self.size.0) / columns as f64, f64::from(self.size.1) / rows as f64);
        (w / ROOMY.0).min(h / ROOMY.1).clamp(SMALLEST, 1.0)
    }

    /// Pixels of a PNG to one at 100 dots per inch.
    pub(super) fn scale(&self) -> f64 {
        f64::from(self.dpi) / f64::from(DPI)
    }

    /// Width and height of a PNG in pixels.
    pub fn pixels(&self) -> (u32, u32) {
        let side = |side: u32| (f64::from(side) * self.scale()).round() as u32;
        (side(self.size.0), side(self.size.1))
    }

    /// # Errors
    /// A size that no picture can have, series whose x and y differ in length, a table that is not rectangular.
    pub(super) fn check(&self) -> Result<()> {
        let ((w, h), dpi) = (self.size, self.dpi);
        let (least, most) = (SIDE.start(), SIDE.end());
        if !DPIS.contains(&dpi) {
            let (least, most) = (DPIS.start(), DPIS.end());
            return Err(Error::value(format!("a picture of {dpi} dots per inch: there are {least} to {most}")));
        }
        let fits = |(w, h): (u32, u32)| SIDE.contains(&w) && SIDE.contains(&h);
        if !fits(self.size) {
            return Err(Error::value(format!("a figure of {w}×{h} pixels: each side must be {least} to {most}")));
        }
        if !fits(self.pixels()) {
            let (x, y) = self.pixels();
            return Err(Error::value(format!(
                "a figure of {w}×{h} at {dpi} dots per inch has {x}×{y} pixels: each side must be {least} to {most}"
            )));
        }
        if self.panels.is_empty() {
            return Err(Error::value("a figure needs at least one panel"));
        }
        self.panels.iter().try_for_each(Panel::check)
    }
}
