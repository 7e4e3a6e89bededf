//! A tensor is small beside its elements, and a million tensors of one element each are not.

use crate::error::Result;
use crate::memory;

/// What a tensor takes beside its elements, in libtorch and here. No allocator counts it.
const OF_A_TENSOR: u64 = 768;

/// Refuses so many tensors at one stroke.
///
/// # Errors
/// Kind `memory`: more than `--max-memory` leaves, or than the machine has free.
pub fn room_for_tensors(operation: impl Fn() -> String, count: usize) -> Result<()> {
    memory::room(|| format!("{}: {count} tensors: this", operation()), count as u64 * OF_A_TENSOR)
}
