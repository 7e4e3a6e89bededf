//! A curve, without a word about how it is drawn.

use super::look::label;

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

impl Series {
    pub fn new(name: impl Into<String>, x: Vec<f64>, y: Vec<f64>) -> Self {
        Series { name: label(&name.into()), x, y, style: Style::Line, color: None, right: false }
    }

    pub fn with_style(self, style: Style) -> Self {
        Series { style, ..self }
    }
}
