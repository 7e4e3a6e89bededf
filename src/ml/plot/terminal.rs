//! Figures in the cells of a terminal: curves in braille dots, bars in blocks, tables as tables.

use super::axis::{Axis, Tick};
use super::palette::{self, Color};
use super::panel::{Frame, axes_of, y_axis};
use super::series::pieces;
use super::{Content, Figure, Panel, Series};
use console::{measure_text_width, truncate_str};

/// What the terminal can show.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Columns and rows that a panel may take.
    pub width: usize,
    pub height: usize,
    pub color: bool,
    /// Braille and blocks, else plain ASCII.
    pub unicode: bool,
}

/// The least columns and rows in which a curve can be seen.
const LEAST: (usize, usize) = (8, 3);
/// Columns and rows from tick to tick.
const X_TICKS: usize = 12;
const Y_TICKS: usize = 4;
/// Signs for the points of a series where neither braille nor colours tell them apart.
const SIGNS: [char; 8] = ['*', 'o', '+', 'x', '#', '@', '%', '&'];
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The figure, panel under panel, in lines that end without spaces.
pub fn text(figure: &Figure, look: Look) -> String {
    let mut lines = Vec::new();
    if !figure.title.is_empty() {
        lines.push(centered(&figure.title, look.width));
    }
    for panel in &figure.panels {
        if !panel.title.is_empty() {
            lines.push(centered(&panel.title, look.width));
        }
        match &panel.content {
            Content::Series(series) => curves(panel, series, look, &mut lines),
            Content::Bars { edges, heights } => bars(panel, edges, heights, look, &mut lines),
            Content::Matrix { values, row_labels, column_labels } => {
                table(panel, values, row_labels, column_labels, look, &mut lines);
            }
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

fn centered(text: &str, width: usize) -> String {
    let text = truncate_str(text, width, "…");
    format!("{}{text}", " ".repeat(width.saturating_sub(measure_text_width(&text)) / 2))
}

fn painted(text: &str, color: Color, look: Look) -> String {
    let (r, g, b) = color;
    if look.color { format!("\x1b[38;2;{r};{g};{b}m{text}\x1b[0m") } else { text.to_string() }
}

/// The cells between the axes.
struct Cells {
    width: usize,
    height: usize,
    /// Row by row: a sign, and the series that put it there.
    cells: Vec<Option<(char, usize)>>,
}

impl Cells {
    fn new(width: usize, height: usize) -> Self {
        Cells { width, height, cells: vec![None; width * height] }
    }

    fn put(&mut self, column: usize, row: usize, sign: char, series: usize) {
        if column < self.width && row < self.height {
            self.cells[row * self.width + column] = Some((sign, series));
        }
    }

    /// Adds a braille dot; `x` counts half columns, `y` quarter rows.
    fn dot(&mut self, x: usize, y: usize, series: usize) {
        const BITS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let (column, row) = (x / 2, y / 4);
        if column < self.width && row < self.height {
            let old = self.cells[row * self.width + column].map_or(0x2800, |(sign, _)| u32::from(sign).max(0x2800));
            let sign = char::from_u32(old | BITS[y % 4][x % 2]).unwrap_or('*');
            self.put(column, row, sign, series);
        }
    }

    fn line(&self, row: usize, look: Look) -> String {
        let mut line = String::new();
        for cell in &self.cells[row * self.width..(row + 1) * self.width] {
            match cell {
                None => line.push(' '),
                Some((sign, series)) => line += &painted(&sign.to_string(), on_dark(palette::series(*series)), look),
            }
        }
        line
    }
}

/// The palette is for white paper; most terminals are dark.
fn on_dark(color: Color) -> Color {
    if color == (0, 0, 0) { (150, 150, 150) } else { color }
}

/// Whether lines of dots can be told apart: by colour, or since there is only one.
fn in_dots(series: &[Series], look: Look) -> bool {
    look.unicode && (look.color || series.len() < 2)
}

fn curves(panel: &Panel, series: &[Series], look: Look, lines: &mut Vec<String>) {
    let (x, y, right) = axes_of(panel, series);
    let place = Place::new(look, &y, right.as_ref());
    legend(series, look, lines);
    let mut cells = Cells::new(place.width, place.height);
    let (across, down) = if in_dots(series, look) { (2, 4) } else { (1, 1) };
    let end = |cells: usize, dots: usize| (cells * dots) as f64 - 1.0;
    let frame = Frame { left: 0.0, top: 0.0, right: end(place.width, across), bottom: end(place.height, down) };
    for (i, s) in series.iter().enumerate() {
        let axis = right.as_ref().filter(|_| s.right).unwrap_or(&y);
        let shown = s.color.unwrap_or(i);
        for piece in pieces(s, &x, axis, &frame) {
            let mut dot = |(x, y): (f64, f64)| {
                let (x, y) = (x.round().max(0.0) as usize, y.round().max(0.0) as usize);
                match across {
                    2 => cells.dot(x, y, shown),
                    _ => cells.put(x, y, sign(i), shown),
                }
            };
            piece.iter().for_each(|point| dot(*point));
            let lined = s.style != super::Style::Points;
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

fn sign(i: usize) -> char {
    SIGNS[i % SIGNS.len()]
}

/// The names of the series, in as many lines as they take.
fn legend(series: &[Series], look: Look, lines: &mut Vec<String>) {
    let mut line = String::new();
    for (i, s) in series.iter().enumerate().filter(|(_, s)| !s.name.is_empty()) {
        let sample = if in_dots(series, look) { "──".to_string() } else { format!("{0}{0}", sign(i)) };
        let side = if s.right { " (right)" } else { "" };
        let sample = painted(&sample, on_dark(palette::series(s.color.unwrap_or(i))), look);
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

fn bars(panel: &Panel, edges: &[f64], heights: &[f64], look: Look, lines: &mut Vec<String>) {
    let x = Axis::around(edges.iter().copied(), panel.x_scale, 0.0);
    let y = y_axis(panel, heights.iter().copied(), true);
    let place = Place::new(look, &y, None);
    let mut cells = Cells::new(place.width, place.height);
    let places: Vec<f64> = edges.iter().filter_map(|edge| x.place(*edge)).collect();
    for column in 0..place.width {
        let at = (column as f64 + 0.5) / place.width as f64;
        let Some(bar) = places.windows(2).position(|pair| (pair[0]..=pair[1]).contains(&at)) else { continue };
        let Some(height) = heights.get(bar).and_then(|h| y.place(*h)) else { continue };
        let eighths = (height.clamp(0.0, 1.0) * place.height as f64 * 8.0).round() as usize;
        for row in 0..place.height {
            let fill = eighths.saturating_sub(8 * (place.height - 1 - row)).min(8);
            match (fill, look.unicode) {
                (0, _) => {}
                (fill, true) => cells.put(column, row, BLOCKS[fill - 1], 0),
                (fill, false) if fill >= 4 => cells.put(column, row, '#', 0),
                _ => {}
            }
        }
    }
    place.draw(panel, &cells, (&x, &y, None), look, lines);
}

/// What is left for the cells beside and above the labels.
struct Place {
    left: usize,
    right: usize,
    width: usize,
    height: usize,
}

fn label_width(ticks: &[Tick]) -> usize {
    ticks.iter().map(|t| measure_text_width(&t.label)).max().unwrap_or(0)
}

impl Place {
    fn new(look: Look, y: &Axis, right: Option<&Axis>) -> Self {
        let height = look.height.saturating_sub(4).max(LEAST.1);
        let left = label_width(&y.ticks(height / Y_TICKS));
        let right = right.map_or(0, |axis| label_width(&axis.ticks(height / Y_TICKS)) + 2);
        let width = look.width.saturating_sub(left + right + 2).max(LEAST.0);
        Place { left, right, width, height }
    }

    /// The cells within their axes: below, on the left, on the right.
    fn draw(
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

fn table(panel: &Panel, values: &[Vec<f64>], rows: &[String], columns: &[String], look: Look, lines: &mut Vec<String>) {
    let texts: Vec<Vec<String>> =
        values.iter().map(|row| row.iter().map(|v| super::matrix::number(*v)).collect()).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::plot::{Scale, Style};

    const PLAIN: Look = Look { width: 44, height: 12, color: false, unicode: true };

    fn line(name: &str, n: usize, f: impl Fn(f64) -> f64) -> Series {
        let x: Vec<f64> = (1..=n).map(|i| i as f64).collect();
        let y = x.iter().map(|x| f(*x)).collect();
        Series::new(name, x, y)
    }

    fn shown(panel: Panel, look: Look) -> String {
        text(&Figure::new("", vec![panel]), look)
    }

    #[test]
    fn a_curve_stands_in_braille_between_its_axes() {
        let found = shown(Panel::new("", "epoch", "loss", vec![line("train", 5, |x| 1.0 / x)]), PLAIN);
        assert!(found.starts_with("── train\nloss\n") && found.contains('⠤'), "{found}");
        assert!(found.lines().all(|line| measure_text_width(line) <= 44), "{found}");
        assert!(found.ends_with("epoch") && found.contains('└'), "{found}");
    }

    #[test]
    fn no_width_makes_lines_that_are_wider_and_none_is_too_small_to_draw() {
        for width in [1, 10, 20, 80, 300] {
            for unicode in [true, false] {
                let look = Look { width, unicode, ..PLAIN };
                let mut panel = Panel::new(
                    "a title that is long",
                    "a label",
                    "y",
                    vec![line("a", 30, f64::sqrt), line("b", 30, |x| 1.0 / x)],
                );
                panel.y_scale = Scale::Log;
                if let Content::Series(series) = &mut panel.content {
                    series[1].right = true;
                }
                let text = shown(panel, look);
                let widest = text.lines().map(measure_text_width).max().unwrap();
                assert!(widest <= width.max(30), "{width}:\n{text}");
                assert!(unicode || text.is_ascii() || text.contains('⁰') || text.contains('…'), "{text}");
            }
        }
    }

    #[test]
    fn without_colours_several_curves_have_signs_of_their_own() {
        let series = vec![line("a", 9, |x| x), line("b", 9, |x| 9.0 - x).with_style(Style::Points)];
        let plain = shown(Panel::new("", "", "", series.clone()), PLAIN);
        assert!(plain.contains("** a   oo b") && plain.matches('o').count() >= 9, "{plain}");
        let colored = shown(Panel::new("", "", "", series), Look { color: true, ..PLAIN });
        assert!(colored.contains("\x1b[38;2;0;114;178m") && !colored.contains('*'), "{colored}");
    }

    #[test]
    fn bars_and_tables_have_their_numbers() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let bars = shown(Panel::histogram("", "x", &values, 4), PLAIN);
        assert!(bars.contains('█') && bars.contains("20 ┤"), "{bars}");
        let classes = ["neg".to_string(), "pos".to_string()];
        let table = shown(Panel::confusion("", &[vec![8.0, 2.0], vec![1.0, 9.0]], &classes), PLAIN);
        assert_eq!(table, "true \\ predicted  neg  pos\n             neg    8    2\n             pos    1    9");
    }

    #[test]
    fn no_data_still_draw() {
        for series in [vec![], vec![line("a", 0, |x| x)], vec![line("a", 3, |_| f64::NAN)]] {
            assert!(!shown(Panel::new("", "", "", series), PLAIN).is_empty());
        }
        assert!(!shown(Panel::histogram("", "", &[], 5), PLAIN).is_empty());
    }
}
