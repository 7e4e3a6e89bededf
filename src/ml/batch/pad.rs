//! Which side of a row is filled up.

use crate::error::{ErrorKind, Result, choose};

/// Which side of a shorter sequence is filled up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pad {
    /// In front, as the lab does.
    Front,
    Back,
}

const SIDES: [(&str, Pad); 2] = [("front", Pad::Front), ("back", Pad::Back)];

impl Pad {
    /// `"front"` → [`Pad::Front`].
    ///
    /// # Errors
    /// Another word, with the nearest known one.
    pub fn parse(name: &str) -> Result<Self> {
        choose(&SIDES, name, ErrorKind::Option, "side to pad")
    }

    pub fn name(self) -> &'static str {
        match self {
            Pad::Front => "front",
            Pad::Back => "back",
        }
    }
}
