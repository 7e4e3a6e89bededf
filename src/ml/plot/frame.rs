//! A rectangle of the picture.

use super::canvas::Point;

/// Between things that belong together.
pub const GAP: f64 = 7.0;
/// Below this, there is nothing to see.
const SMALLEST: f64 = 20.0;

/// Of a panel as a whole, or of what its axes enclose; in pixels, from the upper left corner of the picture.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Frame {
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub fn is_visible(&self) -> bool {
        self.width() >= SMALLEST && self.height() >= SMALLEST
    }

    /// The place of a point given as shares of both axes.
    pub fn pixel(&self, (x, y): Point) -> Point {
        (self.left + x * self.width(), self.bottom - y * self.height())
    }
}
