//! `:set`: the prompt's settings.

use super::super::command::{Call, Command, Flow};
use crate::output::{complain, say};

pub const COMMAND: Command = Command {
    name: "set",
    argument: "[NAME VALUE]",
    about: "the prompt's settings, kept for the next sessions: `:set keys vi`",
    run,
};

fn run(call: &mut Call<'_, '_, '_>) -> Flow {
    let mut settings = call.state.settings();
    let mut words = call.argument.split_whitespace();
    let set = match (words.next(), words.next(), words.next()) {
        (None, ..) => {
            say(&settings.listed());
            return Flow::GoOn;
        }
        (Some(name), Some(value), None) => settings.set(name, value),
        _ => Err("`:set NAME VALUE` sets one; `:set` lists them".into()),
    };
    match set {
        Ok(()) => {
            call.state.set_settings(settings);
            if let Err(cause) = settings.save() {
                complain(&format!("note: it holds for this session alone: {cause}"));
            }
        }
        Err(why) => complain(&format!("error: {why}")),
    }
    Flow::GoOn
}
