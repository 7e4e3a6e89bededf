//! Reads the pickle of a state dict, and nothing else.
//!
//! A pickle is a program for a stack machine that can call any function of Python. This reader knows the few instructions that
//! `torch.save` writes for a dictionary of tensors, and the few functions that rebuild those; whatever else a file asks for is
//! refused by its name, before anything is done.

mod item;
mod machine;
mod old;
mod rebuild;
mod state_dict;

pub(super) use item::{Storage, TensorView};
pub(super) use old::{OLD, Old, old};
pub(super) use state_dict::state_dict;
