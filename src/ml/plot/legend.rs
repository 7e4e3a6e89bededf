//! The list of names, put where it covers no data: into a free corner of the panel, else above it.

use super::canvas::{Align, Canvas, Point, fit};
use super::frame::Frame;
use super::palette::{AXIS, GRID, INK, PAPER};
use super::series::Series;
use super::stroke::{Stroke, is_pale};
use crate::error::Result;

const SIZE: f64 = 17.0;
const ROW: f64 = 23.0;
const SAMPLE: f64 = 34.0;
/// Between sample and name, and around the box.
const GAP: f64 = 8.0;
const BETWEEN: f64 = 22.0;
/// What data keep free around the box.
const CLEARANCE: f64 = 6.0;

pub struct Legend {
    entries: Vec<(Stroke, String, f64)>,
    /// Named series that are pale, and not listed.
    pale: usize,
}

impl Legend {
    /// Names longer than half of `room` are shortened.
    pub fn new(canvas: &dyn Canvas, series: &[Series], room: f64) -> Self {
        let named = || series.iter().enumerate().filter(|(_, s)| !s.name.is_empty());
        let pale = named().filter(|(i, s)| is_pale(s, *i)).count();
        let entries = named().filter(|(i, s)| !is_pale(s, *i)).map(|(i, s)| {
            let name = if s.right { format!("{} (right)", s.name) } else { s.name.clone() };
            let name = fit(canvas, &name, SIZE, (room / 2.0 - SAMPLE - GAP).max(20.0));
            let width = canvas.width(&name, SIZE);
            (Stroke::of(s, i), name, width)
        });
        Legend { entries: entries.collect(), pale }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn box_size(&self) -> (f64, f64) {
        let widest = self.entries.iter().map(|e| e.2).fold(0.0, f64::max);
        let rows = self.entries.len() + usize::from(self.pale > 0);
        (SAMPLE + widest + 3.0 * GAP, rows as f64 * ROW + GAP)
    }

    /// The upper left corner of a free place inside the frame, if there is one.
    pub fn free_place(&self, frame: &Frame, data: &[Vec<Point>]) -> Option<Point> {
        let (w, h) = self.box_size();
        if w > frame.width() * 0.5 || h > frame.height() * 0.6 {
            return None;
        }
        let (left, right) = (frame.left + GAP, frame.right - GAP - w);
        let (top, bottom) = (frame.top + GAP, frame.bottom - GAP - h);
        let (center, middle) = (left.midpoint(right), top.midpoint(bottom));
        let places = [
            (right, top),
            (right, bottom),
            (left, top),
            (left, bottom),
            (center, top),
            (center, bottom),
            (right, middle),
            (left, middle),
        ];
        places.into_iter().find(|(x, y)| {
            let from = (x - CLEARANCE, y - CLEARANCE);
            let to = (x + w + CLEARANCE, y + h + CLEARANCE);
            !data.iter().any(|piece| touches(piece, from, to))
        })
    }

    pub fn draw_box(&self, canvas: &mut dyn Canvas, (x, y): Point) -> Result<()> {
        let (w, h) = self.box_size();
        canvas.rect((x, y), (x + w, y + h), GRID)?;
        canvas.rect((x + 1.0, y + 1.0), (x + w - 1.0, y + h - 1.0), PAPER)?;
        for (i, (stroke, name, _)) in self.entries.iter().enumerate() {
            let middle = y + GAP / 2.0 + (i as f64 + 0.5) * ROW;
            stroke.sample(canvas, (x + GAP, middle), SAMPLE)?;
            canvas.text(name, (x + 2.0 * GAP + SAMPLE, middle), SIZE, Align::Left, INK)?;
        }
        if self.pale > 0 {
            let middle = y + GAP / 2.0 + (self.entries.len() as f64 + 0.5) * ROW;
            canvas.text(&self.more(0), (x + GAP, middle), SIZE, Align::Left, AXIS)?;
        }
        Ok(())
    }

    /// The names in rows of `width`, at most `most` rows: indices of the entries.
    fn rows(&self, width: f64, most: usize) -> Vec<Vec<usize>> {
        let mut rows: Vec<Vec<usize>> = Vec::new();
        let mut used = f64::INFINITY;
        for (i, (_, _, name)) in self.entries.iter().enumerate() {
            let needed = SAMPLE + GAP + name + BETWEEN;
            if used + needed - BETWEEN > width {
                if rows.len() == most {
                    break;
                }
                rows.push(Vec::new());
                used = 0.0;
            }
            if let Some(row) = rows.last_mut() {
                row.push(i);
            }
            used += needed;
        }
        rows
    }

    fn most_rows(height: f64) -> usize {
        ((height / 3.0 / ROW) as usize).max(1)
    }

    /// How much of a panel of this size the names above it take.
    pub fn height_above(&self, width: f64, height: f64) -> f64 {
        let rows = self.rows(width, Self::most_rows(height));
        let hidden = usize::from(self.pale > 0 || rows.iter().map(Vec::len).sum::<usize>() < self.entries.len());
        (rows.len() + hidden) as f64 * ROW + GAP
    }

    /// Draws the names in rows from `at` on.
    pub fn draw_above(&self, canvas: &mut dyn Canvas, at: Point, width: f64, height: f64) -> Result<()> {
        let rows = self.rows(width, Self::most_rows(height));
        let mut y = at.1 + ROW / 2.0;
        for row in &rows {
            let mut x = at.0;
            for i in row {
                let (stroke, name, length) = &self.entries[*i];
                stroke.sample(canvas, (x, y), SAMPLE)?;
                canvas.text(name, (x + SAMPLE + GAP, y), SIZE, Align::Left, INK)?;
                x += SAMPLE + GAP + length + BETWEEN;
            }
            y += ROW;
        }
        let hidden = self.entries.len() - rows.iter().map(Vec::len).sum::<usize>();
        match hidden + self.pale {
            0 => Ok(()),
            _ => canvas.text(&self.more(hidden), (at.0, y), SIZE, Align::Left, AXIS),
        }
    }

    /// What is said of series without a line of their own, of which so many have found no room.
    fn more(&self, hidden: usize) -> String {
        match (hidden, self.pale) {
            (hidden, 0) => format!("… and {hidden} more"),
            (0, pale) => format!("… and {pale} more, pale"),
            (hidden, pale) => format!("… and {hidden} more, and {pale} that are pale"),
        }
    }
}

/// Whether a line comes into the box: looked at every few pixels.
fn touches(piece: &[Point], from: Point, to: Point) -> bool {
    let within = |(x, y): Point| (from.0..=to.0).contains(&x) && (from.1..=to.1).contains(&y);
    if let [only] = piece {
        return within(*only);
    }
    piece.windows(2).any(|pair| {
        let (a, b) = (pair[0], pair[1]);
        let n = ((b.0 - a.0).hypot(b.1 - a.1) / 3.0).ceil().max(1.0) as usize;
        (0..=n).any(|i| {
            let t = i as f64 / n as f64;
            within((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)))
        })
    })
}
