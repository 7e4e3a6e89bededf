//! What `imdbsh doc W03` and `imdbsh doc checks` show.

use super::findings::{
    kind::Kind,
    table::{TABLE, numbered},
};

/// The page of a kind of finding, or the list of all; nothing where the word means neither.
pub fn page(word: &str) -> Option<String> {
    match word {
        "checks" => Some(list()),
        number => numbered(number).map(of),
    }
}

fn of(kind: &Kind) -> String {
    let indented = |text: &str| text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n");
    let allow = match kind.is_error() {
        true => String::new(),
        false => format!(
            "\n\n`// imdbsh: allow({0})` on the line, or on a line of its own above it, allows it there; `// imdbsh: allow-file({0})` in the whole file.",
            kind.number
        ),
    };
    format!(
        "{}: {}\n\n{}\n\nNot:\n{}\n\nBut:\n{}{allow}",
        kind.number,
        kind.name,
        kind.why,
        indented(kind.wrong),
        indented(kind.right)
    )
}

fn list() -> String {
    TABLE.iter().map(|kind| format!("{}  {}", kind.number, kind.name)).collect::<Vec<_>>().join("\n")
}

/// The number of each kind, with its two examples: the one that has it, and the one that has not.
pub fn examples() -> Vec<(&'static str, &'static str, &'static str)> {
    TABLE.iter().map(|kind| (kind.number, kind.wrong, kind.right)).collect()
}

/// All of them as one page of Markdown.
pub fn markdown() -> String {
    let fenced = |code: &str| format!("```rhai\n{code}\n```");
    let one = |kind: &&Kind| {
        format!(
            "## {}: {}\n\n{}\n\nNot:\n\n{}\n\nBut:\n\n{}\n",
            kind.number,
            kind.name,
            kind.why,
            fenced(kind.wrong),
            fenced(kind.right)
        )
    };
    TABLE.iter().map(one).collect::<Vec<_>>().join("\n")
}
