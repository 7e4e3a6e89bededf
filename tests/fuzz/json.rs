//! JSON with a part of it changed.

use super::chance::Chance;
use serde_json::{Value, json};

/// Changes one to three values somewhere in it, which stays JSON.
pub fn mutate(value: &mut Value, chance: &mut Chance) {
    for _ in 0..1 + chance.below(3) {
        let count = count(value);
        change(value, &mut chance.below(count), chance);
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// Changes the value that is reached after `left` others.
fn change(value: &mut Value, left: &mut usize, chance: &mut Chance) -> bool {
    if *left == 0 {
        *value = other(value, chance);
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| change(item, left, chance)),
        Value::Object(members) => members.values_mut().any(|member| change(member, left, chance)),
        _ => false,
    }
}

fn other(value: &Value, chance: &mut Chance) -> Value {
    const NUMBERS: &[f64] = &[0.0, -1.0, 0.5, 2.0, 1e18, -1e18, 1e300, 4_294_967_296.0, 2_147_483_648.0, 1e11];
    match (value, chance.below(8)) {
        (Value::Number(n), 0..=2) => {
            let n = n.as_i64().unwrap_or(1);
            json!(*chance.of(&[
                n.wrapping_add(1),
                n.wrapping_sub(1),
                n.saturating_mul(1000),
                n.wrapping_neg(),
                i64::MAX,
                i64::MIN,
                0,
                1 << 40
            ]))
        }
        (Value::Array(items), 0..=2) => {
            let mut items = items.clone();
            match (chance.below(4), items.is_empty()) {
                (_, true) => items.push(json!(1)),
                (0, _) => drop(items.remove(chance.below(items.len()))),
                (1, _) => items.push(chance.of(&items).clone()),
                (2, _) => items = vec![items; 1 << chance.below(12)].into_iter().flatten().take(10_000).collect(),
                _ => {
                    let at = chance.below(items.len());
                    items.swap(0, at);
                }
            }
            Value::Array(items)
        }
        (Value::Object(members), 0..=3) => {
            let mut members = members.clone();
            let keys: Vec<String> = members.keys().cloned().collect();
            if let Some(key) = (!keys.is_empty()).then(|| chance.of(&keys).clone()) {
                let member = members.remove(&key).unwrap_or_default();
                match chance.below(3) {
                    0 => {}
                    1 => drop(members.insert(format!("{key}2"), member)),
                    _ => drop(members.insert(chance.of(&keys).clone(), member)),
                }
            }
            Value::Object(members)
        }
        (Value::String(text), 0..=3) => match chance.below(6) {
            0 => json!(text.repeat(1 << chance.below(12))),
            1 => json!(text.chars().rev().collect::<String>()),
            2 => json!(format!("{text}\u{0}\u{1b}[31m")),
            3 => json!("../../../etc/passwd"),
            4 => json!(text.chars().take(1).collect::<String>()),
            _ => json!(format!("(?:{text}")),
        },
        (_, 4) => json!(*chance.of(NUMBERS)),
        (_, 5) => json!(*chance.of(&["", "a", "0", "\u{10FFFF}", "BertModel", "[UNK]", "I64", "true"])),
        (_, 6) => json!(*chance.of(&[true, false])),
        (_, 7) => (0..1 << chance.below(8)).fold(value.clone(), |inner, _| json!([inner])),
        _ => chance.of(&[Value::Null, json!([]), json!({}), json!([[], {}, null]), json!({ "type": 1 })]).clone(),
    }
}
