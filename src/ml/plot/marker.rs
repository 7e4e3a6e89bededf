//! Signs that tell curves of one colour apart.

use super::canvas::{Canvas, Point};
use super::palette::Color;
use crate::error::Result;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    Circle,
    Square,
    Triangle,
    Cross,
    Diamond,
}

impl Marker {
    /// One for each round through the palette.
    pub const ALL: [Marker; 5] = [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Cross, Marker::Diamond];

    /// As large as a circle of this radius looks.
    ///
    /// # Errors
    /// Whatever the drawing library refuses.
    pub fn draw(self, canvas: &mut dyn Canvas, (x, y): Point, radius: f64, color: Color) -> Result<()> {
        match self {
            Marker::Circle => canvas.dot((x, y), radius, color),
            Marker::Square => {
                let half = radius * 0.95;
                canvas.rect((x - half, y - half), (x + half, y + half), color)
            }
            Marker::Triangle => {
                let (half, below) = (radius * 1.3, radius * 0.85);
                let corners = [(x, y - radius * 1.35), (x + half, y + below), (x - half, y + below)];
                canvas.area(&corners, 1.0, color)
            }
            Marker::Cross => {
                let half = radius * 1.15;
                canvas.line(&[(x - half, y - half), (x + half, y + half)], radius * 0.65, color)?;
                canvas.line(&[(x - half, y + half), (x + half, y - half)], radius * 0.65, color)
            }
            Marker::Diamond => {
                let half = radius * 1.45;
                canvas.area(&[(x, y - half), (x + half, y), (x, y + half), (x - half, y)], 1.0, color)
            }
        }
    }
}
