//! An error in words, and what would work instead.

use super::{docs, types::tidy};
use crate::error::nearest;
use crate::script::{
    base::error::message_of,
    language::sources::{CLOSURE, Sources},
};
use rhai::{Engine, EvalAltResult, ParseErrorType};

/// Where an error stands, as far as advice depends on it.
pub struct Place<'a> {
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
                false => Some(format!("it is called as {}", signatures.join(", or "))),
            }
        }
        EvalAltResult::ErrorDotExpr(text, _) => did_you_mean(property(text)?.0),
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
            place.in_function.then(|| blind.to_string())
        }
        EvalAltResult::ErrorParsing(ParseErrorType::Reserved(word), _) if ["print", "debug"].contains(&&**word) => {
            Some(format!("it is a function, which is called as {word}(…)"))
        }
        _ => None,
    }
}

/// The ways to call a function of the program, of the standard library or of a script.
fn signatures(engine: &Engine, sources: &Sources, name: &str) -> Vec<String> {
    let own = sources.signatures(name);
    if own.is_empty() { docs::signatures(engine, name) } else { own }
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
