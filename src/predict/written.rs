//! How answers look.

use super::predictor::Said;
use crate::error::{Error, Result};
use crate::output::in_a_line;
use clap::ValueEnum;
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for the eye: class, probability, text.
    Table,
    /// CSV, with the probability of each class in a column of its own.
    Csv,
    /// A JSON object in each line.
    Jsonl,
}

impl Format {
    /// The format of files that are called so.
    ///
    /// # Errors
    /// Another ending.
    pub fn of(ending: &str) -> Result<Format> {
        match ending.to_ascii_lowercase().as_str() {
            "csv" => Ok(Format::Csv),
            "jsonl" | "ndjson" => Ok(Format::Jsonl),
            "txt" => Ok(Format::Table),
            other => {
                Err(Error::value(format!("no format has the ending `{other}`: .csv, .jsonl and .txt are written")))
            }
        }
    }
}

/// Answers as lines; rows are counted from 1.
pub struct Written<'c> {
    pub format: Format,
    pub classes: &'c [String],
    /// How many characters of a text are shown in a table; all of it where nothing is said.
    pub width: Option<usize>,
}

impl Written<'_> {
    /// What stands above all answers.
    ///
    /// # Errors
    /// None that can be met.
    pub fn head(&self) -> Result<Option<String>> {
        if self.format != Format::Csv {
            return Ok(None);
        }
        let of_classes = self.classes.iter().map(|class| format!("p_{class}"));
        let names = ["row", "class", "p"].into_iter().map(String::from).chain(of_classes);
        line(names.chain(["text".to_string()])).map(Some)
    }

    /// The line of one answer.
    ///
    /// # Errors
    /// None that can be met.
    pub fn line(&self, row: usize, text: &str, said: &Said) -> Result<String> {
        match self.format {
            Format::Table => Ok(self.shown(text, said)),
            Format::Csv => {
                let number = |p: Option<f32>| p.map(|p| p.to_string()).unwrap_or_default();
                let of_class = |place| number(said.probabilities.as_ref().and_then(|all| all.get(place).copied()));
                let of_classes = (0..self.classes.len()).map(of_class);
                let first = [row.to_string(), said.class.clone().unwrap_or_default(), number(said.p)];
                line(first.into_iter().chain(of_classes).chain([text.to_string()]))
            }
            Format::Jsonl => {
                let by_name = |all: &Vec<f32>| -> Map<String, Value> {
                    self.classes.iter().cloned().zip(all.iter().map(|p| number(*p))).collect()
                };
                let p = said.p.map(number);
                let probabilities = said.probabilities.as_ref().map(by_name);
                let all =
                    json!({ "row": row, "class": said.class, "p": p, "probabilities": probabilities, "text": text });
                Ok(all.to_string())
            }
        }
    }

    fn shown(&self, text: &str, said: &Said) -> String {
        let longest = self.classes.iter().map(|class| class.chars().count()).max().unwrap_or(0);
        let text = in_a_line(text);
        let text = match self.width {
            Some(width) if text.chars().count() > width => {
                let begin: String = text.chars().take(width.saturating_sub(1)).collect();
                format!("{begin}…")
            }
            _ => text.into_owned(),
        };
        let (class, p) = match (&said.class, said.p) {
            (Some(class), Some(p)) => (class.as_str(), format!("{p:.4}")),
            _ => ("-", "-".to_string()),
        };
        format!("{class:longest$}  {p:6}  {text}").trim_end().to_string()
    }
}

/// The shortest digits that give the same number again.
fn number(p: f32) -> Value {
    serde_json::from_str(&p.to_string()).unwrap_or(Value::Null)
}

fn line(fields: impl Iterator<Item = String>) -> Result<String> {
    let failed = |e: csv::Error| Error::value(format!("a line of CSV: {e}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(fields).map_err(failed)?;
    let bytes = writer.into_inner().map_err(|e| Error::value(format!("a line of CSV: {e}")))?;
    Ok(String::from_utf8_lossy(bytes.strip_suffix(b"\n").unwrap_or(&bytes)).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(format: Format, width: Option<usize>) -> Vec<String> {
        let classes = ["neg".to_string(), "positive".to_string()];
        let written = Written { format, classes: &classes, width };
        let probabilities = Some(vec![0.7, 0.3]);
        let said = Said { class: Some("neg".into()), p: Some(0.7), probabilities, cut: 0, unknown: false };
        let none = Said { class: None, p: None, probabilities: None, cut: 0, unknown: true };
        let rows = [written.line(1, "a \"fine\", long\nfilm", &said), written.line(2, " ", &none)];
        written.head().unwrap().into_iter().chain(rows.map(Result::unwrap)).collect()
    }

    #[test]
    fn each_format_keeps_all_that_was_said() {
        assert_eq!(
            lines(Format::Csv, None),
            ["row,class,p,p_neg,p_positive,text", "1,neg,0.7,0.7,0.3,\"a \"\"fine\"\", long\nfilm\"", "2,,,,, "]
        );
        assert_eq!(
            lines(Format::Jsonl, None),
            [
                r#"{"row":1,"class":"neg","p":0.7,"probabilities":{"neg":0.7,"positive":0.3},"text":"a \"fine\", long\nfilm"}"#,
                r#"{"row":2,"class":null,"p":null,"probabilities":null,"text":" "}"#
            ]
        );
        let table = lines(Format::Table, Some(8));
        assert_eq!(table, ["neg       0.7000  a \"fine…", "-         -"]);
    }
}
