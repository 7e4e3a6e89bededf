//! Pictures in the terminal, for those who have asked for them.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `wanted` | what the user has asked for, and what the terminal says that it can |
//! | `ask` | the question to the terminal |
//! | `escapes` | a picture in the escape sequences of kitty, iTerm2 and sixel |
//! | `palette` | the 256 colours of a sixel picture |

mod ask;
mod escapes;
mod palette;
mod wanted;

pub use escapes::Picture;
pub use wanted::{Pictures, can_show, want};

use super::{line::aside, streams::put_raw};

/// Shows a picture as the user wants it, if the terminal can; says whether it did.
pub fn show(picture: &Picture) -> bool {
    let Some(protocol) = can_show() else { return false };
    aside(|| put_raw(&picture.escaped(protocol)));
    true
}
