//! `:quit`.

use super::super::command::{Command, Flow};
use crate::script::Ended;

pub const COMMAND: Command = Command {
    name: "quit",
    argument: "",
    about: "leaves the prompt, as `exit` and Ctrl-D do",
    run: |_| Flow::End(Ended::Quit),
};
