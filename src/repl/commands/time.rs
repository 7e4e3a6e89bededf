//! `:time`: how long something takes.

use super::super::command::{Call, Command, Flow};
use super::super::results;
use crate::output::complain;

pub const COMMAND: Command =
    Command { name: "time", argument: "CODE", about: "runs CODE and tells how long it took", run };

fn run(call: &mut Call<'_, '_, '_>) -> Flow {
    match call.argument {
        "" => complain("error: `:time CODE` needs something to run"),
        code => results::run(call.workspace, call.prompt, code, true),
    }
    Flow::GoOn
}
