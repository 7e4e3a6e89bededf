//! One chart as its drawing needs it: everything in pixels, and the numbers themselves for the pointer.

use crate::ml::plot::{Axis, Scale, color_of};
use serde::Serialize;

/// Of the drawing, in user units: a page shows it as wide as there is room.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 300.0;
const TOP: f64 = 12.0;
const RIGHT: f64 = 14.0;
const BOTTOM: f64 = 44.0;
/// Of a digit, and what stands between a tick's label and its axis.
const DIGIT: f64 = 7.6;
const BESIDE: f64 = 14.0;
const X_TICKS: usize = 7;
const Y_TICKS: usize = 5;
/// Up to this many points each is marked.
const MARKED: usize = 40;

/// A curve over the same axis as others: `x` and `y` of each point, NaN for a gap.
pub struct Curve {
    pub name: String,
    /// Which colour; curves of one run share it.
    pub color: usize,
    pub dashed: bool,
    pub points: Vec<(f64, f64)>,
}

#[derive(Debug, Serialize)]
pub struct Chart {
    title: String,
    x_label: String,
    width: f64,
    height: f64,
    /// What the axes enclose.
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    x_ticks: Vec<Mark>,
    y_ticks: Vec<Mark>,
    curves: Vec<Drawn>,
}

#[derive(Debug, Serialize)]
struct Mark {
    at: f64,
    label: String,
}

#[derive(Debug, Serialize)]
struct Drawn {
    name: String,
    color: String,
    dashed: bool,
    /// The line, as SVG's `path` takes it.
    path: String,
    marked: bool,
    points: Vec<Place>,
}

/// A point: its numbers with all digits, and where it is.
#[derive(Debug, Serialize)]
struct Place {
    x: f64,
    y: f64,
    at: (f64, f64),
}

impl Chart {
    /// None where no curve has a point.
    pub fn new(title: &str, x_label: &str, curves: Vec<Curve>) -> Option<Chart> {
        let all = || curves.iter().flat_map(|curve| &curve.points).filter(|(_, y)| y.is_finite());
        all().next()?;
        let x_axis = Axis::around(all().map(|(x, _)| *x), Scale::Linear, 0.0);
        let y_axis = Axis::around(all().map(|(_, y)| *y), Scale::Linear, 0.05);
        let y_ticks = y_axis.ticks(Y_TICKS);
        let widest = y_ticks.iter().map(|tick| tick.label.chars().count()).max().unwrap_or(0);
        let (left, right, top, bottom) = (widest as f64 * DIGIT + BESIDE, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM);
        let across = |share: f64| rounded(left + share * (right - left));
        let up = |share: f64| rounded(bottom - share * (bottom - top));
        let place = |(x, y): (f64, f64)| Some((across(x_axis.place(x)?), up(y_axis.place(y)?)));
        let colors = curves.iter().map(|curve| curve.color + 1).max().unwrap_or(0);
        let drawn = |curve: Curve| Drawn {
            path: path(curve.points.iter().map(|point| place(*point))),
            marked: curve.points.len() <= MARKED,
            points: curve
                .points
                .iter()
                .filter_map(|(x, y)| Some(Place { x: *x, y: *y, at: place((*x, *y))? }))
                .collect(),
            color: color(curve.color, colors),
            dashed: curve.dashed,
            name: curve.name,
        };
        Some(Chart {
            title: title.to_string(),
            x_label: x_label.to_string(),
            width: WIDTH,
            height: HEIGHT,
            left,
            right,
            top,
            bottom,
            x_ticks: x_axis.ticks(X_TICKS).into_iter().map(|t| Mark { at: across(t.at), label: t.label }).collect(),
            y_ticks: y_ticks.into_iter().map(|t| Mark { at: up(t.at), label: t.label }).collect(),
            curves: curves.into_iter().map(drawn).collect(),
        })
    }
}

/// A tenth of a pixel is as fine as anybody sees.
fn rounded(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// Lines between neighbours; nothing across a gap.
fn path(points: impl Iterator<Item = Option<(f64, f64)>>) -> String {
    let (mut path, mut is_down) = (String::new(), false);
    for point in points {
        if let Some((x, y)) = point {
            path.push_str(&format!("{}{x} {y}", if is_down { "L" } else { "M" }));
        }
        is_down = point.is_some();
    }
    path
}

/// Up to this many the plots' own colours tell curves apart.
const PALETTE: usize = 7;

/// One of `all` colours; of many, hues that lie as far from each other as they can (the golden angle).
fn color(i: usize, all: usize) -> String {
    if all <= PALETTE {
        let (r, g, b) = color_of(i);
        return format!("#{r:02x}{g:02x}{b:02x}");
    }
    let hue = (i as f64 * 137.508) % 360.0;
    format!("hsl({hue:.0} 70% {}%)", [38, 55][i % 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_not_drawn_across_and_its_neighbours_are() {
        let points = [Some((0.0, 1.0)), Some((1.0, 2.5)), None, Some((3.0, 4.0))];
        assert_eq!(path(points.into_iter()), "M0 1L1 2.5M3 4");
    }

    #[test]
    fn points_lie_between_the_axes_and_keep_their_digits() {
        let y = 0.123_456_789_012_345_67;
        let curve =
            Curve { name: "a".into(), color: 0, dashed: false, points: vec![(1.0, y), (2.0, f64::NAN), (3.0, 0.5)] };
        let chart = Chart::new("loss", "epoch", vec![curve]).unwrap();
        let points = &chart.curves[0].points;
        assert_eq!((points.len(), points[0].y), (2, y));
        for Place { at: (x, y), .. } in points {
            assert!((chart.left..=chart.right).contains(x) && (chart.top..=chart.bottom).contains(y), "{x} {y}");
        }
        let nothing = Curve { name: "a".into(), color: 0, dashed: false, points: vec![(1.0, f64::NAN)] };
        assert!(Chart::new("loss", "epoch", vec![nothing]).is_none());
    }
}
