//! Losses: how far scores are from labels. libtorch computes them; what does not fit is said in words first.
//!
//! One file a loss, with its [`Row`]; [`TABLE`] lists them.

mod bce;
mod bce_with_logits;
mod checks;
mod cross_entropy;
mod huber;
mod l1;
mod labels;
mod mse;
mod nll;
mod reduction;
mod row;
mod smooth_l1;
mod table;

pub use bce::bce;
pub use bce_with_logits::{BceWithLogits, bce_with_logits};
pub use cross_entropy::{CrossEntropy, cross_entropy};
pub use huber::huber;
pub use l1::l1;
pub use mse::mse;
pub use nll::{Nll, nll_loss};
pub use reduction::Reduction;
pub use row::{Loss, Row};
pub use smooth_l1::smooth_l1;
pub use table::TABLE;
