//! The options of `plot`.

use super::read::strings;
use crate::error::{Error, Result};
use crate::script::base::options::Options;

/// How `plot` was asked to draw.
pub struct Request {
    pub x: String,
    pub columns: Vec<String>,
    /// Columns or curves that have the axis on the right.
    pub right: Vec<String>,
    pub names: Vec<String>,
    pub x_label: Option<String>,
    pub y_label: Option<String>,
    pub right_label: Option<String>,
    pub log_x: bool,
    pub log_y: bool,
    pub log_right: bool,
    pub y_range: Option<(f64, f64)>,
}

impl Request {
    pub fn read(o: &mut Options) -> Result<Self> {
        Ok(Request {
            x: o.string("x", "epoch")?,
            columns: strings(o, "y")?,
            right: strings(o, "right")?,
            names: strings(o, "names")?,
            x_label: o.optional_string("x_label")?,
            y_label: o.optional_string("y_label")?,
            right_label: o.optional_string("right_label")?,
            log_x: o.boolean("log_x", false)?,
            log_y: o.boolean("log_y", false)?,
            log_right: o.boolean("log_right", false)?,
            y_range: y_range(o)?,
        })
    }
}

fn y_range(options: &mut Options) -> Result<Option<(f64, f64)>> {
    match options.numbers("y_range")?.as_deref() {
        None => Ok(None),
        Some([low, high]) => Ok(Some((*low, *high))),
        Some(other) => Err(Error::value(format!("plot: `y_range` is [low, high], got {other:?}"))),
    }
}
