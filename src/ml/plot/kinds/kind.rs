//! What a row of the table of kinds says.

use crate::error::Result;
use crate::ml::{options::ReadOptions, plot::Panel};

/// A function of scripts that draws numbers.
pub struct Kind {
    /// `plot_histogram`.
    pub name: &'static str,
    /// What `help` says of it, and an example that a test runs.
    pub doc: &'static str,
    pub example: &'static str,
    /// What its first parameter is called.
    pub parameter: &'static str,
    pub takes: Takes,
    /// Reads what was asked for, and says what to draw.
    pub build: fn(&mut dyn Asked) -> Result<Panel>,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Numbers in a tensor or an array.
    Numbers,
    /// A tensor, whose shape matters.
    Tensor,
}

/// What was asked for: the data, and the options of the call, which are read one by one.
pub trait Asked {
    /// Options of one value.
    fn options(&mut self) -> &mut dyn ReadOptions;

    /// A string, or an array of strings; none where the option is not given.
    ///
    /// # Errors
    /// Any other value.
    fn texts(&mut self, option: &'static str) -> Result<Vec<String>>;

    /// Reads what all plots have: title, terminal, and the file that the picture goes into, `file` where none is named.
    ///
    /// # Errors
    /// A value of another type.
    fn picture(&mut self, file: &str) -> Result<()>;

    /// # Errors
    /// An option that was not read.
    fn done(&mut self) -> Result<()>;

    /// The data, in order.
    ///
    /// # Errors
    /// Something that is no number.
    fn numbers(&self) -> Result<Vec<f64>>;

    /// The shape of a tensor; that of an array of numbers is empty.
    fn shape(&self) -> Vec<i64>;
}
