//! Optimizers: own arithmetic over libtorch's operations, so that their state is ours to save, copy and restore.
//!
//! One file an algorithm, with its [`Row`]; [`TABLE`] lists them.

mod adam;
mod adam_kernel;
mod adamw;
mod algorithm;
mod clip;
mod grad;
mod group;
mod optimizer;
mod rmsprop;
mod row;
mod sgd;
mod state;
mod table;

pub use adam::Adam;
pub use adamw::AdamW;
pub use algorithm::{Algorithm, ParamState};
pub use clip::{clip_grad_norm, clip_grad_value, grad_norm};
pub use grad::zero_grad;
pub use group::Group;
pub use optimizer::Optimizer;
pub use rmsprop::RmsProp;
pub use row::Row;
pub use sgd::Sgd;
pub use table::{TABLE, algorithm};
