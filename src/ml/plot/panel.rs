//! One panel: title, axes, grid, labels, and what lies between them.

use super::axis::{Axis, Tick};
use super::canvas::{Align, Canvas, Point, fit};
use super::legend::Legend;
use super::palette::{self, AXIS, FINE_GRID, GRID, INK};
use super::series::{Stroke, pieces};
use super::{Content, Panel, Scale, Series, matrix};
use crate::error::Result;

const TITLE: f64 = 20.0;
pub const LABEL: f64 = 18.0;
pub const TICK: f64 = 16.0;
const TICK_LENGTH: f64 = 5.0;
/// Between things that belong together.
pub const GAP: f64 = 7.0;
/// Pixels from tick to tick.
const X_TICKS: f64 = 70.0;
const Y_TICKS: f64 = 52.0;
/// Below this, there is nothing to see.
const SMALLEST: f64 = 20.0;

/// A rectangle of the picture; of a panel as a whole, or of what its axes enclose.
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

pub fn draw(canvas: &mut dyn Canvas, panel: &Panel, place: Frame) -> Result<()> {
    let mut place = place;
    if !panel.title.is_empty() {
        let title = fit(canvas, &panel.title, TITLE, place.width());
        let at = (place.left.midpoint(place.right), place.top + TITLE / 2.0 + 2.0);
        canvas.text(&title, at, TITLE, Align::Center, INK)?;
        place.top += TITLE + 2.0 * GAP;
    }
    match &panel.content {
        Content::Matrix { values, row_labels, column_labels } => {
            matrix::draw(canvas, panel, place, values, row_labels, column_labels)
        }
        Content::Bars { edges, heights } => draw_bars(canvas, panel, place, edges, heights),
        Content::Series(series) => {
            let (x, y, right) = axes_of(panel, series);
            let mut axes = Axes::new(canvas, panel, place, x, y, right);
            let place_all = |axes: &Axes| -> Vec<Vec<Vec<Point>>> {
                series.iter().map(|s| pieces(s, &axes.x, axes.y_of(s), &axes.frame)).collect()
            };
            let mut placed = place_all(&axes);
            let legend = Legend::new(canvas, series, axes.frame.width());
            let corner = legend.free_place(&axes.frame, &placed.concat());
            if corner.is_none() && !legend.is_empty() {
                let (at, width, height) = ((axes.frame.left, place.top), axes.frame.width(), place.height());
                legend.draw_above(canvas, at, width, height)?;
                place.top += legend.height_above(width, height);
                axes = Axes::new(canvas, panel, place, axes.x, axes.y, axes.right);
                placed = place_all(&axes);
            }
            if !axes.frame.is_visible() {
                return Ok(());
            }
            axes.draw_grid(canvas)?;
            for (i, (series, pieces)) in series.iter().zip(&placed).enumerate() {
                for piece in pieces {
                    Stroke::of(series, i).draw(canvas, piece)?;
                }
            }
            axes.draw(canvas, panel)?;
            if placed.iter().all(Vec::is_empty) {
                no_data(canvas, &axes.frame)?;
            }
            match corner {
                Some(corner) if !legend.is_empty() => legend.draw_box(canvas, corner),
                _ => Ok(()),
            }
        }
    }
}

fn draw_bars(canvas: &mut dyn Canvas, panel: &Panel, place: Frame, edges: &[f64], heights: &[f64]) -> Result<()> {
    let x = Axis::around(edges.iter().copied(), panel.x_scale, 0.02);
    let y = y_axis(panel, heights.iter().copied(), true);
    let axes = Axes::new(canvas, panel, place, x, y, None);
    if !axes.frame.is_visible() {
        return Ok(());
    }
    axes.draw_grid(canvas)?;
    let floor = axes.y.place(0.0).unwrap_or(0.0).clamp(0.0, 1.0);
    for (pair, height) in edges.windows(2).zip(heights) {
        let ends = axes.x.place(pair[0]).zip(axes.x.place(pair[1])).zip(axes.y.place(*height));
        if let Some(((from, to), top)) = ends {
            let (a, b) = (axes.frame.pixel((from, floor)), axes.frame.pixel((to, top.clamp(0.0, 1.0))));
            // A line of paper between neighbours, as long as they are wide enough.
            let gap = if b.0 - a.0 > 4.0 { 1.0 } else { 0.0 };
            canvas.rect((a.0, a.1.min(b.1)), (b.0 - gap, a.1.max(b.1)), palette::series(0))?;
        }
    }
    axes.draw(canvas, panel)?;
    if heights.is_empty() { no_data(canvas, &axes.frame) } else { Ok(()) }
}

/// The axes of series: below, on the left, and on the right where a series asks for it.
pub fn axes_of(panel: &Panel, series: &[Series]) -> (Axis, Axis, Option<Axis>) {
    let x = Axis::around(series.iter().flat_map(|s| s.x.iter().copied()), panel.x_scale, 0.02);
    let side = |right: bool| series.iter().filter(move |s| s.right == right).flat_map(|s| s.y.iter().copied());
    let right = series.iter().any(|s| s.right);
    let right = right.then(|| Axis::around(side(true), panel.right_scale, 0.05));
    (x, y_axis(panel, side(false), false), right)
}

pub fn y_axis(panel: &Panel, values: impl Iterator<Item = f64>, from_zero: bool) -> Axis {
    match panel.y_range {
        Some((low, high)) => Axis::between(low, high, panel.y_scale),
        None if from_zero && panel.y_scale == Scale::Linear => {
            let (low, high) = values
                .filter(|v| super::axis::is_drawable(*v))
                .fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
            let free = (high - low) * 0.05;
            let (low, high) = (if low < 0.0 { low - free } else { 0.0 }, high + free);
            Axis::between(low, if low < high { high } else { 1.0 }, Scale::Linear)
        }
        None => Axis::around(values, panel.y_scale, 0.05),
    }
}

fn no_data(canvas: &mut dyn Canvas, frame: &Frame) -> Result<()> {
    canvas.text("no data", frame.pixel((0.5, 0.5)), LABEL, Align::Center, AXIS)
}

/// The names of both axes, outside of `frame` and at the edges of the panel's `place`.
pub fn draw_labels(canvas: &mut dyn Canvas, panel: &Panel, place: &Frame, frame: &Frame) -> Result<()> {
    let x_label = fit(canvas, &panel.x_label, LABEL, frame.width());
    let below = (frame.left.midpoint(frame.right), place.bottom - LABEL / 2.0);
    canvas.text(&x_label, below, LABEL, Align::Center, INK)?;
    let y_label = fit(canvas, &panel.y_label, LABEL, frame.height());
    let beside = (place.left + LABEL / 2.0, frame.top.midpoint(frame.bottom));
    canvas.text(&y_label, beside, LABEL, Align::Upward, INK)?;
    let right_label = fit(canvas, &panel.right_label, LABEL, frame.height());
    let beside = (place.right - LABEL / 2.0, frame.top.midpoint(frame.bottom));
    canvas.text(&right_label, beside, LABEL, Align::Upward, INK)
}

/// What a label takes off the panel; nothing where it is empty.
pub fn room_for(label: &str) -> f64 {
    if label.is_empty() { 0.0 } else { LABEL + GAP }
}

struct Axes {
    x: Axis,
    y: Axis,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    right: Option<Axis>,
    right_ticks: Vec<Tick>,
    place: Frame,
    frame: Frame,
}

impl Axes {
    fn new(canvas: &dyn Canvas, panel: &Panel, place: Frame, x: Axis, y: Axis, right: Option<Axis>) -> Self {
        let bottom = place.bottom - room_for(&panel.x_label) - TICK - TICK_LENGTH - GAP;
        // Half of the topmost label stands above its tick.
        let top = place.top + TICK / 2.0;
        let count = ((bottom - top) / Y_TICKS).max(0.0) as usize;
        let y_ticks = y.ticks(count);
        let right_ticks = right.as_ref().map(|axis| axis.ticks(count)).unwrap_or_default();
        let beside = |label: &str, ticks: &[Tick]| {
            let widest = ticks.iter().map(|t| canvas.width(&t.label, TICK)).fold(0.0, f64::max);
            room_for(label) + widest.min(place.width() * 0.4) + TICK_LENGTH + GAP
        };
        let left = place.left + beside(&panel.y_label, &y_ticks);
        let taken = if right.is_some() { beside(&panel.right_label, &right_ticks) } else { 2.0 * GAP };
        let frame = Frame { left, top, right: place.right - taken, bottom };
        let mut count = (frame.width() / X_TICKS).max(2.0) as usize;
        let x_ticks = loop {
            let ticks = x.ticks(count);
            let fits = ticks.windows(2).all(|pair| {
                let half = |t: &Tick| canvas.width(&t.label, TICK) / 2.0;
                (pair[1].at - pair[0].at) * frame.width() > half(&pair[0]) + half(&pair[1]) + GAP
            });
            if fits || count <= 2 {
                break ticks;
            }
            count -= 1;
        };
        Axes { x, y, x_ticks, y_ticks, right, right_ticks, place, frame }
    }

    fn y_of(&self, series: &Series) -> &Axis {
        self.right.as_ref().filter(|_| series.right).unwrap_or(&self.y)
    }

    fn draw_grid(&self, canvas: &mut dyn Canvas) -> Result<()> {
        let fine = |at: &f64| (*at, FINE_GRID);
        let bold = |t: &Tick| (t.at, GRID);
        for (x, color) in self.x.fine_ticks().iter().map(fine).chain(self.x_ticks.iter().map(bold)) {
            canvas.line(&[self.frame.pixel((x, 0.0)), self.frame.pixel((x, 1.0))], 1.0, color)?;
        }
        for (y, color) in self.y.fine_ticks().iter().map(fine).chain(self.y_ticks.iter().map(bold)) {
            canvas.line(&[self.frame.pixel((0.0, y)), self.frame.pixel((1.0, y))], 1.0, color)?;
        }
        Ok(())
    }

    fn draw(&self, canvas: &mut dyn Canvas, panel: &Panel) -> Result<()> {
        let frame = &self.frame;
        let (corner, top, right) = (frame.pixel((0.0, 0.0)), frame.pixel((0.0, 1.0)), frame.pixel((1.0, 0.0)));
        canvas.line(&[top, corner, right], 1.0, AXIS)?;
        for tick in &self.x_ticks {
            let (x, y) = frame.pixel((tick.at, 0.0));
            canvas.line(&[(x, y), (x, y + TICK_LENGTH)], 1.0, AXIS)?;
            canvas.text(&tick.label, (x, y + TICK_LENGTH + TICK / 2.0 + 2.0), TICK, Align::Center, INK)?;
        }
        for tick in &self.y_ticks {
            let (x, y) = frame.pixel((0.0, tick.at));
            canvas.line(&[(x, y), (x - TICK_LENGTH, y)], 1.0, AXIS)?;
            canvas.text(&tick.label, (x - TICK_LENGTH - 3.0, y), TICK, Align::Right, INK)?;
        }
        if self.right.is_some() {
            canvas.line(&[right, frame.pixel((1.0, 1.0))], 1.0, AXIS)?;
        }
        for tick in &self.right_ticks {
            let (x, y) = frame.pixel((1.0, tick.at));
            canvas.line(&[(x, y), (x + TICK_LENGTH, y)], 1.0, AXIS)?;
            canvas.text(&tick.label, (x + TICK_LENGTH + 3.0, y), TICK, Align::Left, INK)?;
        }
        draw_labels(canvas, panel, &self.place, frame)
    }
}
