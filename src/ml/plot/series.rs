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
    /// What lies around the curve: from the lower to the higher of each pair, as far as both are finite. Empty for none, or as long as `x`.
    pub band: Vec<(f64, f64)>,
    /// Error bars: one from the lower to the higher of each pair, where both are finite. Empty for none, or as long as `x`.
    pub bars: Vec<(f64, f64)>,
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
        let name = label(&name.into());
        Series { name, x, y, style: Style::Line, color: None, right: false, band: Vec::new(), bars: Vec::new() }
    }

    /// Every y of the series, those of its band and of its error bars as well.
    pub fn extent(&self) -> impl Iterator<Item = f64> + '_ {
        self.y.iter().copied().chain(self.band.iter().chain(&self.bars).flat_map(|(low, high)| [*low, *high]))
    }

    pub fn with_style(self, style: Style) -> Self {
        Series { style, ..self }
    }
}
