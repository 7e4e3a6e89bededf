//! Curves: series over one x axis, with an axis on the right for those that ask for it.

use crate::error::{Error, ErrorKind, Result};
use crate::ml::plot::{
    axes::{Axes, no_data, y_axis},
    axis::Axis,
    canvas::{Canvas, Point},
    clip::{bands, bars, pieces},
    frame::Frame,
    left_out::{Why, told},
    legend::Legend,
    look::Look,
    marker::Marker,
    palette::{self, Color},
    panel::{Content, Panel},
    series::{Series, Style},
    stroke::{Stroke, is_pale},
    terminal::{Cells, Place},
};
use console::{measure_text_width, truncate_str};

/// Signs for the points of a series where neither braille nor colours tell them apart.
const SIGNS: [char; 8] = ['*', 'o', '+', 'x', '#', '@', '%', '&'];
/// How much of a band's colour covers what is under it.
const BAND: f64 = 0.18;

#[derive(Debug)]
struct Curves(Vec<Series>);

impl Panel {
    /// Series over linear axes.
    pub fn new(title: &str, x_label: &str, y_label: &str, series: Vec<Series>) -> Self {
        Panel::of(title, x_label, y_label, Curves(series))
    }
}

impl Curves {
    /// The axes: below, on the left, and on the right where a series asks for it.
    fn axes(&self, panel: &Panel) -> (Axis, Axis, Option<Axis>) {
        let series = &self.0;
        let x = Axis::around(series.iter().flat_map(|s| s.x.iter().copied()), panel.x_scale, 0.02);
        let side = |right: bool| series.iter().filter(move |s| s.right == right).flat_map(Series::extent);
        let right = series.iter().any(|s| s.right);
        let right = right.then(|| Axis::around(side(true), panel.right_scale, 0.05));
        (x, y_axis(panel, side(false)), right)
    }

    /// Each series with its axis, on the left or on the right.
    fn beside<'a>(&'a self, axes: &'a Axes) -> impl Iterator<Item = (&'a Series, &'a Axis)> {
        self.0.iter().map(|s| (s, axes.right.as_ref().filter(|_| s.right).unwrap_or(&axes.y)))
    }

    /// Each series in pieces without a gap.
    fn placed(&self, axes: &Axes) -> Vec<Vec<Vec<Point>>> {
        self.beside(axes).map(|(s, y)| pieces(s, &axes.x, y, &axes.frame)).collect()
    }

    /// Whether lines of dots can be told apart: by colour, or since there is only one.
    fn in_dots(&self, look: Look) -> bool {
        look.unicode && (look.is_coloured() || self.0.len() < 2)
    }

    /// The names of the series, in as many lines as they take.
    fn write_legend(&self, look: Look, lines: &mut Vec<String>) {
        let mut line = String::new();
        for (i, s) in self.0.iter().enumerate().filter(|(_, s)| !s.name.is_empty()) {
            let sample = if self.in_dots(look) { "──".to_string() } else { format!("{0}{0}", sign(i)) };
            let side = if s.right { " (right)" } else { "" };
            let sample = look.painted(&sample, palette::series(s.color.unwrap_or(i)));
            let entry = truncate_str(&format!("{sample} {}{side}", s.name), look.width, "…").to_string();
            if !line.is_empty() && measure_text_width(&line) + 3 + measure_text_width(&entry) > look.width {
                lines.push(std::mem::take(&mut line));
            }
            line += &if line.is_empty() { entry } else { format!("   {entry}") };
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
}

impl Content for Curves {
    fn check(&self) -> Result<()> {
        let wrong = |s: &Series| {
            if s.x.len() != s.y.len() {
                return Some(format!("series `{}` has {} x and {} y values", s.name, s.x.len(), s.y.len()));
            }
            let around = [("a band of", s.band.len()), ("error bars of", s.bars.len())];
            let (what, n) = around.into_iter().find(|(_, n)| *n > 0 && *n != s.x.len())?;
            Some(format!("series `{}` has {} x values, and {what} {n}", s.name, s.x.len()))
        };
        match self.0.iter().find_map(wrong) {
            Some(message) => Err(Error::new(ErrorKind::Shape, message)),
            None => Ok(()),
        }
    }

    fn note(&self, panel: &Panel) -> Option<String> {
        told(self.0.iter().flat_map(|s| left_out(s, panel).map(|(.., why)| why)))
    }

    fn draw(&self, canvas: &mut dyn Canvas, panel: &Panel, place: Frame) -> Result<()> {
        let mut place = place;
        let (x, y, right) = self.axes(panel);
        let mut axes = Axes::new(canvas, panel, place, x, y, right);
        let mut placed = self.placed(&axes);
        let legend = Legend::new(canvas, &self.0, axes.frame.width());
        let mut drawn = placed.concat();
        for (s, y) in self.beside(&axes) {
            drawn.extend(bars(s, &axes.x, y, &axes.frame).into_iter().map(|bar| vec![bar.low, bar.high]));
        }
        let corner = legend.free_place(&axes.frame, &drawn);
        if corner.is_none() && !legend.is_empty() {
            let (at, width, height) = ((axes.frame.left, place.top), axes.frame.width(), place.height());
            legend.draw_above(canvas, at, width, height)?;
            place.top += legend.height_above(width, height);
            axes = Axes::new(canvas, panel, place, axes.x, axes.y, axes.right);
            placed = self.placed(&axes);
        }
        if !axes.frame.is_visible() {
            return Ok(());
        }
        axes.draw_grid(canvas)?;
        // All bands first: none lies over a curve.
        for (i, (s, y)) in self.beside(&axes).enumerate() {
            for outline in bands(s, &axes.x, y, &axes.frame) {
                canvas.area(&outline, BAND, palette::series(s.color.unwrap_or(i)))?;
            }
        }
        // Pale ones first, under the others.
        let order = |pale: bool| {
            let all = self.beside(&axes).zip(&placed).enumerate();
            all.filter(move |(i, ((s, _), _))| is_pale(s, *i) == pale)
        };
        for (i, ((series, y), pieces)) in order(true).chain(order(false)) {
            let stroke = Stroke::of(series, i);
            for bar in bars(series, &axes.x, y, &axes.frame) {
                stroke.draw_bar(canvas, &bar)?;
            }
            for piece in pieces {
                stroke.draw(canvas, piece)?;
            }
        }
        axes.draw(canvas, panel)?;
        for (i, s) in self.0.iter().enumerate() {
            for (x, why) in left_out(s, panel) {
                if let Some(x) = axes.x.place(x).filter(|at| (0.0..=1.0).contains(at)) {
                    mark(canvas, &axes.frame, x, why, Stroke::of(s, i).color)?;
                }
            }
        }
        if placed.iter().all(Vec::is_empty) {
            no_data(canvas, &axes.frame)?;
        }
        match corner {
            Some(corner) if !legend.is_empty() => legend.draw_box(canvas, corner),
            _ => Ok(()),
        }
    }

    fn write(&self, panel: &Panel, look: Look, lines: &mut Vec<String>) {
        let (x, y, right) = self.axes(panel);
        let place = Place::new(look, &y, right.as_ref());
        self.write_legend(look, lines);
        let mut cells = Cells::new(place.width, place.height);
        let (across, down) = if self.in_dots(look) { (2, 4) } else { (1, 1) };
        let end = |cells: usize, dots: usize| (cells * dots) as f64 - 1.0;
        let frame = Frame { left: 0.0, top: 0.0, right: end(place.width, across), bottom: end(place.height, down) };
        let axis_of = |s: &Series| right.as_ref().filter(|_| s.right).unwrap_or(&y);
        for (i, s) in self.0.iter().enumerate() {
            for outline in bands(s, &x, axis_of(s), &frame) {
                shade(&mut cells, &outline, (across, down), look, s.color.unwrap_or(i));
            }
        }
        for (i, s) in self.0.iter().enumerate() {
            let axis = axis_of(s);
            let shown = s.color.unwrap_or(i);
            for bar in bars(s, &x, axis, &frame) {
                let [x, top, bottom] = [bar.high.0, bar.high.1, bar.low.1].map(|v| v.round().max(0.0) as usize);
                (top..=bottom).for_each(|y| match across {
                    2 => cells.dot(x, y, shown),
                    _ => cells.put(x, y, '|', shown),
                });
            }
            for piece in pieces(s, &x, axis, &frame) {
                let mut dot = |(x, y): Point| {
                    let (x, y) = (x.round().max(0.0) as usize, y.round().max(0.0) as usize);
                    match across {
                        2 => cells.dot(x, y, shown),
                        _ => cells.put(x, y, sign(i), shown),
                    }
                };
                piece.iter().for_each(|point| dot(*point));
                let lined = s.style != Style::Points;
                for pair in piece.windows(2).filter(|_| lined) {
                    let (a, b) = (pair[0], pair[1]);
                    let n = (b.0 - a.0).abs().max((b.1 - a.1).abs()).ceil().max(1.0);
                    (0..=n as usize)
                        .map(|k| k as f64 / n)
                        .for_each(|t| dot((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1))));
                }
            }
        }
        place.draw(panel, &cells, (&x, &y, right.as_ref()), look, lines);
    }
}

/// Points of a series that have no place, their x beside why; one without an x is no point.
fn left_out(s: &Series, panel: &Panel) -> impl Iterator<Item = (f64, Why)> {
    let (x_scale, y_scale) = (panel.x_scale, if s.right { panel.right_scale } else { panel.y_scale });
    let points = s.x.iter().zip(&s.y).filter(|(x, _)| !x.is_nan());
    points.filter_map(move |(x, y)| Why::of(*x, x_scale).or_else(|| Why::of(*y, y_scale)).map(|why| (*x, why)))
}

/// A sign on the edge where a value stood that is not drawn: × for NaN, an arrow to where the others went.
fn mark(canvas: &mut dyn Canvas, frame: &Frame, x: f64, why: Why, color: Color) -> Result<()> {
    const SIZE: f64 = 4.0;
    let (x, y) = frame.pixel((x, if why.is_above() { 1.0 } else { 0.0 }));
    let tip = if why.is_above() { -SIZE } else { SIZE };
    match why {
        Why::Nan => Marker::Cross.draw(canvas, (x, y), SIZE, color),
        _ => canvas.area(&[(x - SIZE, y - tip), (x + SIZE, y - tip), (x, y + tip)], 1.0, color),
    }
}

/// Shades the cells of a band, whose `outline` goes along its lower edge and back along the upper one, in dots of which a cell holds so many.
fn shade(cells: &mut Cells, outline: &[Point], (across, down): (usize, usize), look: Look, shown: usize) {
    let (low, high) = outline.split_at(outline.len() / 2);
    let edges: Vec<(Point, Point)> = low.iter().copied().zip(high.iter().rev().copied()).collect();
    for pair in edges.windows(2) {
        let ((a_low, a_high), (b_low, b_high)) = (pair[0], pair[1]);
        let [first, last] = [a_low.0, b_low.0].map(|x| (x / across as f64).round().max(0.0) as usize);
        for column in first.min(last)..=first.max(last) {
            let x = (column * across) as f64;
            let t = if b_low.0 == a_low.0 { 0.0 } else { ((x - a_low.0) / (b_low.0 - a_low.0)).clamp(0.0, 1.0) };
            let row = |a: Point, b: Point| ((a.1 + t * (b.1 - a.1)) / down as f64).round().max(0.0) as usize;
            let (from, to) = (row(a_high, b_high), row(a_low, b_low));
            (from.min(to)..=from.max(to))
                .for_each(|row| cells.put(column, row, if look.unicode { '░' } else { ':' }, shown));
        }
    }
}

fn sign(i: usize) -> char {
    SIGNS[i % SIGNS.len()]
}
