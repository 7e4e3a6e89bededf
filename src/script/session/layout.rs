//! A value in pieces, laid out for so many columns: in a line where it fits, else a field a line.

use unicode_width::UnicodeWidthStr;

/// How far what is inside stands to the right.
const INDENT: usize = 4;

pub enum Piece {
    /// A number, a text in its quotes, an object in a few words.
    Leaf(String),
    /// `[a, b]`; `note` stands behind it: how many elements there are.
    Elements { parts: Vec<Piece>, note: String },
    /// `#{ a: 1 }`.
    Fields { parts: Vec<(String, Piece)>, note: String },
}

impl Piece {
    /// The text, whose lines are no longer than `width` where they can be broken.
    pub fn laid_out(&self, width: usize) -> String {
        let mut text = String::new();
        self.add(&mut text, width, 0, 0);
        text
    }

    /// `before` columns of the line are taken already, and `after` will be behind; lines of its own begin at `indent`.
    fn add(&self, text: &mut String, width: usize, indent: usize, before: usize) {
        let flat = self.flat();
        if matches!(self, Piece::Leaf(_)) || before + flat.width() <= width {
            text.push_str(&flat);
            return;
        }
        match self {
            Piece::Leaf(_) => {}
            Piece::Elements { parts, note } if parts.iter().all(|part| matches!(part, Piece::Leaf(_))) => {
                text.push('[');
                fill(parts, text, width, before + 1);
                text.push(']');
                text.push_str(note);
            }
            Piece::Elements { parts, note } => {
                text.push('[');
                parts.iter().for_each(|part| line(text, "", part, width, indent));
                close(text, indent, "]", note);
            }
            Piece::Fields { parts, note } => {
                text.push_str("#{");
                parts.iter().for_each(|(name, part)| line(text, &prefix(name), part, width, indent));
                close(text, indent, "}", note);
            }
        }
    }

    fn flat(&self) -> String {
        match self {
            Piece::Leaf(text) => text.clone(),
            Piece::Elements { parts, note } => {
                format!("[{}]{note}", parts.iter().map(Piece::flat).collect::<Vec<_>>().join(", "))
            }
            Piece::Fields { parts, note } if parts.is_empty() => format!("#{{}}{note}"),
            Piece::Fields { parts, note } => {
                let field = |(name, part): &(String, Piece)| format!("{}{}", prefix(name), part.flat());
                format!("#{{ {} }}{note}", parts.iter().map(field).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// What stands in front of a field's value; nothing where parts were left out.
fn prefix(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("{name}: ") }
}

fn line(text: &mut String, prefix: &str, part: &Piece, width: usize, indent: usize) {
    let indent = indent + INDENT;
    text.push_str(&format!("\n{}{prefix}", " ".repeat(indent)));
    // One column for the comma.
    part.add(text, width.saturating_sub(1), indent, indent + prefix.width());
    text.push(',');
}

fn close(text: &mut String, indent: usize, bracket: &str, note: &str) {
    text.push_str(&format!("\n{}{bracket}{note}", " ".repeat(indent)));
}

/// As many in a line as fit, below each other.
fn fill(parts: &[Piece], text: &mut String, width: usize, indent: usize) {
    let mut column = indent;
    for (i, part) in parts.iter().enumerate() {
        let flat = part.flat();
        if i > 0 {
            text.push(',');
            column += 1;
            if column + flat.width() + 1 > width {
                text.push_str(&format!("\n{}", " ".repeat(indent)));
                column = indent;
            } else {
                text.push(' ');
                column += 1;
            }
        }
        text.push_str(&flat);
        column += flat.width();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(from: usize, to: usize) -> Piece {
        Piece::Elements { parts: (from..to).map(|n| Piece::Leaf(n.to_string())).collect(), note: String::new() }
    }

    #[test]
    fn what_does_not_fit_in_a_line_has_a_line_for_each_field() {
        let fields = || Piece::Fields {
            parts: vec![("a".into(), Piece::Leaf("\"text\"".into())), ("list".into(), numbers(100, 112))],
            note: String::new(),
        };
        assert_eq!(numbers(1, 4).laid_out(9), "[1, 2, 3]");
        let flat = "#{ a: \"text\", list: [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111] }";
        assert_eq!(fields().laid_out(flat.len()), flat);
        let tall = "\
#{
    a: \"text\",
    list: [100, 101, 102, 103,
           104, 105, 106, 107,
           108, 109, 110, 111],
}";
        assert_eq!(fields().laid_out(31), tall);
        assert!(tall.lines().all(|line| line.len() <= 31));
        let nested = Piece::Elements { parts: vec![fields(), Piece::Leaf("…".into())], note: " (7 elements)".into() };
        let shown = nested.laid_out(30);
        assert!(shown.starts_with("[\n    #{\n        a: \"text\",\n"), "{shown}");
        assert!(shown.ends_with("    },\n    …,\n] (7 elements)"), "{shown}");
    }

    #[test]
    fn a_terminal_of_one_column_gets_a_value_too() {
        assert_eq!(numbers(1, 3).laid_out(1), "[1,\n 2]");
    }
}
