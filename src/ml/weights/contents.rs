//! What is read of a file of weights.

use std::collections::BTreeMap;
use tch::Tensor;

/// What a file holds.
#[derive(Debug)]
pub struct Contents {
    /// In the order of their names, on the CPU.
    pub tensors: Vec<(String, Tensor)>,
    /// Free text under free names.
    pub metadata: BTreeMap<String, String>,
}
