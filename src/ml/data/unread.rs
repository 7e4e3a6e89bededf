//! What of a text does not reach a network.

use tch::{Device, Kind, TchError, Tensor};

/// Of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unread {
    /// Its words or tokens beyond the limit.
    pub cut: u32,
    /// None of those that are left is known: each is the unknown one, or has no vector.
    pub unknown: bool,
}

/// Which rows of `[words, dimensions]` are zeros: words without a vector.
pub(super) fn zero_rows(vectors: &Tensor) -> Result<Vec<bool>, TchError> {
    let zero = vectors.f_count_nonzero_dim_intlist(1)?.f_eq(0)?;
    Vec::try_from(&zero.f_to_device(Device::Cpu)?.f_to_kind(Kind::Bool)?)
}
