//! Tensors from the bytes of a file.

use crate::error::Error;
use tch::{Kind, Tensor};

/// The tensor of these elements, row by row, little-endian.
///
/// # Errors
/// Bytes that are no elements of this kind: libtorch takes a bool of any byte, and what it then does is not defined.
pub(super) fn tensor(bytes: &[u8], shape: &[i64], kind: Kind) -> Result<Tensor, String> {
    if let (Kind::Bool, Some(byte)) = (kind, bytes.iter().find(|byte| **byte > 1)) {
        return Err(format!("a byte of {byte} stands among its bools, which are 0 or 1"));
    }
    Tensor::f_from_data_size(bytes, shape, kind).map_err(|e| Error::from(e).message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bool_is_0_or_1() {
        let read = tensor(&[1, 0, 1], &[3], Kind::Bool).unwrap();
        assert_eq!(Vec::<bool>::try_from(read).unwrap(), [true, false, true]);
        for byte in 2..=255 {
            let wrong = tensor(&[1, byte], &[2], Kind::Bool).unwrap_err();
            assert!(wrong.contains(&format!("a byte of {byte} ")), "{wrong}");
        }
        assert_eq!(tensor(&[255, 2], &[2], Kind::Uint8).unwrap().size(), [2]);
    }
}
