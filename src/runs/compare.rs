//! What two runs differ in: what they were asked for, their scripts, what they ran on, and what came out.

use super::fields::{changed, value};
use super::paired::{self, Paired, paired};
use super::shown::cell;
use crate::access;
use crate::error::Result;
use crate::ml::run::{Record, SCRIPT, Summary};
use serde_json::{Value, json};

/// Circumstances that can make other numbers of the same options.
pub const CIRCUMSTANCES: [&str; 10] = [
    "versions.imdbsh",
    "versions.libtorch",
    "device",
    "threads",
    "machine.host",
    "machine.processor",
    "git.commit",
    "git.changed",
    "data.train.fingerprint",
    "data.test.fingerprint",
];

/// One thing in which they differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub name: String,
    pub values: [Value; 2],
}

#[derive(Debug)]
pub struct Comparison {
    pub settings: Vec<Difference>,
    pub circumstances: Vec<Difference>,
    /// Lines that only the first has (`-`), or only the second (`+`), with their number.
    pub script: Vec<(char, usize, String)>,
    /// For each column of figures that both have: the last and the best of each.
    pub figures: Vec<Difference>,
    /// The first epoch in which a column of both differs, times apart.
    pub parts_at: Option<(usize, String, [Value; 2])>,
    /// What they said of the same test rows; or why that cannot be compared.
    pub paired: Result<Paired, String>,
}

/// # Errors
/// A script or predictions that cannot be read.
pub fn compare(a: &Summary, b: &Summary) -> Result<Comparison> {
    let of = |name: &String| Difference { name: name.clone(), values: [value(a, name), value(b, name)] };
    let both = [a.clone(), b.clone()];
    let names = CIRCUMSTANCES.map(str::to_string);
    let circumstances = names.iter().map(of).filter(|d| d.values[0] != d.values[1]).collect();
    let scripts = [a, b].map(|run| access::read_to_string(&run.folder.join(SCRIPT)));
    let [first, second] = scripts;
    let (first, second) = (first?, second?);
    let columns =
        a.rows.last().into_iter().flat_map(Record::keys).filter(|c| *c != "epoch" && !c.ends_with("_seconds"));
    let columns = columns.filter(|c| b.rows.last().is_some_and(|row| row.contains_key(*c)));
    let tested = a.tested().into_iter().flat_map(Record::keys).filter(|c| *c != "epoch" && !c.ends_with("_seconds"));
    let tested = tested.filter(|c| b.tested().is_some_and(|row| row.contains_key(*c))).map(|c| format!("test.{c}"));
    let figures = columns.flat_map(|c| [format!("last.{c}"), format!("best.{c}")]).chain(tested);
    let figures = figures.map(|name| of(&name)).collect();
    Ok(Comparison {
        settings: changed(&both).iter().map(of).collect(),
        circumstances,
        script: lines_that_differ(&first, &second),
        figures,
        parts_at: first_difference(&a.rows, &b.rows),
        paired: paired(a, b)?,
    })
}

/// The first epoch and column in which rows differ to the bit, times apart; a row that only one has differs in `epoch`.
pub fn first_difference(a: &[Record], b: &[Record]) -> Option<(usize, String, [Value; 2])> {
    for i in 0..a.len().max(b.len()) {
        let (Some(x), Some(y)) = (a.get(i), b.get(i)) else {
            let epoch =
                |rows: &[Record]| rows.get(i).map_or(Value::Null, |row| row.get("epoch").cloned().unwrap_or_default());
            return Some((i + 1, "epoch".into(), [epoch(a), epoch(b)]));
        };
        let only_second = y.keys().filter(|column| !x.contains_key(*column));
        for column in x.keys().chain(only_second).filter(|column| !column.ends_with("_seconds")) {
            let of = |row: &Record| row.get(column).cloned().unwrap_or_default();
            if of(x) != of(y) {
                return Some((i + 1, column.clone(), [of(x), of(y)]));
            }
        }
    }
    None
}

/// Up to this many lines are compared by their longest common sequence.
const MOST_LINES: usize = 2000;

fn lines_that_differ(a: &str, b: &str) -> Vec<(char, usize, String)> {
    let (x, y): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
    if x.len().max(y.len()) > MOST_LINES {
        let pairs = x.iter().zip(&y).enumerate().filter(|(_, (x, y))| x != y);
        return pairs.flat_map(|(i, (x, y))| [('-', i + 1, x.to_string()), ('+', i + 1, y.to_string())]).collect();
    }
    // How long a sequence is left from each pair of lines on.
    let mut left = vec![vec![0_u16; y.len() + 1]; x.len() + 1];
    for i in (0..x.len()).rev() {
        for j in (0..y.len()).rev() {
            left[i][j] = if x[i] == y[j] { left[i + 1][j + 1] + 1 } else { left[i + 1][j].max(left[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < x.len() || j < y.len() {
        if i < x.len() && j < y.len() && x[i] == y[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == y.len() || i < x.len() && left[i + 1][j] >= left[i][j + 1] {
            found.push(('-', i + 1, x[i].to_string()));
            i += 1;
        } else {
            found.push(('+', j + 1, y[j].to_string()));
            j += 1;
        }
    }
    found
}

impl Comparison {
    /// As it is shown, the first run under `<`, the second under `>`.
    pub fn text(&self) -> String {
        let mut parts = Vec::new();
        for (title, differences) in
            [("settings", &self.settings), ("circumstances", &self.circumstances), ("figures", &self.figures)]
        {
            if !differences.is_empty() {
                let lines = differences.iter().map(|d| {
                    let [a, b] = d
                        .values
                        .each_ref()
                        .map(|value| if value.is_null() { "-".into() } else { cell(&d.name, value) });
                    [d.name.clone(), a, b]
                });
                parts.push(format!("{title}\n{}", in_columns(&lines.collect::<Vec<_>>())));
            }
        }
        if !self.script.is_empty() {
            let line = |(sign, number, text): &(char, usize, String)| {
                format!("  {sign} {number:>4}  {}", cell("", &json!(text)))
            };
            parts.push(format!("script\n{}", self.script.iter().map(line).collect::<Vec<_>>().join("\n")));
        }
        parts.push(match &self.parts_at {
            None => "rows\n  the same to the bit, times apart".to_string(),
            Some((epoch, column, [a, b])) => {
                let [a, b] = [a, b].map(|value| if value.is_null() { "nothing".into() } else { value.to_string() });
                format!("rows\n  differ from epoch {epoch} on: {} {a} and {b}", cell("", &json!(column)))
            }
        });
        parts.push(paired::text(&self.paired));
        parts.join("\n\n")
    }

    pub fn to_json(&self) -> Value {
        let list = |differences: &[Difference]| -> Record {
            differences.iter().map(|d| (d.name.clone(), json!({ "from": d.values[0], "to": d.values[1] }))).collect()
        };
        json!({
            "settings": list(&self.settings),
            "circumstances": list(&self.circumstances),
            "figures": list(&self.figures),
            "test": paired::to_json(&self.paired),
            "script": self.script.iter().map(|(sign, number, text)| format!("{sign}{number}: {text}")).collect::<Vec<_>>(),
            "rows": self.parts_at.as_ref().map(|(epoch, column, [a, b])| json!({ "epoch": epoch, "column": column, "from": a, "to": b })),
        })
    }
}

fn in_columns(lines: &[[String; 3]]) -> String {
    let width = |column: usize| lines.iter().map(|line| console::measure_text_width(&line[column])).max().unwrap_or(0);
    let widths = [width(0), width(1)];
    let pad = |text: &str, width: usize| {
        format!("{text}{}", " ".repeat(width.saturating_sub(console::measure_text_width(text))))
    };
    let line = |[name, a, b]: &[String; 3]| {
        format!("  {}  {}  {b}", pad(name, widths[0]), pad(a, widths[1])).trim_end().to_string()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Record> {
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn the_first_difference_of_rows_is_found() {
        let a = rows("{\"epoch\":1,\"x\":0.1,\"train_seconds\":1.0}\n{\"epoch\":2,\"x\":0.2,\"train_seconds\":2.0}");
        let b = rows("{\"epoch\":1,\"x\":0.1,\"train_seconds\":9.0}\n{\"epoch\":2,\"x\":0.20000000000000004,\"y\":1}");
        assert_eq!(first_difference(&a, &a), None);
        assert_eq!(first_difference(&a, &b), Some((2, "x".into(), [json!(0.2), json!(0.200_000_000_000_000_04)])));
        assert_eq!(first_difference(&a, &a[..1]), Some((2, "epoch".into(), [json!(2), Value::Null])));
        let more = rows("{\"epoch\":1,\"x\":0.1,\"z\":0}");
        assert_eq!(first_difference(&a[..1], &more), Some((1, "z".into(), [Value::Null, json!(0)])));
    }

    #[test]
    fn lines_that_one_script_has_alone_are_found() {
        let found = lines_that_differ("a\nb\nc\nd", "a\nc\nx\nd");
        assert_eq!(found, [('-', 2, "b".into()), ('+', 3, "x".into())]);
        assert_eq!(lines_that_differ("a", "a"), []);
        assert_eq!(lines_that_differ("", "a"), [('+', 1, "a".into())]);
    }
}
