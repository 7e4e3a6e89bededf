//! All that the program writes to its two streams, whatever is at their other end.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `streams` | lines on stdout and stderr, and what becomes of one that cannot be written |
//! | `visible` | text of others without what steers a terminal |
//! | `report` | the report on an error, in colours |
//! | `line` | the progress line, which stands aside for them |
//! | `pictures/` | pictures in the terminal |
//! | `abilities`, `ascii` | how many colours and which characters the terminal has; text for one that has ASCII alone |
//! | `terminal` | whether somebody looks, and how much is seen; the question whether to end |
//!
//! Nothing else writes there: clippy refuses `println!` and its kin, `std::io::stdout` and `std::io::stderr` in all other rooms.

#![expect(clippy::disallowed_methods, reason = "the one writer of both streams")]

mod abilities;
mod ascii;
mod line;
pub mod pictures;
mod report;
#[cfg(test)]
pub(crate) mod screen;
mod streams;
mod terminal;
mod visible;

pub use abilities::{Colours, colours, is_dumb, is_unicode};
pub use line::{Line, aside};
pub use report::report;
pub use streams::{complain, lost, outlive, say, say_coloured};
pub use terminal::{
    ask, ask_to_end, is_stderr_coloured, is_stdout_coloured, set_right, size, stderr_is_terminal, stdout_is_terminal,
};
pub use visible::{in_a_line, visible};
