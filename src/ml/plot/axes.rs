//! The axes of a panel: room for them, grid, ticks, labels.

use super::axis::{Axis, Tick};
use super::canvas::{Align, Canvas, fit};
use super::frame::{Frame, GAP};
use super::palette::{AXIS, FINE_GRID, GRID, INK};
use super::panel::Panel;
use crate::error::Result;

pub const LABEL: f64 = 18.0;
pub const TICK: f64 = 16.0;
const TICK_LENGTH: f64 = 5.0;
/// Pixels from tick to tick.
const X_TICKS: f64 = 70.0;
const Y_TICKS: f64 = 52.0;

/// The axis on the left: as far as the panel says, else around `values`.
pub fn y_axis(panel: &Panel, values: impl Iterator<Item = f64>) -> Axis {
    match panel.y_range {
        Some((low, high)) => Axis::between(low, high, panel.y_scale),
        None => Axis::around(values, panel.y_scale, 0.05),
    }
}

/// Said in the middle of a frame that stays empty.
pub fn no_data(canvas: &mut dyn Canvas, frame: &Frame) -> Result<()> {
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

/// The axes around `frame`, inside of the panel's `place`.
pub struct Axes {
    pub x: Axis,
    pub y: Axis,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    pub right: Option<Axis>,
    right_ticks: Vec<Tick>,
    place: Frame,
    pub frame: Frame,
}

impl Axes {
    pub fn new(canvas: &dyn Canvas, panel: &Panel, place: Frame, x: Axis, y: Axis, right: Option<Axis>) -> Self {
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

    pub fn draw_grid(&self, canvas: &mut dyn Canvas) -> Result<()> {
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

    pub fn draw(&self, canvas: &mut dyn Canvas, panel: &Panel) -> Result<()> {
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
