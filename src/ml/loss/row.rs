//! How a loss is listed: its name, its help, and how its options make it.

use crate::error::Result;
use crate::ml::options::ReadOptions;
use tch::Tensor;

/// Scores and what they should be, to a loss.
pub type Loss = Box<dyn Fn(&Tensor, &Tensor) -> Result<Tensor>>;

/// One loss that can be asked for by name.
#[derive(Clone, Copy)]
pub struct Row {
    pub name: &'static str,
    /// What its two tensors are called.
    pub inputs: [&'static str; 2],
    /// What the help says of it.
    pub doc: &'static str,
    /// Lines of a script that use it; a test runs them.
    pub example: &'static str,
    /// Reads the options, all of them, before anything is computed.
    pub build: fn(&mut dyn ReadOptions) -> Result<Loss>,
}
