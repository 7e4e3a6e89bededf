//! What every other room of the script interface stands on. It knows none of them.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `kinds` | what can be done with a value of one of the program's own types |
//! | `state` | a state: what a snapshot or a checkpoint holds |
//! | `saving` | the state of a map of values, taken out of it and put back |
//! | `copying` | deep copies of values, for forks |

pub mod copying;
pub mod kinds;
pub mod saving;
pub mod state;
