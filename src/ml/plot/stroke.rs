//! How one series is drawn: its colour, line, dashes, dots.

use super::canvas::{Canvas, Point};
use super::clip::Bar;
use super::dash::{DASH, dashes};
use super::marker::Marker;
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
/// Pixels from one sign to the next on a line without points of its own.
const BETWEEN: f64 = 110.0;
/// How much of its colour is left of a curve that has no look of its own.
const PALE: f64 = 0.3;

#[derive(Debug, Clone, Copy)]
pub struct Stroke {
    pub color: Color,
    marker: Marker,
    dashed: bool,
    line: bool,
    /// A sign at each point, or at some places of the line.
    dots: bool,
    signs: bool,
    bars: bool,
}

impl Stroke {
    /// That of the series at place `i`: a colour of the palette, and a sign for each round through it.
    pub fn of(series: &Series, i: usize) -> Self {
        let i = series.color.unwrap_or(i);
        let (dashed, line) = (series.style == Style::Dashed, series.style != Style::Points);
        let dots = matches!(series.style, Style::Points | Style::Both);
        let marker = Marker::ALL[palette::round(i) % Marker::ALL.len()];
        let color = if is_pale(series, i) { palette::pale(palette::series(i), PALE) } else { palette::series(i) };
        let signs = marker != Marker::Circle && !is_pale(series, i);
        Stroke { color, marker, dashed, line, dots, signs, bars: !series.bars.is_empty() }
    }

    /// A line through `points` (or just the points).
    pub fn draw(&self, canvas: &mut dyn Canvas, points: &[Point]) -> Result<()> {
        match (self.line, self.dashed) {
            (true, true) => canvas.dashed(points, DASH.0, WIDTH, self.color)?,
            (true, false) => canvas.line(points, WIDTH, self.color)?,
            (false, _) => {}
        }
        // A point between two gaps has no line that would show it.
        if self.dots || points.len() == 1 {
            for point in points {
                self.marker.draw(canvas, *point, DOT, self.color)?;
            }
        } else if self.signs {
            // Curves of one colour have them at other places.
            let first = BETWEEN * (0.3 + 0.17 * self.marker as usize as f64);
            let pieces = dashes(points, (BETWEEN, 0.0), first);
            for point in pieces.iter().filter_map(|piece| piece.last()) {
                self.marker.draw(canvas, *point, DOT, self.color)?;
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
        let middle = x + length / 2.0;
        if self.bars {
            let bar = Bar { low: (middle, y + SAMPLE_BAR), high: (middle, y - SAMPLE_BAR), caps: (true, true) };
            self.draw_bar(canvas, &bar)?;
        }
        let ends = [(x, y), (x + length, y)];
        match (self.line, self.dashed) {
            (true, true) => {
                // A stroke in the middle: a sign there would hide a space.
                let (on, off) = DASH;
                let before = (length / 2.0 - on / 2.0).rem_euclid(on + off) - off;
                canvas.dashed(&ends, if before > 0.0 { before } else { on }, WIDTH, self.color)?;
            }
            (true, false) => canvas.line(&ends, WIDTH, self.color)?,
            (false, _) => {}
        }
        if self.dots || self.signs { self.marker.draw(canvas, (middle, y), DOT, self.color) } else { Ok(()) }
    }
}

/// Whether all looks are used up before the series at place `i`.
pub fn is_pale(series: &Series, i: usize) -> bool {
    palette::round(series.color.unwrap_or(i)) >= Marker::ALL.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn at_least_thirty_curves_differ_in_colour_or_sign_and_those_behind_are_pale() {
        let series = Series::new("", vec![], vec![]);
        let look = |i: usize| {
            let stroke = Stroke::of(&series, i);
            (stroke.color, stroke.marker as usize, stroke.signs)
        };
        let all: Vec<usize> = (0..100).filter(|i| !is_pale(&series, *i)).collect();
        assert!(all.len() >= 30 && all == (0..all.len()).collect::<Vec<_>>());
        assert_eq!(all.iter().map(|i| look(*i)).collect::<HashSet<_>>().len(), all.len());
        let pale = Stroke::of(&series, all.len());
        assert!(!pale.signs && !all.iter().any(|i| look(*i).0 == pale.color));
    }
}
