//! What a layer hands on of its outputs at all positions.

use crate::error::{Error, ErrorKind, Result};

/// Recurrent layers and encoders each know some of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Readout {
    /// Of a recurrent layer PyTorch's `output[:, -1]`: the output at the last position; for the reverse direction that is its
    /// first step. Of an encoder the last position of the padded row (the lab's): a `[PAD]` in all rows but those that fill it.
    #[default]
    Last,
    /// The final state of each direction: the reverse one's is its output at the first position.
    Final,
    /// The maximum over the real positions.
    Max,
    /// The mean over the real positions.
    Mean,
    /// The outputs at all positions, as a sequence.
    All,
    /// The first position, where `[CLS]` stands.
    Cls,
    /// transformers' `pooler_output`: the first position through a linear layer and tanh, which pre-training has trained.
    Pooler,
}

impl Readout {
    /// `"max"` → [`Readout::Max`], where it is one of the `known`.
    ///
    /// # Errors
    /// Another word, with the nearest known one.
    pub fn parse(name: &str, known: &[Readout]) -> Result<Self> {
        known.iter().find(|readout| readout.name() == name).copied().ok_or_else(|| unknown(name, known))
    }

    /// What a layer says that is asked for a readout that it does not know.
    pub(super) fn unknown(self, known: &[Readout]) -> Error {
        unknown(self.name(), known)
    }

    pub fn name(self) -> &'static str {
        match self {
            Readout::Last => "last",
            Readout::Final => "final",
            Readout::Max => "max",
            Readout::Mean => "mean",
            Readout::All => "all",
            Readout::Cls => "cls",
            Readout::Pooler => "pooler",
        }
    }
}

fn unknown(name: &str, known: &[Readout]) -> Error {
    let names: Vec<&str> = known.iter().map(|readout| readout.name()).collect();
    Error::unknown(ErrorKind::Option, "readout", name, &names)
}
