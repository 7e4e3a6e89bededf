//! What a `key=value` of a sweep stands for: several values, or a range to draw from.

use crate::error::{Error, ErrorKind, Result};

/// More than any sweep has trials.
const MOST: i64 = 1_000_000;

/// What an option is to be in turn.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Each of them.
    Listed(Vec<String>),
    /// A number of this range, another one for each draw.
    Drawn(Range),
}

/// Numbers between two, both of which can be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
    /// Evenly by their logarithms.
    log: bool,
    /// Whole numbers alone: both ends were written as such.
    whole: bool,
}

impl Values {
    /// `a,b,c`; `1..5`, whole numbers, the last among them; `log:1e-5..1e-2` and `uniform:0..0.5`, from which is drawn. Commas inside of brackets and quotes
    /// divide nothing.
    ///
    /// # Errors
    /// No value, ends that are no numbers or in the wrong order.
    pub fn parse(key: &str, text: &str) -> Result<Values> {
        let wrong = |why: String| Error::new(ErrorKind::Usage, format!("{key}={text}: {why}"));
        if let Some((log, ends)) = drawn(text) {
            return Range::parse(ends, log).map(Values::Drawn).map_err(wrong);
        }
        let mut all = Vec::new();
        for piece in pieces(text) {
            match piece.split_once("..") {
                _ if piece.is_empty() => return Err(wrong("there is no value at a comma, or none at all".into())),
                Some((low, high)) if is_number(low) && is_number(high.trim_start_matches('=')) => {
                    all.extend(counted(low, high.trim_start_matches('=')).map_err(wrong)?);
                }
                _ => all.push(unquoted(piece).to_string()),
            }
        }
        Ok(Values::Listed(all))
    }
}

/// The ends of a range from which is drawn, and whether by their logarithms.
fn drawn(text: &str) -> Option<(bool, &str)> {
    let log = text.strip_prefix("log:").map(|ends| (true, ends));
    log.or_else(|| text.strip_prefix("uniform:").map(|ends| (false, ends)))
}

impl Range {
    fn parse(ends: &str, log: bool) -> Result<Range, String> {
        let form = "a range is written low..high, such as log:1e-5..1e-2";
        let (low, high) = ends.split_once("..").ok_or(form)?;
        let (low, high) = (low.trim(), high.trim());
        let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite()).ok_or(form);
        let range = Range {
            low: number(low)?,
            high: number(high)?,
            log,
            whole: [low, high].iter().all(|n| n.parse::<i64>().is_ok()),
        };
        match () {
            () if range.low > range.high => Err(format!("{low} is larger than {high}")),
            () if log && range.low <= 0.0 => Err("only numbers above 0 have a logarithm".into()),
            () => Ok(range),
        }
    }

    /// The number at a share of the range, from 0 up to 1, as it is handed to the script: three digits say what was tried, and can be typed again.
    pub fn at(&self, share: f64) -> String {
        let (low, high) = match (self.log, self.whole) {
            // Each whole number has its own part of the range, the last one, too.
            (false, true) => (self.low, self.high + 1.0),
            (true, true) => (self.low.ln(), (self.high + 1.0).ln()),
            (true, false) => (self.low.ln(), self.high.ln()),
            (false, false) => (self.low, self.high),
        };
        let at = low + share * (high - low);
        let at = if self.log { at.exp() } else { at };
        match self.whole {
            true => format!("{}", at.floor().clamp(self.low, self.high)),
            false => three_digits(at).clamp(self.low, self.high).to_string(),
        }
    }
}

fn three_digits(x: f64) -> f64 {
    format!("{x:.2e}").parse().unwrap_or(x)
}

fn is_number(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok()
}

/// `low..high`, both among them.
fn counted(low: &str, high: &str) -> Result<Vec<String>, String> {
    let whole = |text: &str| text.trim().parse::<i64>();
    let (Ok(low), Ok(high)) = (whole(low), whole(high)) else {
        return Err(format!(
            "what lies between {low} and {high} is not counted: list the values, or draw them with uniform:{low}..{high} or log:{low}..{high} and --random N"
        ));
    };
    match high.checked_sub(low) {
        Some(more) if (0..MOST).contains(&more) => Ok((low..=high).map(|n| n.to_string()).collect()),
        Some(less) if less < 0 => Err(format!("{low} is larger than {high}: no value is between them")),
        _ => Err(format!("these are more than {MOST} values")),
    }
}

/// A value in quotes stands for what is in them.
fn unquoted(piece: &str) -> &str {
    let inner = piece.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(piece)
}

/// What stands between the commas that are not inside of brackets or quotes.
fn pieces(text: &str) -> Vec<&str> {
    let (mut all, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '[' | '{' | '(' if !quoted => depth += 1,
            ']' | '}' | ')' if !quoted => depth -= 1,
            ',' if !quoted && depth <= 0 => {
                all.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    all.push(text[start..].trim());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str) -> Vec<String> {
        match Values::parse("k", text).unwrap() {
            Values::Listed(all) => all,
            drawn => panic!("{drawn:?}"),
        }
    }

    #[test]
    fn values_are_lists_and_counts() {
        assert_eq!(listed("1e-3,3e-3"), ["1e-3", "3e-3"]);
        assert_eq!(listed("1..3,7"), ["1", "2", "3", "7"]);
        assert_eq!(listed("-1..=1"), ["-1", "0", "1"]);
        assert_eq!(listed("[1,2],[3]"), ["[1,2]", "[3]"]);
        assert_eq!(listed("\"title,body\",title"), ["title,body", "title"]);
        assert_eq!(listed("\"a\"b\",c"), ["\"a\"b\",c"]);
        assert_eq!(listed("../data,a..b"), ["../data", "a..b"]);
    }

    #[test]
    fn what_gives_no_values_is_refused() {
        for (text, why) in [
            ("", "there is no value"),
            ("1,,2", "at a comma"),
            ("5..1", "5 is larger than 1"),
            ("0.1..0.5", "uniform:0.1..0.5"),
            ("1..99999999", "more than"),
            ("log:0..1", "logarithm"),
            ("log:1e-2", "low..high"),
            ("uniform:2..1", "2 is larger"),
            ("log:a..b", "low..high"),
        ] {
            let message = Values::parse("lr", text).unwrap_err().message;
            assert!(message.starts_with(&format!("lr={text}: ")) && message.contains(why), "{message}");
        }
    }

    #[test]
    fn draws_stay_in_their_range_and_are_as_whole_as_its_ends() {
        let Values::Drawn(rate) = Values::parse("lr", "log:1e-5..1e-2").unwrap() else { panic!() };
        assert_eq!([rate.at(0.0), rate.at(0.5), rate.at(1.0)], ["0.00001", "0.000316", "0.01"]);
        let Values::Drawn(size) = Values::parse("hidden", "log:16..256").unwrap() else { panic!() };
        assert_eq!([size.at(0.0), size.at(0.5), size.at(1.0)], ["16", "64", "256"]);
        let Values::Drawn(depth) = Values::parse("depth", "uniform:1..3").unwrap() else { panic!() };
        assert_eq!([0.0, 0.3, 0.4, 0.7, 0.99].map(|share| depth.at(share)), ["1", "1", "2", "3", "3"]);
    }
}
