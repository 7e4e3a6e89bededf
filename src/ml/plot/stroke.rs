//! How one series is drawn: its colour, line, dashes, dots.

use super::canvas::{Canvas, Point};
use super::palette::{self, Color};
use super::series::{Series, Style};
use crate::error::Result;

const WIDTH: f64 = 2.2;
const DOT: f64 = 3.2;
/// Lengths of stroke and space.
const DASHED: (f64, f64) = (7.0, 4.0);
/// What tells series of one colour apart once the palette is used up.
const SECOND_ROUND: (f64, f64) = (12.0, 3.0);
const THIRD_ROUND: (f64, f64) = (2.5, 3.0);

#[derive(Debug, Clone, Copy)]
pub struct Stroke {
    pub color: Color,
    dash: Option<(f64, f64)>,
    line: bool,
    dots: bool,
}

impl Stroke {
    /// That of the series at place `i`.
    pub fn of(series: &Series, i: usize) -> Self {
        let i = series.color.unwrap_or(i);
        let dash = match (series.style, palette::round(i)) {
            (Style::Dashed, _) => Some(DASHED),
            (_, 0) => None,
            (_, 1) => Some(SECOND_ROUND),
            _ => Some(THIRD_ROUND),
        };
        let (line, dots) = (series.style != Style::Points, matches!(series.style, Style::Points | Style::Both));
        Stroke { color: palette::series(i), dash, line, dots }
    }

    /// A line through `points` (or just the points).
    pub fn draw(&self, canvas: &mut dyn Canvas, points: &[Point]) -> Result<()> {
        if self.line {
            for piece in self.dash.map_or_else(|| vec![points.to_vec()], |dash| dashes(points, dash)) {
                canvas.line(&piece, WIDTH, self.color)?;
            }
        }
        // A point between two gaps has no line that would show it.
        if self.dots || points.len() == 1 {
            for point in points {
                canvas.dot(*point, DOT, self.color)?;
            }
        }
        Ok(())
    }

    /// The sign in front of a name in the legend.
    pub fn sample(&self, canvas: &mut dyn Canvas, (x, y): Point, length: f64) -> Result<()> {
        let stroke = Stroke { dots: false, ..*self };
        if self.line {
            stroke.draw(canvas, &[(x, y), (x + length, y)])?;
        }
        if self.dots { canvas.dot((x + length / 2.0, y), DOT, self.color) } else { Ok(()) }
    }
}

/// Cuts a line into strokes and spaces of these lengths.
fn dashes(points: &[Point], (stroke, space): (f64, f64)) -> Vec<Vec<Point>> {
    let (mut all, mut current) = (Vec::new(), Vec::new());
    let (mut drawing, mut left) = (true, stroke);
    current.extend(points.first().copied());
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let t = done / length;
            let point = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
            if drawing {
                current.push(point);
                all.push(std::mem::take(&mut current));
            } else {
                current = vec![point];
            }
            drawing = !drawing;
            left = if drawing { stroke } else { space };
        }
        left -= length - done;
        if drawing {
            current.push(b);
        }
    }
    if drawing && current.len() > 1 {
        all.push(current);
    }
    all
}
