//! Cells among the labels of their axes.

use super::super::{
    axis::{Axis, Tick},
    look::{Look, centered},
    panel::Panel,
};
use super::cells::Cells;
use console::{measure_text_width, truncate_str};

/// The least columns and rows in which a curve can be seen.
const LEAST: (usize, usize) = (8, 3);
/// Columns and rows from tick to tick.
const X_TICKS: usize = 12;
const Y_TICKS: usize = 4;

/// What is left for the cells beside and above the labels.
pub struct Place {
    left: usize,
    right: usize,
    pub width: usize,
    pub height: usize,
}

fn label_width(ticks: &[Tick]) -> usize {
    ticks.iter().map(|t| measure_text_width(&t.label)).max().unwrap_or(0)
}

impl Place {
    pub fn new(look: Look, y: &Axis, right: Option<&Axis>) -> Self {
        let height = look.height.saturating_sub(4).max(LEAST.1);
        let left = label_width(&y.ticks(height / Y_TICKS));
        let right = right.map_or(0, |axis| label_width(&axis.ticks(height / Y_TICKS)) + 2);
        let width = look.width.saturating_sub(left + right + 2).max(LEAST.0);
        Place { left, right, width, height }
    }

    /// The cells within their axes: below, on the left, on the right.
    pub fn draw(
        &self,
        panel: &Panel,
        cells: &Cells,
        (x, y, right): (&Axis, &Axis, Option<&Axis>),
        look: Look,
        lines: &mut Vec<String>,
    ) {
        let [bar, tick, corner, dash, below, tick_right, corner_right] = match look.unicode {
            true => ['│', '┤', '└', '─', '┬', '├', '┘'],
            false => ['|', '+', '+', '-', '+', '+', '+'],
        };
        let count = (self.height / Y_TICKS).max(2);
        let row_of = |t: &Tick| ((1.0 - t.at) * (self.height - 1) as f64).round() as usize;
        let (ticks, right_ticks) = (y.ticks(count), right.map(|axis| axis.ticks(count)).unwrap_or_default());
        if !panel.y_label.is_empty() || !panel.right_label.is_empty() {
            let gap =
                look.width.saturating_sub(measure_text_width(&panel.y_label) + measure_text_width(&panel.right_label));
            lines.push(
                truncate_str(&format!("{}{}{}", panel.y_label, " ".repeat(gap), panel.right_label), look.width, "…")
                    .into(),
            );
        }
        for row in 0..self.height {
            let label = ticks.iter().find(|t| row_of(t) == row).map(|t| t.label.as_str());
            let pad = " ".repeat(self.left.saturating_sub(measure_text_width(label.unwrap_or_default())));
            let mut line = format!("{pad}{} {}", label.unwrap_or_default(), if label.is_some() { tick } else { bar });
            line += &cells.line(row, look);
            if right.is_some() {
                let label = right_ticks.iter().find(|t| row_of(t) == row).map(|t| t.label.as_str());
                line.push(if label.is_some() { tick_right } else { bar });
                line += label.map(|l| format!(" {l}")).unwrap_or_default().as_str();
            }
            lines.push(line);
        }
        let column_of = |t: &Tick| (t.at * (self.width - 1) as f64).round() as usize;
        let ticks = x.ticks((self.width / X_TICKS).max(2));
        let mut axis: Vec<char> = vec![dash; self.width];
        let mut labels = String::new();
        for t in &ticks {
            let column = column_of(t);
            let middle = (self.left + 2 + column).saturating_sub(measure_text_width(&t.label) / 2);
            let room = middle.checked_sub(measure_text_width(&labels));
            if let Some(room) = room.filter(|room| *room > 0 || labels.is_empty()) {
                axis[column] = below;
                labels += &format!("{}{}", " ".repeat(room), t.label);
            }
        }
        let end = if right.is_some() { corner_right.to_string() } else { String::new() };
        lines.push(format!("{} {corner}{}{end}", " ".repeat(self.left), axis.into_iter().collect::<String>()));
        lines.push(labels);
        if !panel.x_label.is_empty() {
            let width = self.left + 2 + self.width + self.right;
            lines.push(centered(&panel.x_label, width));
        }
    }
}
