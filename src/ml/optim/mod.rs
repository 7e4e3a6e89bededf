//! Optimizers: own arithmetic over libtorch's operations, so that their state is ours to save, copy and restore.
//!
//! One file an algorithm, with its [`Row`]; [`TABLE`] lists them.

mod adadelta;
mod adagrad;
mod adam;
mod adam_kernel;
mod adamw;
mod algorithm;
mod clip;
mod flat;
mod grad;
mod group;
mod kept;
mod lbfgs;
mod lbfgs_search;
mod lion;
mod muon;
mod nadam;
mod optimizer;
mod radam;
mod rmsprop;
mod row;
mod sam;
mod sgd;
mod state;
mod step;
mod table;

pub use adadelta::Adadelta;
pub use adagrad::Adagrad;
pub use adam::Adam;
pub use adamw::AdamW;
pub use algorithm::{Algorithm, Evaluate, Together};
pub use clip::{clip_grad_norm, clip_grad_value, grad_norm};
pub use grad::zero_grad;
pub use group::Group;
pub use kept::{Buffer, Kept, ParamState, is_number};
pub use lbfgs::Lbfgs;
pub use lion::Lion;
pub use muon::Muon;
pub use nadam::NAdam;
pub use optimizer::Optimizer;
pub use radam::RAdam;
pub use rmsprop::RmsProp;
pub use row::Row;
pub use sam::Sam;
pub use sgd::Sgd;
pub use step::{Host, Update};
pub use table::{TABLE, algorithm};
