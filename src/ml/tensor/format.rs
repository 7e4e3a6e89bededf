//! A readable print of a tensor.

use tch::Tensor;

pub fn format(tensor: &Tensor) -> String {
    super::describe(tensor)
}
