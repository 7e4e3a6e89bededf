//! From the numbers of a series to the lines that lie in a frame: gaps, clipping.

use super::axis::Axis;
use super::canvas::Point;
use super::frame::Frame;
use super::series::{Series, Style};

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

/// The outlines of a series' band inside `frame`, in pixels, each without a gap.
pub fn bands(series: &Series, x: &Axis, y: &Axis, frame: &Frame) -> Vec<Vec<Point>> {
    // One that leaves the frame is cut where it leaves between two points, as a straight line would be.
    let inside = |v: f64| v.clamp(0.0, 1.0);
    let mut all: Vec<(Vec<Point>, Vec<Point>)> = vec![Default::default()];
    for (vx, (low, high)) in series.x.iter().zip(&series.band) {
        match (x.place(*vx), y.place(*low), y.place(*high)) {
            (Some(vx), Some(low), Some(high)) if (0.0..=1.0).contains(&vx) => {
                if let Some((lows, highs)) = all.last_mut() {
                    lows.push(frame.pixel((vx, inside(low))));
                    highs.push(frame.pixel((vx, inside(high))));
                }
            }
            _ => all.push(Default::default()),
        }
    }
    let outline = |(lows, highs): (Vec<Point>, Vec<Point>)| lows.into_iter().chain(highs.into_iter().rev()).collect();
    all.into_iter().filter(|(lows, _)| lows.len() > 1).map(outline).collect()
}

/// An error bar inside of a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    pub low: Point,
    pub high: Point,
    /// Whether its lower and its upper end lie in the frame, and have a cap.
    pub caps: (bool, bool),
}

/// The error bars of a series inside `frame`, in pixels. One that reaches out of it, or down to where a log axis has no place, ends at the edge.
pub fn bars(series: &Series, x: &Axis, y: &Axis, frame: &Frame) -> Vec<Bar> {
    let bar = |(vx, (low, high)): (&f64, &(f64, f64))| {
        let at = x.place(*vx).filter(|at| (0.0..=1.0).contains(at))?;
        let top = y.place(*high)?;
        // What has no logarithm lies below all that has one.
        let bottom = y.place(*low).or_else(|| low.is_finite().then_some(-1.0))?;
        let (low, high) = (bottom.min(top), bottom.max(top));
        let caps = (low >= 0.0, high <= 1.0);
        let pixel = |v: f64| frame.pixel((at, v.clamp(0.0, 1.0)));
        (high >= 0.0 && low <= 1.0).then(|| Bar { low: pixel(low), high: pixel(high), caps })
    };
    series.x.iter().zip(&series.bars).filter_map(bar).collect()
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
