//! How one series is drawn: its colour, line, dashes, dots.

use super::canvas::{Canvas, Point};
use super::clip::Bar;
use super::palette::{self, Color};
use super::series::{Series, Style};
use crate::error::Result;

const WIDTH: f64 = 2.2;
const DOT: f64 = 3.2;
/// Of an error bar, and half the width of its caps.
const BAR: f64 = 1.6;
const CAP: f64 = 4.5;
/// Half the height of the error bar in the legend.
const SAMPLE_BAR: f64 = 8.0;
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
    bars: bool,
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
        Stroke { color: palette::series(i), dash, line, dots, bars: !series.bars.is_empty() }
    }

    /// A line through `points` (or just the points).
    pub fn draw(&self, canvas: &mut dyn Canvas, points: &[Point]) -> Result<()> {
        if self.line {
            for piece in self.dash.map_or_else(|| vec![points.to_vec()], |dash| dashes(points, dash, dash.0)) {
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

    /// An error bar with its caps.
    pub fn draw_bar(&self, canvas: &mut dyn Canvas, bar: &Bar) -> Result<()> {
        canvas.line(&[bar.low, bar.high], BAR, self.color)?;
        for ((x, y), _) in [(bar.low, bar.caps.0), (bar.high, bar.caps.1)].into_iter().filter(|(_, cap)| *cap) {
            canvas.line(&[(x - CAP, y), (x + CAP, y)], BAR, self.color)?;
        }
        Ok(())
    }

    /// The sign in front of a name in the legend.
    pub fn sample(&self, canvas: &mut dyn Canvas, (x, y): Point, length: f64) -> Result<()> {
        let stroke = Stroke { dots: false, ..*self };
        if self.bars {
            let middle = x + length / 2.0;
            let bar = Bar { low: (middle, y + SAMPLE_BAR), high: (middle, y - SAMPLE_BAR), caps: (true, true) };
            self.draw_bar(canvas, &bar)?;
        }
        let ends = [(x, y), (x + length, y)];
        match self.dash.filter(|_| self.line) {
            // A stroke in the middle: a dot there would hide a space.
            Some((on, off)) => {
                let before = (length / 2.0 - on / 2.0).rem_euclid(on + off) - off;
                for piece in dashes(&ends, (on, off), if before > 0.0 { before } else { on }) {
                    canvas.line(&piece, WIDTH, self.color)?;
                }
            }
            None if self.line => stroke.draw(canvas, &ends)?,
            None => {}
        }
        if self.dots { canvas.dot((x + length / 2.0, y), DOT, self.color) } else { Ok(()) }
    }
}

/// Cuts a line into strokes and spaces of these lengths, the first stroke of a length of its own.
fn dashes(points: &[Point], (stroke, space): (f64, f64), first: f64) -> Vec<Vec<Point>> {
    let (mut all, mut current) = (Vec::new(), Vec::new());
    let (mut drawing, mut left) = (true, first);
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
