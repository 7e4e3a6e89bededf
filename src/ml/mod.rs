//! Tensors, data, networks, optimizers and plots in plain Rust over tch. Nothing here knows the script language.

pub mod batch;
pub mod checkpoint;
pub mod data;
pub mod denormals;
pub mod device;
pub mod dropout_mask;
pub mod files;
pub mod heap;
pub mod lock;
pub mod loss;
pub mod meter;
pub mod models;
pub mod optim;
pub mod options;
pub mod plot;
pub mod progress;
pub mod random;
pub mod run;
pub mod small_operations;
pub mod splitmix;
pub mod statistics;
pub mod tensor;
pub mod tensorboard;
pub mod training;
pub mod waiting;
pub mod weights;
