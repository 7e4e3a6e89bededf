//! `:doc`: the functions that there are.

use super::super::command::{Call, Command, Flow};
use super::help::show;
use crate::script::{self, pages};

pub const COMMAND: Command =
    Command { name: "doc", argument: "[NAME]", about: "what ?NAME shows; without a name, all functions", run };

fn run(call: &mut Call<'_, '_, '_>) -> Flow {
    match call.argument {
        "" => call.state.show(&pages::overview(&call.state.library(call.workspace).docs, &script::themes())),
        name => show(call, name),
    }
    Flow::GoOn
}
