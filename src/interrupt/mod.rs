//! Why what runs is to stop: Ctrl-C (SIGINT), what ends the program (SIGTERM and SIGHUP), and the time of `--max-seconds`. The
//! interpreter looks between operations, native loops once a round. A training that can be paused holds the first Ctrl-C, and what
//! ends the program, back until its next `pause`. Where nobody looks for a second, in the middle of an operation of libtorch's, the program
//! ends, unless there is a user at a prompt, who is asked.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `flag` | whether what runs is to stop, and why |
//! | `hold` | the first Ctrl-C, held back |
//! | `signals` | what a signal does |
//! | `twice` | the second Ctrl-C: two quickly; the question whether to end the program |
//! | `reader` | the thread that waits for keys, which a signal wakes |
//! | `deadline` | `--max-seconds` |
//! | `elsewhere` | another program has the terminal |
//! | `unheard` | what is not answered |
//! | `follow` | the end with the program that started this one |
//! | `end` | the end of the process, at once |

mod deadline;
mod elsewhere;
mod end;
mod flag;
mod follow;
mod hold;
mod reader;
mod signals;
mod twice;
mod unheard;

pub use deadline::expire_after;
pub use elsewhere::elsewhere;
pub use end::{FAILED, end_after, exit_when_written};
pub use flag::{check, clear, code, ending, expired, pending, polled, reason, request, requested};
pub use follow::end_with;
pub use hold::{Hold, released};
pub use reader::awaited;
pub use signals::install;
pub use twice::{ask_with, forget, note, settle};
