//! How much memory a script may take: `--max-memory` for all that the program holds, and a quarter of it for the script's own
//! values (texts, arrays, maps), which an allocation that fails would end the program for.
//!
//! libtorch reports memory that it does not get, and so tensors are refused three times: where their size is known before
//! ([`room`]); between two operations of the script ([`exceeded`]); and by the system, at twice the limit.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `limit` | what scripts may take, and how they are refused more |
//! | `allocator` | what a thread holds in values of Rust's, counted |
//! | `stack` | the interpreter's thread |
//! | `system` | what the system says of this process, and of what is free |
//! | `size` | `2G`: sizes as they are written |

mod allocator;
mod limit;
mod size;
mod stack;
mod system;

pub use allocator::held;
pub use limit::{exceeded, is_limited, limit, room, room_for_values};
pub use size::parse;
pub use stack::with_stack;
pub use system::{process, resident};
