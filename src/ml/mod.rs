//! Tensors, data, networks, optimizers and plots in plain Rust over tch. Nothing here knows the script language.

pub mod data;
pub mod device;
pub mod loss;
pub mod models;
pub mod optim;
pub mod plot;
pub mod random;
pub mod run;
pub mod tensor;
pub mod weights;
