//! What the user has asked for, and what the terminal says that it can.

use super::{ask::asked, escapes::Protocol};
use crate::output::{is_dumb, stdout_is_terminal};
use std::sync::{Mutex, OnceLock, PoisonError};

/// How pictures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pictures {
    /// As text.
    #[default]
    Off,
    /// As the terminal says that it can.
    Auto,
    Kitty,
    Iterm2,
    Sixel,
}

static WANTED: Mutex<Pictures> = Mutex::new(Pictures::Off);
/// What the terminal has answered.
static ANSWER: OnceLock<Option<Protocol>> = OnceLock::new();

/// Notes how the user wants pictures to be shown.
pub fn want(pictures: Pictures) {
    *WANTED.lock().unwrap_or_else(PoisonError::into_inner) = pictures;
}

/// How a picture can be shown. A terminal is asked once, and only where the user has said so.
pub fn can_show() -> Option<Protocol> {
    if !stdout_is_terminal() || is_dumb() {
        return None;
    }
    match *WANTED.lock().unwrap_or_else(PoisonError::into_inner) {
        Pictures::Off => None,
        Pictures::Auto => *ANSWER.get_or_init(asked),
        Pictures::Kitty => Some(Protocol::Kitty),
        Pictures::Iterm2 => Some(Protocol::Iterm2),
        Pictures::Sixel => Some(Protocol::Sixel),
    }
}
