//! Attention and transformers over packed rows: a row's positions see that row and nothing else, and padding is not computed.

mod heads;
mod layer;
mod multihead;
mod positions;
mod transformer;

pub use layer::{FeedForward, LayerOptions, TransformerEncoderLayer};
pub use multihead::{AttentionOptions, MultiheadAttention};
pub use positions::Positions;
pub use transformer::{TransformerEncoder, TransformerOptions};

pub(super) use multihead::ROW as MULTIHEAD_ATTENTION;
pub(super) use transformer::ROW as TRANSFORMER_ENCODER;
