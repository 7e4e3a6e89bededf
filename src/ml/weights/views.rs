//! Tensors as views of storages, as `torch.save` has them.

use super::elements;
use super::pickle::{Storage, TensorView};
use crate::ml::tensor::During;
use tch::Tensor;

/// The storage of these bytes.
///
/// # Errors
/// Another number of bytes than is described; bytes that are no elements of the kind.
pub(super) fn storage(data: &[u8], described: &Storage) -> Result<Tensor, String> {
    if described.bytes() != Some(data.len() as u64) {
        return Err(format!("storage {} is {} bytes, not {} elements", described.key, data.len(), described.len));
    }
    elements::tensor(data, &[described.len], described.kind).map_err(|e| format!("storage {}: {e}", described.key))
}

/// The tensor that is a view of `storage`, on its own where that is larger or in another order.
///
/// # Errors
/// A view beyond its storage.
pub(super) fn tensor(storage: &Tensor, view: &TensorView) -> Result<Tensor, String> {
    let TensorView { offset, size, stride, .. } = view;
    let valid = size.len() == stride.len() && size.iter().chain(stride).chain([offset]).all(|n| *n >= 0);
    let count = size.iter().try_fold(1i64, |n, size| n.checked_mul(*size));
    // The last element that is reached.
    let end = size.iter().zip(stride).try_fold(*offset, |end, (size, stride)| {
        (size - 1).max(0).checked_mul(*stride).and_then(|step| end.checked_add(step))
    });
    let len = storage.numel() as i64;
    let fits = count.zip(end).is_some_and(|(count, end)| count == 0 || count <= len && end < len);
    if !valid || !fits {
        return Err(format!("size {size:?} with strides {stride:?} is beyond its storage of {len} elements"));
    }
    let cut = || storage.f_as_strided(size.as_slice(), stride.as_slice(), *offset)?.f_contiguous();
    cut().during("reading weights", &[]).map_err(|e| e.message)
}
