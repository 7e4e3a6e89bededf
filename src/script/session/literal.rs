//! Values as a script writes them, and the names that it gives them.

use crate::script::base::nesting::{DEEPEST_JSON, deeper};
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
    fn names_that_are_given_a_value_are_told_from_those_that_are_compared() {
        assert_eq!(assigned("let b = 1; for x in y { a += x; } c == d; e.f = 2"), ["a", "b", "f"]);
    }
}
