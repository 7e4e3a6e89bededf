//! `:vars`: the variables.

use super::super::command::{Call, Command, Flow};
use crate::script::size::Measure;

pub const COMMAND: Command = Command { name: "vars", argument: "", about: "the variables: type, shape, memory", run };

fn run(call: &mut Call<'_, '_, '_>) -> Flow {
    call.state.show(&variables(&call.workspace.measure()));
    Flow::GoOn
}

/// The table that `:vars` prints.
fn variables(all: &[Measure]) -> String {
    if all.is_empty() {
        return "no variables".into();
    }
    let width = |text: fn(&Measure) -> &str| all.iter().map(|m| text(m).chars().count()).max().unwrap_or(0);
    let (name, kind, shape) = (width(|m| &m.name), width(|m| &m.kind), width(|m| &m.shape));
    let line = |m: &Measure| {
        let bytes = m.bytes.map(memory).unwrap_or_default();
        let place = if m.place.is_empty() { String::new() } else { format!("  of {}", m.place) };
        format!("{:name$}  {:kind$}  {:shape$}  {bytes:>9}{place}", m.name, m.kind, m.shape).trim_end().to_string()
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub fn memory(bytes: usize) -> String {
    match bytes as f64 {
        b if b < 1e3 => format!("{bytes} B"),
        b if b < 1e6 => format!("{:.1} kB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_listed_in_columns() {
        let row = |name: &str, shape: &str, bytes| Measure {
            name: name.into(),
            kind: "Tensor".into(),
            shape: shape.into(),
            bytes,
            place: String::new(),
        };
        let table = variables(&[row("a", "[2] float32", Some(8)), row("longer", "", None)]);
        assert_eq!(table, "a       Tensor  [2] float32        8 B\nlonger  Tensor");
        assert_eq!([999, 1_500, 2_500_000].map(memory), ["999 B", "1.5 kB", "2.5 MB"]);
    }
}
