//! From numbers to strokes: gaps, clipping, dashes.

use super::axis::Axis;
use super::canvas::{Canvas, Point};
use super::palette::{self, Color};
use super::panel::Frame;
use super::{Series, Style};
use crate::error::Result;

const WIDTH: f64 = 2.2;
const DOT: f64 = 3.2;
/// Lengths of stroke and space.
const DASHED: (f64, f64) = (7.0, 4.0);
/// What tells series of one colour apart once the palette is used up.
const SECOND_ROUND: (f64, f64) = (12.0, 3.0);
const THIRD_ROUND: (f64, f64) = (2.5, 3.0);

/// How one series is drawn.
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

/// The pieces of a series inside `frame`, in pixels, each without a gap.
pub fn pieces(series: &Series, x: &Axis, y: &Axis, frame: &Frame) -> Vec<Vec<Point>> {
    let mut all: Vec<Vec<Point>> = Vec::new();
    let mut last: Option<Point> = None;
    // Whether the next stroke goes on where the last one ended.
    let mut connected = false;
    let lines = series.style != Style::Points;
    for (vx, vy) in series.x.iter().zip(&series.y) {
        let Some(here) = x.place(*vx).zip(y.place(*vy)) else {
            (last, connected) = (None, false);
            continue;
        };
        match last.filter(|_| lines).and_then(|from| clip(from, here)) {
            Some((a, b)) => {
                match all.last_mut().filter(|_| connected) {
                    Some(piece) => piece.push(b),
                    None => all.push(vec![a, b]),
                }
                connected = b == here;
            }
            None if inside(here) => {
                all.push(vec![here]);
                connected = true;
            }
            None => connected = false,
        }
        last = Some(here);
    }
    for piece in &mut all {
        for point in piece {
            *point = frame.pixel(*point);
        }
    }
    all
}

fn inside((x, y): Point) -> bool {
    (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y)
}

/// The part of the line from `a` to `b` within the unit square (Liang & Barsky 1984).
fn clip(a: Point, b: Point) -> Option<(Point, Point)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (towards, room) in [(-dx, a.0), (dx, 1.0 - a.0), (-dy, a.1), (dy, 1.0 - a.1)] {
        if towards == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if towards < 0.0 {
            enter = enter.max(room / towards);
        } else {
            leave = leave.min(room / towards);
        }
    }
    let at = |t: f64| (a.0 + t * dx, a.1 + t * dy);
    let first = if enter > 0.0 { at(enter) } else { a };
    let second = if leave < 1.0 { at(leave) } else { b };
    (enter <= leave).then_some((first, second))
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
