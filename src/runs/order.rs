//! The order of values as people count: numbers by their size, in texts too.

use serde_json::Value;
use std::cmp::Ordering;

/// Numbers before texts, texts before all else; `b2` before `b10`, 1e-3 before 1e-2.
pub fn by_value(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => {
            let (x, y) = (x.as_f64().unwrap_or(f64::NAN), y.as_f64().unwrap_or(f64::NAN));
            x.total_cmp(&y)
        }
        (Value::String(x), Value::String(y)) => by_text(x, y),
        (Value::Bool(x), Value::Bool(y)) => x.cmp(y),
        _ => rank(a).cmp(&rank(b)).then_with(|| by_text(&a.to_string(), &b.to_string())),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Bool(_) => 0,
        Value::Number(_) => 1,
        Value::String(_) => 2,
        Value::Array(_) => 3,
        Value::Object(_) => 4,
        Value::Null => 5,
    }
}

/// Letter by letter, but digits as the number that they make; a text that is a number goes by it (`1e-5` before `1e-4`).
pub fn by_text(a: &str, b: &str) -> Ordering {
    if let (Ok(x), Ok(y)) = (a.parse::<f64>(), b.parse::<f64>()) {
        return x.total_cmp(&y).then_with(|| a.cmp(b));
    }
    let (mut x, mut y) = (a, b);
    loop {
        let (Some(p), Some(q)) = (x.chars().next(), y.chars().next()) else {
            return x.len().cmp(&y.len()).then_with(|| a.cmp(b));
        };
        if p.is_ascii_digit() && q.is_ascii_digit() {
            let (m, n) = (digits(x), digits(y));
            let (short, long) = (m.trim_start_matches('0'), n.trim_start_matches('0'));
            let order = short.len().cmp(&long.len()).then_with(|| short.cmp(long));
            if order != Ordering::Equal {
                return order;
            }
            (x, y) = (&x[m.len()..], &y[n.len()..]);
        } else if p == q {
            (x, y) = (&x[p.len_utf8()..], &y[q.len_utf8()..]);
        } else {
            return p.cmp(&q);
        }
    }
}

fn digits(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_sort_as_people_count() {
        let mut texts = vec!["run-10", "run-9", "1e-2", "run-9b", "1e-10", "run-009", "2", "10", "é", "run"];
        texts.sort_by(|a, b| by_text(a, b));
        assert_eq!(texts, ["1e-10", "1e-2", "2", "10", "run", "run-009", "run-9", "run-9b", "run-10", "é"]);
        let mut values = vec![json!(null), json!("b10"), json!(2), json!("b9"), json!(1e-3), json!(true), json!([1])];
        values.sort_by(by_value);
        assert_eq!(values, [json!(true), json!(1e-3), json!(2), json!("b9"), json!("b10"), json!([1]), json!(null)]);
    }
}
