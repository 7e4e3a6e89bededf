//! What flows from data to networks, and between the layers of a network: below both, it knows neither.
//!
//! ```text
//! Dataset → Batch { Inputs { Words, rows of a tensor }, labels } → Value → layer → Value → …
//! Words ── table of vectors ──→ Sequence { Layout } ── pooling ──→ a tensor
//! ```

mod asked;
#[expect(clippy::module_inception, reason = "the room is called for what most of it is about")]
mod batch;
mod layout;
mod pad;
mod pooling;
mod sequence;
mod value;
mod words;

pub use asked::Asked;
pub use batch::{Batch, Inputs};
pub use layout::Layout;
pub use pad::Pad;
pub use sequence::Sequence;
pub use value::Value;
pub use words::Words;
