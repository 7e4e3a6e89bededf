//! `:history`: what was typed.

use super::super::command::{Call, Command, Flow};
use crate::output::complain;

pub const COMMAND: Command = Command {
    name: "history",
    argument: "[PATTERN]",
    about: "what was typed, of earlier sessions too; that in which PATTERN stands",
    run,
};

/// How many inputs are listed.
const LISTED: usize = 1000;

fn run(call: &mut Call<'_, '_, '_>) -> Flow {
    let mut entries = match call.state.editor() {
        Ok(editor) => editor.typed(),
        Err(failure) => {
            complain(&failure.into_report());
            return Flow::GoOn;
        }
    };
    entries.pop(); // this command
    match listed(&entries, call.argument) {
        Some(text) => call.state.show(&text),
        None if call.argument.is_empty() => complain("nothing was typed so far"),
        None => complain(&format!("nothing that was typed contains `{}`", call.argument)),
    }
    Flow::GoOn
}

/// The inputs that contain `pattern`, in upper or lower case, with their numbers; the latest last.
fn listed(entries: &[String], pattern: &str) -> Option<String> {
    let wanted = pattern.to_lowercase();
    let found: Vec<(usize, &String)> =
        entries.iter().enumerate().filter(|(_, text)| text.to_lowercase().contains(&wanted)).collect();
    let width = entries.len().to_string().len();
    let latest = &found[found.len().saturating_sub(LISTED)..];
    let shown = latest.iter().map(|(at, text)| {
        let below = format!("\n{}", " ".repeat(width + 2));
        format!("{:width$}  {}", at + 1, text.replace('\n', &below))
    });
    let text = shown.collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_found_by_what_stands_in_them() {
        let entries: Vec<String> = ["let x = 1", "fn f() {\n    x\n}", "Adam(x)"].map(String::from).to_vec();
        assert_eq!(listed(&entries, "").unwrap(), "1  let x = 1\n2  fn f() {\n       x\n   }\n3  Adam(x)");
        assert_eq!(listed(&entries, "adam").unwrap(), "3  Adam(x)");
        assert_eq!(listed(&entries, "sgd"), None);
    }
}
