//! `:reset`: an empty session.

use super::super::command::SessionCommand;

pub const COMMAND: SessionCommand = SessionCommand {
    name: "reset",
    argument: "",
    about: "forgets variables, functions and imports",
    run: |_, session, _| session.reset(),
};
