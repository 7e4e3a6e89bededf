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

/// Letter by letter, but digits as the number that they make: `run-9` before `run-10`. Texts that are numbers go by it (`1e-5` before `1e-4`), and before all others:
/// among those, `1e2` would stand between `1` and `9a` by its digits, and behind both by its size.
pub fn by_text(a: &str, b: &str) -> Ordering {
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => by_letters(a, b),
    }
}

/// `inf` and `nan` are words.
fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|_| text.contains(|c: char| c.is_ascii_digit()))
}

fn by_letters(a: &str, b: &str) -> Ordering {
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
    use proptest::prelude::*;
    use serde_json::json;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn texts_have_one_order(all in prop::collection::vec("[0-9a.e+-]{0,4}|run-[0-9]{1,3}|.{0,4}", 3)) {
            let [a, b, c] = [&all[0], &all[1], &all[2]];
            prop_assert_eq!(by_text(a, b), by_text(b, a).reverse());
            prop_assert_eq!(by_text(a, b) == Ordering::Equal, a == b);
            // Sorted by neighbours, it is sorted.
            let mut sorted = all.clone();
            sorted.sort_by(|x, y| by_text(x, y));
            prop_assert_ne!(by_text(&sorted[0], &sorted[2]), Ordering::Greater);
            if by_text(a, b) != Ordering::Greater && by_text(b, c) != Ordering::Greater {
                prop_assert_ne!(by_text(a, c), Ordering::Greater);
            }
        }
    }

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
