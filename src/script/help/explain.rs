//! An error in words, and what would work instead.

use super::{docs, types::tidy};
use crate::error::nearest;
use crate::script::{
    base::error::message_of,
    language::lexer::{Kind, lex},
    language::sources::{CLOSURE, Sources},
};
use rhai::{Engine, EvalAltResult, ParseErrorType};

/// Where an error stands, as far as advice depends on it.
pub struct Place<'a> {
    /// The text in which it stands.
    pub text: &'a str,
    /// What stands behind the word that the error points at.
    pub behind: &'a str,
    /// Whether a function with a name raised it.
    pub in_function: bool,
}

/// The error, without its position.
pub fn describe(engine: &Engine, sources: &Sources, error: &EvalAltResult) -> String {
    match error {
        EvalAltResult::ErrorRuntime(thrown, _) => message_of(thrown),
        EvalAltResult::ErrorTerminated(token, _) => token.to_string(),
        EvalAltResult::ErrorParsing(cause, _) => format!("syntax error: {cause}"),
        EvalAltResult::ErrorVariableNotFound(name, _) => format!("no variable `{name}` here"),
        EvalAltResult::ErrorPropertyNotFound(name, _) => format!("no property `{name}`"),
        EvalAltResult::ErrorModuleNotFound(what, _) => format!("no module {what}"),
        EvalAltResult::ErrorStackOverflow(_) => {
            "functions call each other too deep: does one call itself for ever?".into()
        }
        EvalAltResult::ErrorMismatchDataType(expected, given, _) if given.contains("range::Range") => {
            format!(
                "a range stands where {} is wanted",
                if expected.ends_with("64") { "a whole number" } else { expected }
            )
        }
        EvalAltResult::ErrorDataRace(..) => {
            "a closure uses a variable while the method that runs it works on that variable, or a part of it".into()
        }
        EvalAltResult::ErrorFunctionNotFound(call, _) => {
            let name = docs::called_name(call);
            let given = tidy(call.get(name.len()..).unwrap_or_default().trim());
            if name.starts_with(CLOSURE) {
                return format!("a closure is called with {given}, but takes another number of parameters");
            }
            if is_operator(name) {
                let types = given.trim_start_matches('(').trim_end_matches(')').replace(", ", " and ");
                return format!("`{name}` does not work on {types}");
            }
            match signatures(engine, sources, name).is_empty() {
                true => format!("no function `{name}`"),
                false => format!("`{name}` cannot be called with {given}"),
            }
        }
        EvalAltResult::ErrorDotExpr(text, _) if text.contains("property '") => match property(text) {
            Some((name, owner)) => {
                let settable = if text.contains("setter") { " that can be set" } else { "" };
                format!("{} has no property `{name}`{settable}", tidy(owner))
            }
            None => text.clone(),
        },
        other => {
            let mut other = other.to_string();
            // The position stands in the snippet.
            if let Some(at) = other.rfind(" (line ") {
                other.truncate(at);
            }
            lower_first(&other)
        }
    }
}

/// What would work instead of a text that does not parse.
pub fn of_syntax(error: &EvalAltResult) -> Option<String> {
    match error {
        EvalAltResult::ErrorParsing(ParseErrorType::Reserved(word), _) if ["print", "debug"].contains(&&**word) => {
            Some(format!("it is a function, which is called as {word}(…)"))
        }
        _ => None,
    }
}

/// What would work instead, where that can be told.
pub fn advice(engine: &Engine, sources: &Sources, error: &EvalAltResult, place: &Place) -> Option<String> {
    let did_you_mean = |name: &str| {
        let names = docs::names(engine);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        nearest(name, &names).map(|near| format!("did you mean `{near}`?"))
    };
    match error {
        EvalAltResult::ErrorFunctionNotFound(call, _) => {
            let name = docs::called_name(call);
            if name.starts_with(CLOSURE) || is_operator(name) {
                return None;
            }
            let signatures = signatures(engine, sources, name);
            match signatures.is_empty() {
                true => did_you_mean(name),
                false => Some(format!("it is called as {}", ways(name, signatures, arguments(call)))),
            }
        }
        EvalAltResult::ErrorDataRace(..) => {
            let example = "`let rows = t.rows; rows.map(|row| … t …)` works where `t.rows.map(|row| … t …)` does not, and \
                `let all = list; list.map(|x| … all …)` where `list.map(|x| … list …)` does not";
            Some(format!("give the closure another name of it: {example}"))
        }
        EvalAltResult::ErrorDotExpr(text, _) => {
            let name = property(text)?.0;
            match docs::names(engine).iter().any(|known| known == name) {
                true => Some(format!("it is a function, which is called with parentheses: {name}(…)")),
                false => did_you_mean(name),
            }
        }
        EvalAltResult::ErrorVariableNotFound(name, _) => {
            let behind = place.behind.trim_start();
            if behind.starts_with('=') && !behind.starts_with("==") {
                return Some(format!("a new variable begins with `let`: let {name} = …"));
            }
            if let Some(signature) = signatures(engine, sources, name).into_iter().find(|s| s.contains('(')) {
                return Some(format!("it is a function, which is called as {signature}"));
            }
            let member = format!("{name}::");
            if let Some(function) = docs::names(engine).into_iter().find(|known| known.starts_with(&member)) {
                return Some(format!("it is a module: its functions are called as {function}(…)"));
            }
            let blind = "a function sees its parameters and its own variables, none from outside: hand it over";
            let declared = declared(place.text);
            let is_outside = place.in_function && declared.contains(&name.as_str());
            let others: Vec<&str> = declared.iter().copied().filter(|other| other != name).collect();
            let near = || nearest(name, &others).map(|near| format!("did you mean `{near}`?"));
            (!is_outside).then(near).flatten().or_else(|| place.in_function.then(|| blind.to_string()))
        }
        EvalAltResult::ErrorMismatchDataType(expected, given, _) if expected == "bool" && tidy(given).ends_with("Tensor") => {
            Some("a condition is true or false: `.item()` is the value of a tensor of one element, `.all()` and `.any()` look at several".to_string())
        }
        EvalAltResult::ErrorMismatchDataType(_, given, _) if given.contains("range::Range") => {
            Some("a part of an array is `xs.extract(1..3)`; texts and tensors have `x[1..3]`".to_string())
        }
        _ => of_syntax(error),
    }
}

/// The ways to call a function of the program, of the standard library or of a script.
fn signatures(engine: &Engine, sources: &Sources, name: &str) -> Vec<String> {
    let own = sources.signatures(name);
    if own.is_empty() { docs::signatures(engine, name) } else { own }
}

/// How many arguments `name (int, string)` has.
fn arguments(call: &str) -> usize {
    let given = call.split_once('(').map_or("", |(_, given)| given).trim_end_matches(')');
    if given.trim().is_empty() { 0 } else { given.split(", ").count() }
}

/// The ways to call a function, those with as many parameters first, and no more than can be read at a glance.
pub fn ways(name: &str, mut signatures: Vec<String>, given: usize) -> String {
    const SHOWN: usize = 4;
    /// Numbers that the interpreter knows beside those that scripts have.
    const OTHER_NUMBERS: [&str; 9] = ["i8", "i16", "i32", "i128", "u8", "u16", "u32", "u64", "u128"];
    let is_usual = |signature: &String| {
        let mut words = signature.split(|c: char| !c.is_alphanumeric());
        !words.any(|word| OTHER_NUMBERS.contains(&word))
    };
    if signatures.iter().any(is_usual) {
        signatures.retain(is_usual);
    }
    signatures.sort_by_key(|signature| arguments(signature.split(" ->").next().unwrap_or_default()).abs_diff(given));
    let more = signatures.len().saturating_sub(SHOWN);
    signatures.truncate(SHOWN);
    let ways = signatures.join(", or ");
    if more == 0 { ways } else { format!("{ways}; `imdbsh doc {name}` has {more} more") }
}

/// The names that a text gives to variables and parameters.
fn declared(text: &str) -> Vec<&str> {
    let tokens: Vec<(Kind, &str)> =
        lex(text).tokens.iter().filter(|t| t.kind != Kind::Comment).map(|t| (t.kind, t.text(text))).collect();
    let is_parameter = |at: usize| {
        let before = tokens[..at].iter().rev().take_while(|(kind, text)| *kind == Kind::Name || *text == ",").count();
        let opens = at.checked_sub(before + 1).map(|open| (open, tokens[open].1));
        match opens {
            // `|a, b|`, and not the body behind it.
            Some((_, "|")) => matches!(tokens.get(at + 1), Some((_, "," | "|"))),
            // `fn name(a, b)`
            Some((open, "(")) => open >= 2 && tokens[open - 2].1 == "fn",
            _ => false,
        }
    };
    let is_declared = |at: usize| match at.checked_sub(1).map(|before| tokens[before].1) {
        Some("let" | "const" | "for") => true,
        Some("|" | "(" | ",") => is_parameter(at),
        _ => false,
    };
    (0..tokens.len()).filter(|at| tokens[*at].0 == Kind::Name && is_declared(*at)).map(|at| tokens[at].1).collect()
}

fn is_operator(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The property and the type of `Unknown property 'foo' - a getter is not registered for type 'i64'`.
fn property(text: &str) -> Option<(&str, &str)> {
    let mut quoted = text.split('\'').skip(1).step_by(2);
    Some((quoted.next()?, quoted.next()?))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_declared_by_let_and_const_and_for_and_as_parameters() {
        let text = "let epochs = 3; const RATE = 0.1; for (x, i) in rows { } fn twice(n, m) { n * other } let f = |batch, row| batch.len; call(a, b)";
        assert_eq!(declared(text), ["epochs", "RATE", "n", "m", "f", "batch", "row"]);
    }

    #[test]
    fn the_ways_to_call_that_come_nearest_are_shown_first_and_the_others_counted() {
        let all = ["f(a)", "f(a, b: i8)", "f(a, b)", "f()", "f(a, b, c)", "f(a, b, c, d)"].map(String::from).to_vec();
        assert_eq!(ways("f", all, 2), "f(a, b), or f(a), or f(a, b, c), or f(); `imdbsh doc f` has 1 more");
        assert_eq!(ways("f", vec!["f(a: u8)".into()], 0), "f(a: u8)");
        assert_eq!([arguments("f ()"), arguments("f (int)"), arguments("f (int, string)")], [0, 1, 2]);
    }
}
