//! A script error as the user sees it: what happened, the line with a caret, and the way there.

use super::{
    docs,
    error::message_of,
    sources::{CLOSURE, Sources},
};
use crate::error::ErrorKind;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use rhai::{Engine, EvalAltResult, Position};
use std::io::IsTerminal;

/// Where the standard library's checks of arguments stand.
const CHECKS: &str = "stdlib/opts.rhai";

/// One place on the way to an error: `in` what, where.
struct Frame {
    function: String,
    source: String,
    position: Position,
}

/// The report on `error`, raised by the script `name`.
pub fn render(engine: &Engine, sources: &Sources, name: &str, error: &EvalAltResult) -> String {
    let (cause, mut source, mut frames) = unwind(sources, name, error);
    let title = docs::plain_types(&describe(engine, cause));
    let mut position = cause.position();
    // A check that failed is the fault of the line that asked for it.
    if source == CHECKS && !frames.is_empty() {
        let caller = frames.remove(0);
        (source, position) = (caller.source, caller.position);
    }
    let text = sources.get(&source).unwrap_or_default();
    let mut notes: Vec<String> = Vec::new();
    if let Some(help) = help(engine, cause) {
        notes.push(help);
    }
    let mut report = Group::with_title(Level::ERROR.primary_title(&title));
    match span(&text, position) {
        Some(span) => {
            let annotation = AnnotationKind::Primary.span(span);
            report = report.element(Snippet::source(text.as_ref()).path(&source).annotation(annotation));
        }
        None => notes.push(format!("in {source}")),
    }
    for frame in &frames {
        let place = match (frame.position.line(), frame.position.position()) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}", frame.source),
            _ => frame.source.clone(),
        };
        notes.push(format!("{} called from {place}", frame.function));
    }
    for note in &notes {
        report = report.element(Level::NOTE.no_name().message(note));
    }
    renderer().render(&[report]).trim_end().to_string()
}

/// The message, if the error is the command line's fault rather than the script's.
pub fn usage(error: &EvalAltResult) -> Option<String> {
    let (EvalAltResult::ErrorRuntime(thrown, _), _, _) = unwind(&Sources::default(), "", error) else { return None };
    let map = thrown.read_lock::<rhai::Map>()?;
    let kind = map.get("kind")?.clone().into_string().ok()?;
    (kind == ErrorKind::Usage.as_str()).then(|| map.get("message").map(ToString::to_string).unwrap_or_default())
}

fn renderer() -> Renderer {
    let plain = !std::io::stderr().is_terminal()
        || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
        || std::env::var_os("TERM").is_some_and(|t| t == "dumb");
    let renderer = if plain { Renderer::plain() } else { Renderer::styled() };
    renderer.decor_style(DecorStyle::Ascii)
}

/// The innermost cause, the source it stands in, and the calls that led to it, innermost first.
fn unwind<'a>(sources: &Sources, name: &str, error: &'a EvalAltResult) -> (&'a EvalAltResult, String, Vec<Frame>) {
    let (mut error, mut source, mut frames) = (error, name.to_string(), Vec::new());
    loop {
        match error {
            EvalAltResult::ErrorInFunctionCall(function, inside, inner, position) => {
                let shown = if function.starts_with(CLOSURE) { "closure".to_string() } else { format!("{function}()") };
                frames.push(Frame { function: shown, source: source.clone(), position: *position });
                // A closure that a module calls carries the module's name, a function of an earlier line the name of the line that
                // calls it; both stand where they were written.
                let home = sources.home(function, inside);
                if let Some(inside) = home.or_else(|| Some(inside.clone()).filter(|s| !s.is_empty())) {
                    source = inside;
                }
                error = inner;
            }
            EvalAltResult::ErrorInModule(module, inner, position) => {
                frames.push(Frame {
                    function: format!("module {module}"),
                    source: source.clone(),
                    position: *position,
                });
                source = module.clone();
                error = inner;
            }
            _ => {
                frames.reverse();
                return (error, source, frames);
            }
        }
    }
}

/// The error in words, without its position.
fn describe(engine: &Engine, error: &EvalAltResult) -> String {
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
            if name.starts_with(CLOSURE) {
                let given = docs::tidy(call.get(name.len()..).unwrap_or_default().trim());
                return format!("a closure is called with {given}, but takes another number of parameters");
            }
            match docs::signatures(engine, name).is_empty() {
                true => format!("no function `{name}`"),
                false => format!(
                    "`{name}` cannot be called with {}",
                    docs::tidy(call.get(name.len()..).unwrap_or_default().trim())
                ),
            }
        }
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
fn help(engine: &Engine, error: &EvalAltResult) -> Option<String> {
    let name = match error {
        EvalAltResult::ErrorFunctionNotFound(call, _) if !call.starts_with(CLOSURE) => docs::called_name(call),
        _ => return None,
    };
    let signatures = docs::signatures(engine, name);
    if !signatures.is_empty() {
        return Some(format!("it is called as {}", signatures.join(", or ")));
    }
    let names = docs::names(engine);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    crate::error::nearest(name, &names).map(|near| format!("did you mean `{near}`?"))
}

/// The bytes of `text` that `position` (line and column, from 1, in characters) points at: a word, else one character.
fn span(text: &str, position: Position) -> Option<std::ops::Range<usize>> {
    let line = position.line()?;
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.get(start..)?;
    let column = position.position().unwrap_or(1).saturating_sub(1);
    let offset: usize = rest.chars().take(column).map(char::len_utf8).sum();
    let rest = rest.get(offset..)?;
    let word: usize = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum();
    let first = rest.chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
    let start = start + offset;
    Some(start..start + word.max(first))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
