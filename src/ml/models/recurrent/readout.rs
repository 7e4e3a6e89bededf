//! What a recurrent layer hands on of its outputs at all positions.

use crate::error::{ErrorKind, Result, choose};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Readout {
    /// PyTorch's `output[:, -1]`: the output at the last position; for the reverse direction that is its first step.
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
}

const READOUTS: [(&str, Readout); 5] = [
    ("last", Readout::Last),
    ("final", Readout::Final),
    ("max", Readout::Max),
    ("mean", Readout::Mean),
    ("all", Readout::All),
];

impl Readout {
    /// `"max"` → [`Readout::Max`].
    ///
    /// # Errors
    /// Another word, with the nearest known one.
    pub fn parse(name: &str) -> Result<Self> {
        choose(&READOUTS, name, ErrorKind::Option, "readout")
    }

    pub fn name(self) -> &'static str {
        READOUTS.iter().find(|(_, readout)| *readout == self).map_or("last", |(name, _)| name)
    }

    pub fn all() -> [Readout; 5] {
        READOUTS.map(|(_, readout)| readout)
    }
}
