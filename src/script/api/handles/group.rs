//! One parameter group of an optimizer.

use super::OptimizerHandle;

#[derive(Debug, Clone)]
pub struct GroupHandle {
    pub optimizer: OptimizerHandle,
    pub index: usize,
}
