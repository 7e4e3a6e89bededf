//! The script that runs, as far as its functions need to know it.

use std::{path::PathBuf, rc::Rc};

/// The program of a session.
pub struct Program {
    /// The script's file name without its ending; `session` where there is no file.
    pub name: String,
    /// The script's file, where there is one.
    pub file: Option<PathBuf>,
    /// Gives its text, which is kept with each run; at a prompt, what was done there until now.
    pub text: Rc<dyn Fn() -> String>,
}
