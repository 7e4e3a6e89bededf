//! A table of numbers as a heat map: confusion matrices.

use super::kind::{Kind, Takes};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::plot::{
    axes::{TICK, draw_labels, no_data, room_for},
    canvas::{Align, Canvas, fit},
    frame::{Frame, GAP},
    look::{Look, label},
    palette::{AXIS, INK, PAPER, heat},
    panel::{Content, Panel},
};
use console::{measure_text_width, truncate_str};

/// Numbers are left out where they would be smaller than this.
const SMALLEST: f64 = 8.0;
const LARGEST: f64 = 20.0;
/// From this share of the largest value on, a cell is too dark for ink.
const DARK: f64 = 0.55;

pub(super) const CONFUSION: Kind = Kind {
    name: "plot_confusion",
    doc: "Draws a confusion matrix, `[classes, classes]` with the true classes as rows, and gives the file's name. Options:\n\
          `classes` (their names), `file` `\"confusion.png\"`, `title`, and `size`, `dpi`, `terminal` as of `plot`.",
    example: "plot_confusion(tensor([[8, 2], [1, 9]]), #{ classes: [\"neg\", \"pos\"], file: \"imdbsh-doc.png\" });",
    parameter: "counts",
    takes: Takes::Tensor,
    build: |asked| {
        asked.picture("confusion.png")?;
        let mut classes = asked.texts("classes")?;
        asked.done()?;
        let n = match asked.shape()[..] {
            [n, m] if n == m => n as usize,
            ref other => return Err(Error::shape(format!("plot_confusion takes [classes, classes], got {other:?}"))),
        };
        if classes.is_empty() {
            classes = (0..n).map(|c| c.to_string()).collect();
        }
        let counts: Vec<Vec<f64>> = asked.numbers()?.chunks(n.max(1)).map(<[f64]>::to_vec).collect();
        Ok(Panel::confusion("", &counts, &classes))
    },
};

/// `values[row][column]`, and as many labels as rows and columns.
#[derive(Debug)]
struct Matrix {
    values: Vec<Vec<f64>>,
    rows: Vec<String>,
    columns: Vec<String>,
}

impl Panel {
    /// `counts[truth][predicted]`.
    pub fn confusion(title: &str, counts: &[Vec<f64>], classes: &[String]) -> Self {
        let classes: Vec<String> = classes.iter().map(|class| label(class)).collect();
        let matrix = Matrix { values: counts.to_vec(), rows: classes.clone(), columns: classes };
        Panel::of(title, "predicted", "true", matrix)
    }
}

impl Content for Matrix {
    fn check(&self) -> Result<()> {
        let Matrix { values, rows, columns } = self;
        if values.len() == rows.len() && values.iter().all(|r| r.len() == columns.len()) {
            return Ok(());
        }
        let lengths: Vec<usize> = values.iter().map(Vec::len).collect();
        let message = format!(
            "{} row and {} column labels for a table with rows of lengths {lengths:?}",
            rows.len(),
            columns.len()
        );
        Err(Error::new(ErrorKind::Shape, message))
    }

    /// Cells in which a number can be read, and names in full.
    fn wants(&self) -> Option<(u32, u32)> {
        const CELL: usize = 34;
        const LETTER: usize = 10;
        let longest =
            |labels: &[String]| labels.iter().map(|l| measure_text_width(l)).max().unwrap_or(0).min(40) * LETTER;
        let around = 120;
        let width = self.columns.len() * CELL + longest(&self.rows) + around;
        let height = self.rows.len() * CELL + longest(&self.columns) + around;
        Some((u32::try_from(width).ok()?, u32::try_from(height).ok()?))
    }

    fn draw(&self, canvas: &mut dyn Canvas, panel: &Panel, place: Frame) -> Result<()> {
        let Matrix { values, rows, columns } = self;
        let longest = |labels: &[String]| labels.iter().map(|l| canvas.width(l, TICK)).fold(0.0, f64::max);
        let widest = longest(rows).min(place.width() * 0.3);
        // Names that are wider than their columns are turned.
        let cell = (place.width() - widest - room_for(&panel.y_label)) / columns.len().max(1) as f64;
        let turned = longest(columns) > cell.min(place.height() / rows.len().max(1) as f64) - 4.0;
        let below = if turned { longest(columns).min(place.height() * 0.3) } else { TICK };
        let mut frame = Frame {
            left: place.left + room_for(&panel.y_label) + widest + GAP,
            top: place.top,
            right: place.right - GAP,
            bottom: place.bottom - room_for(&panel.x_label) - below - GAP,
        };
        if !frame.is_visible() {
            return Ok(());
        }
        if rows.is_empty() || columns.is_empty() {
            return no_data(canvas, &frame);
        }
        // Square cells, in the middle.
        let side = (frame.width() / columns.len() as f64).min(frame.height() / rows.len() as f64);
        let free = (frame.width() - side * columns.len() as f64) / 2.0;
        let shift = frame.left + free;
        frame = Frame { left: shift, right: shift + side * columns.len() as f64, ..frame };
        frame.bottom = frame.top + side * rows.len() as f64;
        let around = Frame {
            left: frame.left - widest - GAP - room_for(&panel.y_label),
            bottom: frame.bottom + below + GAP + room_for(&panel.x_label),
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
            let x = frame.left + (j as f64 + 0.5) * side;
            if turned {
                let label = fit(canvas, label, TICK, below);
                let at = (x, frame.bottom + GAP + canvas.width(&label, TICK) / 2.0);
                canvas.text(&label, at, TICK, Align::Upward, INK)?;
            } else {
                let label = fit(canvas, label, TICK, side * every as f64 - 4.0);
                canvas.text(&label, (x, frame.bottom + GAP + TICK / 2.0), TICK, Align::Center, INK)?;
            }
        }
        draw_labels(canvas, panel, &around, &frame)
    }

    fn write(&self, panel: &Panel, look: Look, lines: &mut Vec<String>) {
        let Matrix { values, rows, columns } = self;
        let texts: Vec<Vec<String>> = values.iter().map(|row| row.iter().map(|v| number(*v)).collect()).collect();
        let widest = texts.iter().flatten().chain(columns).map(|t| measure_text_width(t)).max().unwrap_or(1);
        let corner = format!("{} \\ {}", panel.y_label, panel.x_label);
        let head = rows.iter().chain([&corner]).map(|t| measure_text_width(t)).max().unwrap_or(1);
        let right =
            |text: &str, width: usize| format!("{}{text}", " ".repeat(width.saturating_sub(measure_text_width(text))));
        let joined = |first: &str, cells: &[String]| {
            let cells: String = cells.iter().map(|c| format!("  {}", right(c, widest))).collect();
            truncate_str(&format!("{}{cells}", right(first, head)), look.width, "…").into_owned()
        };
        lines.push(joined(&corner, columns));
        for (row, texts) in rows.iter().zip(&texts) {
            lines.push(joined(row, texts));
        }
    }
}

/// Counts as they are, shares with three digits.
fn number(v: f64) -> String {
    if v.fract() == 0.0 && v.abs() < 1e15 {
        return format!("{v:.0}");
    }
    if v.is_finite() && !(1e-3..1e6).contains(&v.abs()) { format!("{v:.2e}") } else { format!("{v:.3}") }
}
