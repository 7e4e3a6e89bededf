//! Bars: histograms.

use super::kind::{Kind, Takes};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::plot::{
    axes::{Axes, no_data, y_axis},
    axis::Axis,
    canvas::Canvas,
    frame::Frame,
    left_out::{Why, told},
    look::Look,
    palette,
    panel::{Content, Panel},
    scale::{Scale, is_drawable},
    terminal::{Cells, Place},
};

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

pub(super) const HISTOGRAM: Kind = Kind {
    name: "plot_histogram",
    doc: "Draws how often values occur in a tensor or an array, and gives the file's name. Options: `bins` 30, `file`\n\
          `\"histogram.png\"`, `title`, `x_label`, `log_y` false, and `size`, `dpi`, `terminal` as of `plot`.",
    example: "plot_histogram(randn([1000]), #{ bins: 20, file: \"imdbsh-doc.png\" });",
    parameter: "what",
    takes: Takes::Numbers,
    build: |asked| {
        let bins = asked.options().integer("bins", 30)?;
        asked.picture("histogram.png")?;
        let x_label = asked.options().string("x_label", "")?;
        let log_y = asked.options().boolean("log_y", false)?;
        asked.done()?;
        let bins = usize::try_from(bins).ok().filter(|b| (1..=1000).contains(b));
        let bins = bins.ok_or_else(|| Error::value("plot_histogram: `bins` must be 1 to 1000"))?;
        let y_scale = if log_y { Scale::Log } else { Scale::Linear };
        Ok(Panel { y_scale, ..Panel::histogram("", &x_label, &asked.numbers()?, bins) })
    },
};

/// Bars of `heights[i]` from `edges[i]` to `edges[i + 1]`: one edge more than bars.
#[derive(Debug)]
struct Bars {
    edges: Vec<f64>,
    heights: Vec<f64>,
    /// What is said of values that are in no bar.
    note: Option<String>,
}

impl Panel {
    /// How often the values of each of `bins` intervals of equal width occur; NaN and infinite ones are counted under the picture. There
    /// are 1 to 2,000 bins: no picture shows more.
    pub fn histogram(title: &str, x_label: &str, values: &[f64], bins: usize) -> Self {
        let finite = || values.iter().copied().filter(|v| is_drawable(*v));
        let low = finite().fold(f64::INFINITY, f64::min);
        let high = finite().fold(f64::NEG_INFINITY, f64::max);
        let (mut edges, mut heights) = (Vec::new(), Vec::new());
        if low <= high {
            // Equal values still need a bar that one can see.
            let (low, high) = if high - low > low.abs() * 1e-12 { (low, high) } else { (low - 0.5, low + 0.5) };
            let bins = bins.clamp(1, 2000);
            edges = (0..=bins).map(|i| low + (high - low) * (i as f64 / bins as f64)).collect();
            heights = vec![0.0; bins];
            for v in finite() {
                let bin = ((v - low) / (high - low) * bins as f64) as usize;
                heights[bin.min(bins - 1)] += 1.0;
            }
        }
        Panel::of(
            title,
            x_label,
            "count",
            Bars { edges, heights, note: told(values.iter().filter_map(|v| Why::of(*v, Scale::Linear))) },
        )
    }
}

impl Bars {
    fn x_axis(&self, panel: &Panel, margin: f64) -> Axis {
        Axis::around(self.edges.iter().copied(), panel.x_scale, margin)
    }

    /// From zero on, where the panel says nothing else: bars stand on it.
    fn y_axis(&self, panel: &Panel) -> Axis {
        let heights = self.heights.iter().copied();
        if panel.y_range.is_some() || panel.y_scale != Scale::Linear {
            return y_axis(panel, heights);
        }
        let (low, high) =
            heights.filter(|v| is_drawable(*v)).fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
        let free = (high - low) * 0.05;
        let (low, high) = (if low < 0.0 { low - free } else { 0.0 }, high + free);
        let axis = Axis::between(low, if low < high { high } else { 1.0 }, Scale::Linear);
        if self.heights.iter().all(|h| h.fract() == 0.0) { axis.of_whole_numbers() } else { axis }
    }
}

impl Content for Bars {
    fn check(&self) -> Result<()> {
        let Bars { edges, heights, .. } = self;
        if edges.len() == heights.len() + 1 || heights.is_empty() {
            return Ok(());
        }
        let message = format!("{} bars need {} edges, got {}", heights.len(), heights.len() + 1, edges.len());
        Err(Error::new(ErrorKind::Shape, message))
    }

    fn note(&self, _: &Panel) -> Option<String> {
        self.note.clone()
    }

    fn draw(&self, canvas: &mut dyn Canvas, panel: &Panel, place: Frame) -> Result<()> {
        let axes = Axes::new(canvas, panel, place, self.x_axis(panel, 0.02), self.y_axis(panel), None);
        if !axes.frame.is_visible() {
            return Ok(());
        }
        axes.draw_grid(canvas)?;
        let floor = axes.y.place(0.0).unwrap_or(0.0).clamp(0.0, 1.0);
        for (pair, height) in self.edges.windows(2).zip(&self.heights) {
            let ends = axes.x.place(pair[0]).zip(axes.x.place(pair[1])).zip(axes.y.place(*height));
            if let Some(((from, to), top)) = ends {
                let (a, b) = (axes.frame.pixel((from, floor)), axes.frame.pixel((to, top.clamp(0.0, 1.0))));
                // A line of paper between neighbours, as long as they are wide enough.
                let gap = if b.0 - a.0 > 4.0 { 1.0 } else { 0.0 };
                canvas.rect((a.0, a.1.min(b.1)), (b.0 - gap, a.1.max(b.1)), palette::series(0))?;
            }
        }
        axes.draw(canvas, panel)?;
        if self.heights.is_empty() { no_data(canvas, &axes.frame) } else { Ok(()) }
    }

    fn write(&self, panel: &Panel, look: Look, lines: &mut Vec<String>) {
        let (x, y) = (self.x_axis(panel, 0.0), self.y_axis(panel));
        let place = Place::new(look, &y, None);
        let mut cells = Cells::new(place.width, place.height);
        let places: Vec<f64> = self.edges.iter().filter_map(|edge| x.place(*edge)).collect();
        for column in 0..place.width {
            let at = (column as f64 + 0.5) / place.width as f64;
            let Some(bar) = places.windows(2).position(|pair| (pair[0]..=pair[1]).contains(&at)) else { continue };
            let Some(height) = self.heights.get(bar).and_then(|h| y.place(*h)) else { continue };
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
}
