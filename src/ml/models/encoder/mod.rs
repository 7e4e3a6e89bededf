//! Pre-trained encoders from Hugging Face folders, with a readout: BERT (Devlin et al. 2019), and what `families` lists.
//!
//! Parameters have the names of transformers' `state_dict`. Results are those of transformers on rows padded behind, with an
//! attention mask over the padding; what the padding would cost is not computed (see `rows`).

mod activation;
mod attention;
mod config;
mod dense;
mod embeddings;
mod families;
mod family;
mod items;
mod kernel;
mod layer;
mod load;
mod model;
mod norm;
mod part;
mod plan;
mod precision;
mod read;
mod rows;
mod source;
mod step;

pub use config::{items, plan};
pub use load::{ENCODER, config_file};
pub use model::{Encoder, Options};
pub use plan::Plan;
pub use precision::Precision;
