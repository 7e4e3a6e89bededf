//! How much memory a script may take: `--max-memory` for all that the program holds, without it what the machine and its control groups
//! have; and a quarter of that for the script's own values (texts, arrays, maps).
//!
//! All is counted as it is taken, Rust's values by the global allocator and tensors by libtorch's. A tensor that would be too much is an
//! error of libtorch's, which a script can catch. Rust cannot refuse: what is of any size at one stroke is looked at before ([`room`],
//! [`room_for_values`]), what grows from one operation to the next between them ([`exceeded`]), and what comes through all the same
//! ends the program, in order. What neither allocator sees (buffers of MKL and oneDNN) the system limits, at twice as much.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `limit` | what scripts may take, and how they are refused more |
//! | `budget` | what is held, and whether it may be more |
//! | `allocator` | what Rust's values take, counted |
//! | `tensors`, `cpu_allocator.cpp` | what tensors on the processor take, counted |
//! | `machine` | what the machine and the process's control groups have |
//! | `trim` | what the system's allocator keeps for itself, given back |
//! | `stack` | the interpreter's thread |
//! | `system` | what the system says of this process |
//! | `size` | `2G`: sizes as they are written |

mod allocator;
mod budget;
mod limit;
mod machine;
mod size;
mod stack;
mod system;
mod tensors;
mod trim;

pub use allocator::held;
pub use limit::{exceeded, has_room, is_limited, limit, refuse, refused, room, room_for_values};
pub use size::parse;
pub use stack::{STACK_OF_A_BYTE, with_stack};
pub use system::{process, resident};
