//! `:who`: the variables with their values.

use super::super::command::{Call, Command, Flow};
use super::vars::memory;
use crate::output::{say, size};

pub const COMMAND: Command =
    Command { name: "who", argument: "", about: "the variables: type, memory, and what they hold", run };

/// The least that is shown of a value, and the width where nobody knows it.
const LEAST: usize = 8;
const COLUMNS: usize = 100;

fn run(call: &mut Call<'_, '_, '_>) -> Flow {
    let all = call.workspace.measure();
    if all.is_empty() {
        say("no variables");
        return Flow::GoOn;
    }
    let columns = size().map_or(COLUMNS, |(_, columns)| columns.into());
    let name = all.iter().map(|m| m.name.chars().count()).max().unwrap_or(0);
    let kind = all.iter().map(|m| m.kind.chars().count()).max().unwrap_or(0);
    let line = |m: &crate::script::size::Measure| {
        let bytes = m.bytes.map(memory).unwrap_or_default();
        let place = if m.place.is_empty() { String::new() } else { format!("({}) ", m.place) };
        let front = format!("{:name$}  {:kind$}  {bytes:>9}  {place}", m.name, m.kind);
        let value = call.workspace.brief(&m.name, columns.saturating_sub(front.chars().count()).max(LEAST));
        format!("{front}{value}").trim_end().to_string()
    };
    let lines: Vec<String> = all.iter().map(line).collect();
    call.state.show(&lines.join("\n"));
    Flow::GoOn
}
