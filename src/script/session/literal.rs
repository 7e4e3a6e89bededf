//! Values as a script writes them, and the names that it gives them.

use crate::script::base::nesting::{DEEPEST_JSON, deeper, text};
use crate::script::language::lexer::{Kind, Token, lex};
use rhai::{Array, Dynamic, Map};

/// The names that a text gives a value to: `x` in `let x = 1` and in `x += 1`.
pub fn assigned(text: &str) -> Vec<String> {
    let lexed = lex(text);
    let code: Vec<&Token> = lexed.code().collect();
    let assigns = |operator: &str| operator.ends_with('=') && !["==", "!=", "<=", ">="].contains(&operator);
    let pairs = code.windows(2).filter(|pair| pair[0].kind == Kind::Name && assigns(pair[1].text(text)));
    let mut names: Vec<String> = pairs.map(|pair| pair[0].text(text).to_string()).collect();
    names.sort();
    names.dedup();
    names
}

/// The variables that a text changes by assigning to them or into them: `x` in `x += 1`, `m` in `m.a[0] = 1`, `t` in `if b { t.o.clip = 1.0 }`.
pub fn changed(text: &str) -> Vec<String> {
    let lexed = lex(text);
    let code: Vec<&Token> = lexed.code().collect();
    let word = |i: usize| code.get(i).map_or("", |t| t.text(text));
    let assigns = |operator: &str| operator.ends_with('=') && !["==", "!=", "<=", ">="].contains(&operator);
    let begins = |i: usize| i == 0 || [";", "{", "}", "let", "const", "=>", "|", "||", "else"].contains(&word(i - 1));
    let is_changed = |i: &usize| {
        code[*i].kind == Kind::Name
            && begins(*i)
            && (i + 1..code.len()).take_while(|j| ![";", "{", "}"].contains(&word(*j))).any(|j| assigns(word(j)))
    };
    let mut names: Vec<String> = (0..code.len()).filter(is_changed).map(|i| word(i).to_string()).collect();
    names.sort();
    names.dedup();
    names
}

/// Whether arrays or maps hold other things, as far as their text says.
pub fn holds_others(old: &Dynamic, new: &Dynamic) -> bool {
    let holds = |value: &Dynamic| value.is_array() || value.is_map() || value.is_blob() || value.is_string();
    (holds(old) || holds(new)) && text(old) != text(new)
}

/// A plain value as a script writes it.
pub fn literal(value: &Dynamic) -> Option<String> {
    let _level = deeper(DEEPEST_JSON).ok()?;
    if value.is_shared() {
        return literal(&value.flatten_clone());
    }
    let joined = |parts: Option<Vec<String>>| parts.map(|parts| parts.join(", "));
    if let Some(array) = value.read_lock::<Array>() {
        return joined(array.iter().map(literal).collect()).map(|inner| format!("[{inner}]"));
    }
    if let Some(map) = value.read_lock::<Map>() {
        let field = |(name, value): (_, &Dynamic)| Some(format!("{name:?}: {}", literal(value)?));
        return joined(map.iter().map(field).collect()).map(|inner| format!("#{{ {inner} }}"));
    }
    let plain = value.is_int() || value.is_bool() || value.is_string() || value.as_float().is_ok_and(f64::is_finite);
    plain.then(|| format!("{value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_changes_is_told_by_where_it_assigns() {
        let text = "a.b[0].c = 1; let d = e; if f == g { h += 1 } i(j); k <= l; for m in n { o[p] = q }";
        assert_eq!(changed(text), ["a", "d", "h", "o"]);
        assert!(holds_others(&"a".into(), &"b".into()) && !holds_others(&1.into(), &2.into()));
    }

    #[test]
    fn names_that_are_given_a_value_are_told_from_those_that_are_compared() {
        assert_eq!(assigned("let b = 1; for x in y { a += x; } c == d; e.f = 2"), ["a", "b", "f"]);
    }
}
