//! Named tensors in files: safetensors, which PyTorch, transformers and candle read and write as well; and, to read, what
//! `torch.save` makes of a state dict.

mod elements;
mod file;
mod pickle;
mod pytorch;

pub use file::{Contents, parse, read, save};
