//! Texts as word indices.

use super::args::place;
use crate::ml::tensor::During;
use crate::script::api::handles::{EncodedHandle, TensorHandle};
use crate::script::base::ScriptResult;
use rhai::{Array, Dynamic, plugin::*};
use tch::Tensor;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    #[rhai_fn(name = "len", pure)]
    pub fn encoded_len(encoded: &mut EncodedHandle) -> i64 {
        encoded.len() as i64
    }

    #[rhai_fn(name = "lengths", return_raw, pure)]
    pub fn encoded_lengths(encoded: &mut EncodedHandle) -> ScriptResult<TensorHandle> {
        Ok(Tensor::f_from_slice(&encoded.lengths()).during("lengths", &[])?.into())
    }

    /// The word indices of one text.
    #[rhai_fn(index_get, return_raw, pure)]
    pub fn row(encoded: &mut EncodedHandle, index: i64) -> ScriptResult<Array> {
        let at = place("row", index, encoded.len())?;
        Ok(encoded.row(at)?.iter().map(|id| Dynamic::from(i64::from(*id))).collect())
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_encoded(encoded: &mut EncodedHandle) -> String {
        format!("{} rows of at most {} word indices", encoded.len(), encoded.max_len())
    }
}
