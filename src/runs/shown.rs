//! A table as it is shown: in columns, as CSV.

use super::list::List;
use crate::error::{Error, Result};
use crate::output::in_a_line;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

/// How many characters of a value are shown; the rest is in CSV and JSON.
const WIDEST: usize = 48;

/// In columns, numbers to the right, with a line of names. What steers a terminal, and what would break a line, is a sign in it.
pub fn text(list: &List) -> String {
    let head: Vec<String> = list.columns.iter().map(|name| in_a_line(name).into_owned()).collect();
    let rows = list.rows();
    let is_number = |column: usize| rows.iter().all(|row| row[column].is_number() || row[column].is_null());
    let right: Vec<bool> = (0..head.len()).map(is_number).collect();
    let mut lines = vec![head];
    for row in &rows {
        lines.push(row.iter().zip(&list.columns).map(|(value, name)| cut(&cell(name, value))).collect());
    }
    let width = |column: usize| lines.iter().map(|line| console::measure_text_width(&line[column])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..right.len()).map(width).collect();
    let mut all = String::new();
    for line in &lines {
        let cells = line.iter().enumerate().map(|(i, cell)| {
            let gap = " ".repeat(widths[i].saturating_sub(console::measure_text_width(cell)));
            if right[i] { format!("{gap}{cell}") } else { format!("{cell}{gap}") }
        });
        all.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        all.push('\n');
    }
    all.trim_end().to_string()
}

/// # Errors
/// Never: what is written goes into memory.
pub fn csv(list: &List) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |e: &dyn std::fmt::Display| Error::data(format!("the table as CSV: {e}"));
    writer.write_record(&list.columns).map_err(|e| failed(&e))?;
    for row in list.rows() {
        let fields = row.iter().map(|value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Array(values) if values.iter().all(Value::is_string) => {
                values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
            }
            other => other.to_string(),
        });
        writer.write_record(fields).map_err(|e| failed(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| failed(&e))?;
    String::from_utf8(bytes).map_err(|e| failed(&e))
}

/// A value of the column `name` in a line.
pub fn cell(name: &str, value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) if ["started", "since"].contains(&name) => local(text),
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => short(number.as_f64().unwrap_or_default()),
        Value::Array(values) if values.iter().all(Value::is_string) => {
            values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    };
    in_a_line(&text).into_owned()
}

/// Five digits: of a measure no more are looked at, and a rate has no more.
fn short(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    if !(1e-3..1e6).contains(&size) {
        let digits = format!("{number:.4e}");
        let (mantissa, exponent) = digits.split_once('e').unwrap_or((&digits, "0"));
        return format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'));
    }
    let decimals = (4 - size.log10().floor() as i32).clamp(0, 7) as usize;
    let digits = format!("{number:.decimals$}");
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.').to_string() } else { digits }
}

/// A time in UTC as the clock here shows it.
fn local(text: &str) -> String {
    match text.parse::<Timestamp>() {
        Ok(time) => time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => text.to_string(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(WIDEST) {
        Some(_) => text.chars().take(WIDEST - 1).chain(['…']).collect(),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_shown_with_the_digits_that_are_looked_at() {
        for (number, shown) in [
            (0.001, "0.001"),
            (3e-4, "3e-4"),
            (0.862_512_34, "0.86251"),
            (1.0, "1"),
            (12345.678, "12346"),
            (1e7, "1e7"),
            (-0.5, "-0.5"),
            (0.0, "0"),
            (2e-5, "2e-5"),
        ] {
            assert_eq!(short(number), shown);
        }
        assert_eq!(cell("x", &json!(300)), "300");
        assert_eq!(cell("tags", &json!(["a", "b"])), "a b");
        assert_eq!(cell("name", &json!("a\nb\u{1b}[31m")), "a b\u{241b}[31m");
        assert_eq!(cut(&"x".repeat(60)).chars().count(), WIDEST);
    }
}
