//! What becomes of the losses of the single elements.

use crate::error::{Error, ErrorKind, Result};
use crate::ml::options::ReadOptions;

/// What becomes of the losses of the single elements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// Nothing: one loss an element.
    None,
}

impl Reduction {
    /// # Errors
    /// Another word than `mean`, `sum` and `none`.
    pub fn from_name(name: &str) -> Result<Reduction> {
        match name {
            "mean" => Ok(Reduction::Mean),
            "sum" => Ok(Reduction::Sum),
            "none" => Ok(Reduction::None),
            _ => Err(Error::unknown(ErrorKind::Value, "reduction", name, &["mean", "sum", "none"])),
        }
    }

    /// The option `reduction`, which every loss has.
    ///
    /// # Errors
    /// As [`Reduction::from_name`].
    pub fn read(options: &mut dyn ReadOptions) -> Result<Reduction> {
        Reduction::from_name(&options.string("reduction", "mean")?)
    }
}

impl From<Reduction> for tch::Reduction {
    fn from(reduction: Reduction) -> Self {
        match reduction {
            Reduction::Mean => tch::Reduction::Mean,
            Reduction::Sum => tch::Reduction::Sum,
            Reduction::None => tch::Reduction::None,
        }
    }
}
