//! What a picture shows, without a word about how it is drawn.

use crate::error::{Error, ErrorKind, Result};

/// Pixels that a side of a picture may have.
const SIDE: std::ops::RangeInclusive<u32> = 50..=8000;

/// A picture: panels side by side under one title.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Empty for none.
    pub title: String,
    /// Width and height in pixels (in SVG: in its user units).
    pub size: (u32, u32),
    /// In rows of up to three.
    pub panels: Vec<Panel>,
}

impl Figure {
    /// A figure of a good size: 1000×700 for one panel, 1200×500 for two, and rows of such for more.
    pub fn new(title: impl Into<String>, panels: Vec<Panel>) -> Self {
        let size = match panels.len() {
            0 | 1 => (1000, 700),
            2 => (1200, 500),
            n => (1500, 450 * n.div_ceil(3) as u32),
        };
        Figure { title: title.into(), size, panels }
    }

    /// # Errors
    /// A size that no picture can have, series whose x and y differ in length, a table that is not rectangular.
    pub(super) fn check(&self) -> Result<()> {
        let (w, h) = self.size;
        if !SIDE.contains(&w) || !SIDE.contains(&h) {
            let (least, most) = (SIDE.start(), SIDE.end());
            return Err(Error::value(format!("a figure of {w}×{h} pixels: each side must be {least} to {most}")));
        }
        if self.panels.is_empty() {
            return Err(Error::value("a figure needs at least one panel"));
        }
        self.panels.iter().try_for_each(Panel::check)
    }
}

/// One pair of axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    pub title: String,
    pub x_label: String,
    pub y_label: String,
    pub x_scale: Scale,
    pub y_scale: Scale,
    /// The ends of the y axis; taken from the data where there is none. What lies outside is not drawn.
    pub y_range: Option<(f64, f64)>,
    /// The axis on the right, for series that are [`Series::right`].
    pub right_label: String,
    pub right_scale: Scale,
    pub content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Series(Vec<Series>),
    /// Bars of `heights[i]` from `edges[i]` to `edges[i + 1]`: one edge more than bars.
    Bars {
        edges: Vec<f64>,
        heights: Vec<f64>,
    },
    /// A heat map with its numbers: `values[row][column]`, as many labels as rows and columns.
    Matrix {
        values: Vec<Vec<f64>>,
        row_labels: Vec<String>,
        column_labels: Vec<String>,
    },
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scale {
    #[default]
    Linear,
    /// To the base 10. Values that are not positive are gaps.
    Log,
}

/// Points in order. NaN and infinite values leave a gap.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// For the legend; an empty one is not listed.
    pub name: String,
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    pub style: Style,
    /// Which colour of the palette; by default the next in turn. Series that belong together share one.
    pub color: Option<usize>,
    /// Whether its y values are those of the axis on the right.
    pub right: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Style {
    #[default]
    Line,
    Dashed,
    Points,
    /// A line with its points.
    Both,
}

impl Panel {
    /// Series over linear axes.
    pub fn new(title: &str, x_label: &str, y_label: &str, series: Vec<Series>) -> Self {
        Panel {
            title: title.to_string(),
            x_label: x_label.to_string(),
            y_label: y_label.to_string(),
            x_scale: Scale::Linear,
            y_scale: Scale::Linear,
            y_range: None,
            right_label: String::new(),
            right_scale: Scale::Linear,
            content: Content::Series(series),
        }
    }

    /// How often the values of each of `bins` intervals of equal width occur; NaN and infinite ones are left out. There
    /// are 1 to 2,000 bins: no picture shows more.
    pub fn histogram(title: &str, x_label: &str, values: &[f64], bins: usize) -> Self {
        let finite = || values.iter().copied().filter(|v| super::axis::is_drawable(*v));
        let low = finite().fold(f64::INFINITY, f64::min);
        let high = finite().fold(f64::NEG_INFINITY, f64::max);
        let mut panel = Panel::new(title, x_label, "count", Vec::new());
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
        panel.content = Content::Bars { edges, heights };
        panel
    }

    /// `counts[truth][predicted]`.
    pub fn confusion(title: &str, counts: &[Vec<f64>], classes: &[String]) -> Self {
        let labels = classes.to_vec();
        let content = Content::Matrix { values: counts.to_vec(), row_labels: labels.clone(), column_labels: labels };
        Panel { content, ..Panel::new(title, "predicted", "true", Vec::new()) }
    }

    fn check(&self) -> Result<()> {
        if let Some((low, high)) = self.y_range
            && !(low < high && super::axis::is_drawable(low) && super::axis::is_drawable(high))
        {
            return Err(Error::value(format!("a y range from {low} to {high}: the first must be the smaller")));
        }
        let misfit = |message: String| Err(Error::new(ErrorKind::Shape, message));
        match &self.content {
            Content::Series(all) => match all.iter().find(|s| s.x.len() != s.y.len()) {
                Some(s) => misfit(format!("series `{}` has {} x and {} y values", s.name, s.x.len(), s.y.len())),
                None => Ok(()),
            },
            Content::Bars { edges, heights } if edges.len() != heights.len() + 1 && !heights.is_empty() => {
                misfit(format!("{} bars need {} edges, got {}", heights.len(), heights.len() + 1, edges.len()))
            }
            Content::Matrix { values, row_labels, column_labels }
                if values.len() != row_labels.len() || values.iter().any(|r| r.len() != column_labels.len()) =>
            {
                let columns: Vec<usize> = values.iter().map(Vec::len).collect();
                misfit(format!(
                    "{} row and {} column labels for a table with rows of lengths {columns:?}",
                    row_labels.len(),
                    column_labels.len()
                ))
            }
            _ => Ok(()),
        }
    }
}

impl Series {
    pub fn new(name: impl Into<String>, x: Vec<f64>, y: Vec<f64>) -> Self {
        Series { name: name.into(), x, y, style: Style::Line, color: None, right: false }
    }

    pub fn with_style(self, style: Style) -> Self {
        Series { style, ..self }
    }
}
