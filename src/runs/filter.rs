//! Which runs are meant: `lr>1e-3 and status=finished`.

use super::fields::{names, value};
use super::order::by_value;
use crate::error::{Error, ErrorKind, Result, did_you_mean};
use crate::ml::run::Summary;
use serde_json::{Value, json};
use std::cmp::Ordering;

/// A condition on runs. `=`, `!=`, `<`, `<=`, `>`, `>=`, and `~` for what contains a text, between a name and a value; `and`, `or`, `not`,
/// parentheses. A name alone asks whether there is such a value. A run without it fits no comparison but `!=`.
#[derive(Debug, PartialEq)]
pub enum Filter {
    Has(String),
    Compare(String, Operator, Value),
    Not(Box<Filter>),
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    Other,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Contains,
}

/// The longer ones first.
const OPERATORS: [(&str, Operator); 9] = [
    ("==", Operator::Equal),
    ("!=", Operator::Other),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("~", Operator::Contains),
    ("≠", Operator::Other),
];

impl Filter {
    /// # Errors
    /// A text that is no condition: says where it stops being one, and what is missing there.
    pub fn parse(text: &str) -> Result<Filter> {
        let mut parser = Parser { text, at: 0, depth: 0 };
        let filter = parser.either()?;
        match parser.rest() {
            "" => Ok(filter),
            _ => Err(parser.wrong("`and` or `or`")),
        }
    }

    pub fn fits(&self, run: &Summary) -> bool {
        match self {
            Filter::Has(name) => match value(run, name) {
                Value::Null | Value::Bool(false) => false,
                Value::Array(values) => !values.is_empty(),
                _ => true,
            },
            Filter::Compare(name, operator, wanted) => compare(&value(run, name), *operator, wanted),
            Filter::Not(inner) => !inner.fits(run),
            Filter::And(a, b) => a.fits(run) && b.fits(run),
            Filter::Or(a, b) => a.fits(run) || b.fits(run),
        }
    }

    /// Those of the runs that fit.
    ///
    /// # Errors
    /// A name that none of them knows, with the nearest that they know.
    pub fn choose(&self, runs: Vec<Summary>) -> Result<Vec<Summary>> {
        if !runs.is_empty() {
            let known = names(&runs);
            for name in self.names() {
                check_name(name, &runs, &known)?;
            }
        }
        Ok(runs.into_iter().filter(|run| self.fits(run)).collect())
    }

    fn names(&self) -> Vec<&str> {
        match self {
            Filter::Has(name) | Filter::Compare(name, ..) => vec![name],
            Filter::Not(inner) => inner.names(),
            Filter::And(a, b) | Filter::Or(a, b) => [a.names(), b.names()].concat(),
        }
    }
}

/// # Errors
/// A name to which none of the runs says anything, and that none of them could have.
pub fn check_name(name: &str, runs: &[Summary], known: &[String]) -> Result<()> {
    let is_known = known.iter().any(|known| known == name) || runs.iter().any(|run| !value(run, name).is_null());
    if is_known {
        return Ok(());
    }
    let all: Vec<&str> = known.iter().map(String::as_str).collect();
    let nearest = did_you_mean(name, &all);
    Err(Error::new(
        ErrorKind::Usage,
        format!("no run has anything called `{name}`{nearest} (known: {})", all.join(", ")),
    ))
}

fn compare(found: &Value, operator: Operator, wanted: &Value) -> bool {
    if found.is_null() {
        return operator == Operator::Other;
    }
    if let Value::Array(values) = found {
        let any = |operator| values.iter().any(|value| compare(value, operator, wanted));
        return if operator == Operator::Other { !any(Operator::Equal) } else { any(operator) };
    }
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
    if operator == Operator::Contains {
        return shown(found).to_lowercase().contains(&shown(wanted).to_lowercase());
    }
    // A run's name may be a number, and a number of it may stand in quotes.
    let order = match found.is_string() == wanted.is_string() {
        true => by_value(found, wanted),
        false => by_value(&json!(shown(found)), &json!(shown(wanted))),
    };
    match operator {
        Operator::Equal => order == Ordering::Equal,
        Operator::Other => order != Ordering::Equal,
        Operator::Less => order == Ordering::Less,
        Operator::AtMost => order != Ordering::Greater,
        Operator::Greater => order == Ordering::Greater,
        Operator::AtLeast => order != Ordering::Less,
        Operator::Contains => false,
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

/// How deep parentheses may stand in each other.
const DEEPEST: usize = 100;

impl<'t> Parser<'t> {
    fn rest(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        &self.text[self.at..]
    }

    /// Takes one of these words, or signs, if it stands here.
    fn take(&mut self, words: &[&str]) -> bool {
        let rest = self.rest();
        let found = words.iter().find(|word| {
            let is_word = word.chars().all(char::is_alphabetic);
            rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                && !(is_word && rest[word.len()..].starts_with(in_name))
        });
        self.at += found.map_or(0, |word| word.len());
        found.is_some()
    }

    fn wrong(&mut self, wanted: &str) -> Error {
        let (text, rest) = (self.text, self.rest());
        let place = match rest {
            "" => "at its end".to_string(),
            rest => format!("before `{rest}`"),
        };
        let message = format!("the filter `{text}` lacks {wanted} {place}; such as `lr>1e-3 and status=finished`");
        Error::new(ErrorKind::Usage, message)
    }

    fn either(&mut self) -> Result<Filter> {
        let mut filter = self.both()?;
        while self.take(&["or", "||"]) {
            filter = Filter::Or(Box::new(filter), Box::new(self.both()?));
        }
        Ok(filter)
    }

    fn both(&mut self) -> Result<Filter> {
        let mut filter = self.one()?;
        while self.take(&["and", "&&"]) {
            filter = Filter::And(Box::new(filter), Box::new(self.one()?));
        }
        Ok(filter)
    }

    fn one(&mut self) -> Result<Filter> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Error::new(ErrorKind::Usage, format!("the filter is nested more than {DEEPEST} deep")));
        }
        let filter = if self.take(&["not"]) || self.rest().starts_with('!') && self.take(&["!"]) {
            Filter::Not(Box::new(self.one()?))
        } else if self.take(&["("]) {
            let inner = self.either()?;
            if !self.take(&[")"]) {
                return Err(self.wrong("`)`"));
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(filter)
    }

    fn comparison(&mut self) -> Result<Filter> {
        let name = self.word(in_name).ok_or_else(|| self.wrong("a name"))?;
        let rest = self.rest();
        let Some((sign, operator)) = OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign)) else {
            return Ok(Filter::Has(name));
        };
        self.at += sign.len();
        let value = self.value().ok_or_else(|| self.wrong("a value"))?;
        Ok(Filter::Compare(name, *operator, value))
    }

    fn word(&mut self, is_part: fn(char) -> bool) -> Option<String> {
        let rest = self.rest();
        let word = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        self.at += word.len();
        (!word.is_empty()).then(|| word.to_string())
    }

    fn value(&mut self) -> Option<Value> {
        let rest = self.rest();
        if let Some(quote) = rest.chars().next().filter(|c| ['"', '\''].contains(c)) {
            let text = rest[1..].split_once(quote)?.0;
            self.at += text.len() + 2;
            return Some(json!(text));
        }
        let word = self.word(|c| !c.is_whitespace() && !"()&|".contains(c))?;
        Some(match word.as_str() {
            "true" => json!(true),
            "false" => json!(false),
            _ => match word.parse::<f64>() {
                Ok(number) if number.is_finite() => json!(number),
                _ => json!(word),
            },
        })
    }
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::run::How;

    fn run(config: Value, tags: &[&str]) -> Summary {
        Summary {
            folder: "runs/a".into(),
            config,
            rows: vec![json!({ "epoch": 1, "lr": 0.5, "test_acc": 0.75 }).as_object().cloned().unwrap_or_default()],
            result: None,
            how: How::Finished,
            error: None,
            since: None,
            tags: tags.iter().map(ToString::to_string).collect(),
            wrong: Vec::new(),
        }
    }

    #[test]
    fn a_filter_chooses_runs() {
        let run = run(
            json!({ "options": { "lr": 0.01, "readout": "max", "clip": true, "or": 1 }, "name": "s" }),
            &["base", "x"],
        );
        for (filter, fits) in [
            ("lr=0.01", true),
            ("lr==1e-2", true),
            ("lr > 1e-3 and status=finished", true),
            ("lr>1e-3 and status=failed", false),
            ("status=failed or lr<1", true),
            ("not (status=failed or lr<1)", false),
            ("!clip", false),
            ("clip && readout='max'", true),
            ("readout~MA", true),
            ("readout!=max", false),
            ("hidden!=3", true),
            ("hidden>3", false),
            ("hidden", false),
            ("tags=base", true),
            ("tags!=base", false),
            ("tags=none", false),
            ("test_acc>=0.75", true),
            ("last.lr=0.5 and best.test_acc<0.76", true),
            ("options.or=1", true),
            ("status=failed or status=finished and lr=0.01", true),
            ("NOT status=failed", true),
        ] {
            assert_eq!(Filter::parse(filter).unwrap().fits(&run), fits, "{filter}");
        }
    }

    #[test]
    fn what_does_not_parse_is_said_with_its_place() {
        for (filter, said) in [
            ("", "lacks a name at its end"),
            ("lr>", "lacks a value at its end"),
            ("lr>1 status=x", "lacks `and` or `or` before `status=x`"),
            ("(lr>1", "lacks `)` at its end"),
            ("lr>1 and", "lacks a name at its end"),
            ("lr>1 and >2", "lacks a name before `>2`"),
            ("lr='a", "lacks a value before `'a`"),
            ("a=1)", "lacks `and` or `or` before `)`"),
        ] {
            let error = Filter::parse(filter).unwrap_err();
            assert!(error.message.contains(said), "{filter}: {error}");
            assert_eq!(error.kind, ErrorKind::Usage);
        }
        assert!(Filter::parse(&"(".repeat(100_000)).unwrap_err().message.contains("nested"));
        assert!(Filter::parse(&"!".repeat(100_000)).unwrap_err().message.contains("nested"));
    }

    #[test]
    fn a_name_that_no_run_has_is_said_with_the_nearest() {
        let runs = || vec![run(json!({ "options": { "hidden": 3 } }), &[])];
        let error = Filter::parse("hiden=3").unwrap().choose(runs()).unwrap_err();
        assert!(error.message.contains("`hiden`; did you mean `hidden`?"), "{error}");
        assert_eq!(Filter::parse("hidden=3").unwrap().choose(runs()).unwrap().len(), 1);
    }
}
