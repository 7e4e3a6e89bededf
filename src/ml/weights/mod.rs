//! Named tensors in files: safetensors, which PyTorch, transformers and candle read and write as well; and, to read, what
//! `torch.save` makes of a state dict.

mod contents;
mod elements;
mod file;
mod misfits;
mod old;
mod pickle;
mod pytorch;
mod reader;
mod shards;
mod views;

pub use contents::Contents;
pub use file::{parse, read, save};
pub use misfits::Misfits;
pub use shards::{is_index, shards};
