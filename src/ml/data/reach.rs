//! What of a data set's texts reaches a network.

use super::{Dataset, Unread};
use crate::error::Result;
use crate::ml::tensor::During;
use tch::{Device, Kind, TchError, Tensor};

impl Dataset {
    /// What of each row's text does not reach a network; `None` for a data set of tensors.
    ///
    /// # Errors
    /// Texts that are read from a file, which can no longer be read; vectors that cannot be brought to the CPU.
    pub fn unread(&self) -> Result<Option<Vec<Unread>>> {
        let Some(encoded) = self.encoded() else { return Ok(None) };
        let zero = match self.vectors() {
            Some(vectors) => zero_rows(&vectors).during("unread", &[&vectors])?,
            None => Vec::new(),
        };
        encoded.unread(|id| usize::try_from(id).ok().and_then(|id| zero.get(id)).copied().unwrap_or(false)).map(Some)
    }
}

/// Which rows of `[words, dimensions]` are zeros: words without a vector.
fn zero_rows(vectors: &Tensor) -> Result<Vec<bool>, TchError> {
    let zero = vectors.f_count_nonzero_dim_intlist(1)?.f_eq(0)?;
    Vec::try_from(&zero.f_to_device(Device::Cpu)?.f_to_kind(Kind::Bool)?)
}
