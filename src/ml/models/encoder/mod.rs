//! Pre-trained encoders from Hugging Face folders, with a readout or with a head that classifies: BERT (Devlin et al. 2019), and what `families`
//! lists.
//!
//! Parameters have the names of transformers' `state_dict`. Results are those of transformers on rows padded behind, with an
//! attention mask over the padding; what the padding would cost is not computed (see `rows`).

mod activation;
mod attention;
mod behind;
mod classifier;
mod config;
mod dense;
mod embeddings;
mod families;
mod family;
mod head;
mod items;
pub(super) mod kernel;
mod labels;
mod layer;
mod load;
mod model;
mod names;
mod norm;
mod part;
mod plan;
mod precision;
mod read;
mod residual;
mod rows;
mod saved;
mod sight;
mod source;
mod step;

pub use classifier::Classifier;
pub use config::{check, items, plan};
pub use load::{CONFIG, ENCODER, config_file};
pub use model::{Encoder, Options};
pub use plan::Plan;
pub use precision::Precision;
pub use saved::{Labels, Saved};
