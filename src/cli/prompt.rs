//! The terminal to ask at, where there is one.

use crate::interrupt;
use crate::output::{ask_to_end, stderr_is_terminal};
use crate::repl::Console;
use crate::script::Setup;
use std::io::IsTerminal;
use std::rc::Rc;

/// Whether a user types what the program reads.
pub fn stdin_is_terminal() -> bool {
    std::io::stdin().is_terminal()
}

/// The setup with the terminal to ask at.
pub fn with_prompt(mut setup: Setup) -> (Setup, Console) {
    let console = Console::default();
    if stdin_is_terminal() && stderr_is_terminal() {
        console.take_up_settings();
        setup.prompt = Some(Rc::new(console.clone()));
        interrupt::ask_with(ask_to_end);
    }
    (setup, console)
}
