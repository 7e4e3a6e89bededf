//! Values as text: in columns, and by a pattern.

use super::super::csv::names;
use crate::error::Error;
use crate::script::base::ScriptResult;
use crate::script::base::options::{number, shown};
use rhai::{Array, Dynamic, Map, plugin::*};
use unicode_width::UnicodeWidthStr;

/// How a value is put: `{:>8.3}`.
#[derive(Default, Debug, PartialEq)]
struct Place {
    left: Option<bool>,
    width: usize,
    digits: Option<usize>,
    kind: Option<char>,
}

impl Place {
    /// Of what stands between the braces.
    fn parse(inside: &str) -> Option<Place> {
        let Some(rest) = inside.strip_prefix(':') else { return inside.is_empty().then(Place::default) };
        let mut place = Place::default();
        let mut rest = rest;
        if let Some(behind) = rest.strip_prefix('<').or_else(|| rest.strip_prefix('>')) {
            place.left = Some(rest.starts_with('<'));
            rest = behind;
        }
        let (width, behind) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        place.width = if width.is_empty() { 0 } else { width.parse().ok().filter(|width| *width <= 1000)? };
        rest = behind;
        if let Some(behind) = rest.strip_prefix('.') {
            let (digits, behind) = behind.split_at(behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len()));
            place.digits = Some(digits.parse().ok().filter(|digits| *digits <= 20)?);
            rest = behind;
        }
        place.kind = rest.chars().next().filter(|kind| ['e', 'f', '%'].contains(kind));
        (rest.len() == place.kind.map_or(0, char::len_utf8)).then_some(place)
    }

    fn put(&self, value: &Dynamic) -> Result<String, Error> {
        let is_plain = self.digits.is_none() && self.kind.is_none();
        let text = match number(value) {
            _ if is_plain => value.to_string(),
            Some(x) => {
                let digits = self.digits.unwrap_or(6);
                match self.kind {
                    Some('e') => format!("{x:.digits$e}"),
                    Some('%') => format!("{:.digits$}%", 100.0 * x),
                    _ => format!("{x:.digits$}"),
                }
            }
            None => return Err(Error::value(format!("format: digits are of numbers, got {}", shown(value)))),
        };
        let is_left = self.left.unwrap_or_else(|| number(value).is_none());
        Ok(padded(&text, self.width, is_left))
    }
}

/// In so many columns of a terminal.
fn padded(text: &str, columns: usize, is_left: bool) -> String {
    let space = " ".repeat(columns.saturating_sub(text.width()));
    if is_left { format!("{text}{space}") } else { format!("{space}{text}") }
}

fn filled(pattern: &str, values: &[Dynamic]) -> Result<String, Error> {
    let wrong = |what: String| {
        let help = "`{}`, `{:.3}`, `{:>8.2}`, `{:<10}`, `{:.2e}` and `{:.1%}` are places, `{{` and `}}` are braces";
        Error::value(format!("format: {what} in \"{pattern}\": {help}"))
    };
    let (mut text, mut rest, mut next) = (String::new(), pattern, 0);
    while let Some(at) = rest.find(['{', '}']) {
        text += &rest[..at];
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix(brace) {
            text += brace;
            rest = behind;
            continue;
        }
        let end = rest.find('}').filter(|_| brace == "{").ok_or_else(|| wrong(format!("a single `{brace}`")))?;
        let place = Place::parse(&rest[..end]).ok_or_else(|| wrong(format!("`{{{}}}`", &rest[..end])))?;
        let value = values.get(next).ok_or_else(|| wrong(format!("more places than the {} values", values.len())))?;
        text += &place.put(value)?;
        (next, rest) = (next + 1, &rest[end + 1..]);
    }
    match next == values.len() {
        true => Ok(text + rest),
        false => Err(wrong(format!("{next} places for {} values", values.len()))),
    }
}

/// No cell of a table is wider.
const WIDEST: usize = 60;

fn cut(text: String) -> String {
    match text.char_indices().nth(WIDEST) {
        Some(_) => text.chars().take(WIDEST - 1).chain(['…']).collect(),
        None => text,
    }
}

/// What a cell shows: numbers of columns stand below each other.
fn cell(value: Option<&Dynamic>) -> String {
    match value {
        None => String::new(),
        Some(value) if value.is_unit() => String::new(),
        Some(value) => match value.as_float() {
            Ok(x) if x.is_finite() && x != 0.0 && (x.abs() < 1e-3 || x.abs() >= 1e6) => format!("{x:.3e}"),
            Ok(x) => format!("{x:.4}"),
            Err(_) => cut(value.to_string().replace(['\n', '\r', '\t'], " ")),
        },
    }
}

/// Rows below each other, their columns aligned, in the order in which they are met; and the names of those that do not fit into `width` columns of a
/// terminal. The first is always there.
pub fn aligned(rows: &[Map], width: usize) -> (String, Vec<String>) {
    let mut columns = names(rows);
    let mut left = width;
    let fitting = columns.iter().enumerate().take_while(|(at, name)| {
        let space = widest(name, rows) + if *at > 0 { GAP.len() } else { 0 };
        let fits = *at == 0 || space <= left;
        left = left.saturating_sub(space);
        fits
    });
    let fitting = fitting.count();
    let left_out = columns.split_off(fitting);
    (of_columns(&columns, rows), left_out)
}

/// What stands between two columns.
const GAP: &str = "  ";

fn widest(column: &str, rows: &[Map]) -> usize {
    rows.iter().map(|row| cell(row.get(column)).width()).chain([column.width()]).max().unwrap_or(0)
}

fn of_columns(columns: &[String], rows: &[Map]) -> String {
    let is_number =
        |at: usize| rows.iter().any(|row| row.get(columns[at].as_str()).is_some_and(|v| number(v).is_some()));
    let layout: Vec<(usize, bool)> =
        columns.iter().enumerate().map(|(at, name)| (widest(name, rows), !is_number(at))).collect();
    let line = |row: &[String]| {
        let parts: Vec<String> =
            row.iter().zip(&layout).map(|(text, (width, left))| padded(text, *width, *left)).collect();
        parts.join(GAP).trim_end().to_string()
    };
    let cells = |row: &Map| columns.iter().map(|name| cell(row.get(name.as_str()))).collect::<Vec<_>>();
    [line(columns)].into_iter().chain(rows.iter().map(|row| line(&cells(row)))).collect::<Vec<_>>().join("\n")
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A text with values in the places of a pattern: `{}` as `print` shows it, `{:.3}` with three digits behind the point, `{:>8.2}` and `{:<10}` in so many columns, on the right or
    /// on the left, `{:.2e}` scientific, `{:.1%}` in per cent; `{{` and `}}` are braces. One value, up to six, or an array of them.
    ///
    /// Errors: other numbers of places than values, a place that is none of these.
    ///
    /// ```rhai
    /// assert_eq(format("acc {:.3}", 0.87654), "acc 0.877");
    /// assert_eq(format("{:<6}|{:>6.1%}|{:.1e}", ["ab", 0.5, 0.00012]), "ab    | 50.0%|1.2e-4");
    /// assert_eq(format("{:.2} ± {:.2}", 0.876, 0.012), "0.88 ± 0.01");
    /// assert_throws(|| format("{} {}", 1), "more places than the 1 values");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn format(pattern: &str, value: Dynamic) -> ScriptResult<String> {
        let array = value.read_lock::<Array>().map(|array| array.clone());
        Ok(filled(pattern, &array.unwrap_or_else(|| vec![value.clone()]))?)
    }

    #[rhai_fn(name = "format", return_raw)]
    pub fn format_two(pattern: &str, a: Dynamic, b: Dynamic) -> ScriptResult<String> {
        Ok(filled(pattern, &[a, b])?)
    }

    #[rhai_fn(name = "format", return_raw)]
    pub fn format_three(pattern: &str, a: Dynamic, b: Dynamic, c: Dynamic) -> ScriptResult<String> {
        Ok(filled(pattern, &[a, b, c])?)
    }

    #[rhai_fn(name = "format", return_raw)]
    pub fn format_four(pattern: &str, a: Dynamic, b: Dynamic, c: Dynamic, d: Dynamic) -> ScriptResult<String> {
        Ok(filled(pattern, &[a, b, c, d])?)
    }

    #[rhai_fn(name = "format", return_raw)]
    pub fn format_five(
        pattern: &str,
        a: Dynamic,
        b: Dynamic,
        c: Dynamic,
        d: Dynamic,
        e: Dynamic,
    ) -> ScriptResult<String> {
        Ok(filled(pattern, &[a, b, c, d, e])?)
    }

    #[rhai_fn(name = "format", return_raw)]
    pub fn format_six(
        pattern: &str,
        a: Dynamic,
        b: Dynamic,
        c: Dynamic,
        d: Dynamic,
        e: Dynamic,
        f: Dynamic,
    ) -> ScriptResult<String> {
        Ok(filled(pattern, &[a, b, c, d, e, f])?)
    }

    /// An array of maps, such as the history of a training or the runs of a sweep, as a table with aligned columns: a line with the names, then one for each row. Floats have four
    /// digits behind the point, or three significant ones where that says nothing; a column that a row lacks is empty there, and a text beyond 60 signs is cut. An array of names says which columns, and in which order; without
    /// it all, in the order in which they are met.
    ///
    /// Errors: something else than maps.
    ///
    /// ```rhai
    /// let rows = [#{ lr: 0.001, acc: 0.87 }, #{ lr: 0.01, acc: 0.9, note: "best" }];
    /// print(table(rows, ["lr", "acc", "note"]));
    /// assert_eq(table(rows, ["lr", "acc"]), "    lr     acc\n0.0010  0.8700\n0.0100  0.9000");
    /// ```
    #[rhai_fn(name = "table", return_raw)]
    pub fn table_of_columns(rows: Array, columns: Array) -> ScriptResult<String> {
        let maps = maps(&rows)?;
        Ok(of_columns(&columns.iter().map(ToString::to_string).collect::<Vec<_>>(), &maps))
    }

    #[rhai_fn(name = "table", return_raw)]
    pub fn table_of_rows(rows: Array) -> ScriptResult<String> {
        let maps = maps(&rows)?;
        Ok(aligned(&maps, usize::MAX).0)
    }
}

fn maps(rows: &Array) -> Result<Vec<Map>, Error> {
    let one = |row: &Dynamic| {
        let map = row.read_lock::<Map>().map(|map| map.clone());
        map.ok_or_else(|| Error::value(format!("table takes an array of maps, a row each, got {}", shown(row))))
    };
    rows.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_others_are_none() {
        let place = |left, width, digits, kind| Some(Place { left, width, digits, kind });
        for (text, expected) in [
            ("", place(None, 0, None, None)),
            (":", place(None, 0, None, None)),
            (":.3", place(None, 0, Some(3), None)),
            (":<12", place(Some(true), 12, None, None)),
            (":>8.2e", place(Some(false), 8, Some(2), Some('e'))),
            ("x", None),
            (":.", None),
            (":.99", None),
            (":3x", None),
            (":99999", None),
            (":.2ee", None),
        ] {
            assert_eq!(Place::parse(text), expected, "{text}");
        }
    }
}
