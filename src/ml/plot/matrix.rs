//! A table of numbers as a heat map: confusion matrices.

use super::Panel;
use super::canvas::{Align, Canvas, fit};
use super::palette::{AXIS, INK, PAPER, heat};
use super::panel::{Frame, GAP, LABEL, TICK, draw_labels, room_for};
use crate::error::Result;

/// Numbers are left out where they would be smaller than this.
const SMALLEST: f64 = 8.0;
const LARGEST: f64 = 20.0;
/// From this share of the largest value on, a cell is too dark for ink.
const DARK: f64 = 0.55;

pub fn draw(
    canvas: &mut dyn Canvas,
    panel: &Panel,
    place: Frame,
    values: &[Vec<f64>],
    rows: &[String],
    columns: &[String],
) -> Result<()> {
    let widest = rows.iter().map(|l| canvas.width(l, TICK)).fold(0.0, f64::max).min(place.width() * 0.3);
    let mut frame = Frame {
        left: place.left + room_for(&panel.y_label) + widest + GAP,
        top: place.top,
        right: place.right - GAP,
        bottom: place.bottom - room_for(&panel.x_label) - TICK - GAP,
    };
    if !frame.is_visible() {
        return Ok(());
    }
    if rows.is_empty() || columns.is_empty() {
        return canvas.text("no data", frame.pixel((0.5, 0.5)), LABEL, Align::Center, AXIS);
    }
    // Square cells, in the middle.
    let side = (frame.width() / columns.len() as f64).min(frame.height() / rows.len() as f64);
    let free = (frame.width() - side * columns.len() as f64) / 2.0;
    let shift = frame.left + free;
    frame = Frame { left: shift, right: shift + side * columns.len() as f64, ..frame };
    frame.bottom = frame.top + side * rows.len() as f64;
    let around = Frame {
        left: frame.left - widest - GAP - room_for(&panel.y_label),
        bottom: frame.bottom + TICK + GAP + room_for(&panel.x_label),
        ..place
    };

    let largest = values.iter().flatten().copied().filter(|v| v.is_finite()).fold(0.0, f64::max);
    let texts: Vec<Vec<String>> = values.iter().map(|row| row.iter().map(|v| number(*v)).collect()).collect();
    let longest = texts.iter().flatten().map(|t| canvas.width(t, 1000.0)).fold(1.0, f64::max) / 1000.0;
    let size = (side * 0.85 / longest).min(side * 0.5).min(LARGEST);
    for (i, row) in values.iter().enumerate() {
        for (j, v) in row.iter().enumerate() {
            let share = if largest > 0.0 && v.is_finite() { v / largest } else { 0.0 };
            let (x, y) = (frame.left + j as f64 * side, frame.top + i as f64 * side);
            canvas.rect((x, y), (x + side, y + side), AXIS)?;
            canvas.rect((x + 0.5, y + 0.5), (x + side - 0.5, y + side - 0.5), heat(share))?;
            if size >= SMALLEST {
                let ink = if share > DARK { PAPER } else { INK };
                canvas.text(&texts[i][j], (x + side / 2.0, y + side / 2.0), size, Align::Center, ink)?;
            }
        }
    }
    // With many classes, every n-th label.
    let every = (TICK * 1.1 / side).ceil().max(1.0) as usize;
    for (i, label) in rows.iter().enumerate().step_by(every) {
        let at = (frame.left - GAP, frame.top + (i as f64 + 0.5) * side);
        canvas.text(&fit(canvas, label, TICK, widest), at, TICK, Align::Right, INK)?;
    }
    for (j, label) in columns.iter().enumerate().step_by(every) {
        let at = (frame.left + (j as f64 + 0.5) * side, frame.bottom + GAP + TICK / 2.0);
        canvas.text(&fit(canvas, label, TICK, side * every as f64 - 4.0), at, TICK, Align::Center, INK)?;
    }
    draw_labels(canvas, panel, &around, &frame)
}

/// Counts as they are, shares with three digits.
pub fn number(v: f64) -> String {
    if v.fract() == 0.0 && v.abs() < 1e15 {
        return format!("{v:.0}");
    }
    if v.is_finite() && !(1e-3..1e6).contains(&v.abs()) { format!("{v:.2e}") } else { format!("{v:.3}") }
}
