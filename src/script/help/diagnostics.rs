//! A script error as the user sees it: what happened, the line with a caret, and the way there.

use super::{explain, types::plain_types};
use crate::error::ErrorKind;
use crate::output::{in_a_line, is_stderr_coloured, visible};
use crate::script::{
    base::error::message_of,
    language::sources::{CLOSURE, Sources},
};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use rhai::{Dynamic, Engine, EvalAltResult, Position};

/// Where the embedded standard library stands, and in it the checks of arguments.
const LIBRARY: &str = "stdlib/";
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
    let title = plain_types(&explain::describe(engine, sources, cause));
    let title = visible(&title);
    let mut position = cause.position();
    // A check that failed is the fault of the line that asked for it, a wrong option that of the line that gave it.
    let is_others_fault = |source: &str| source == CHECKS || is_option(cause) && source.starts_with(LIBRARY);
    while is_others_fault(&source) && !frames.is_empty() {
        let caller = frames.remove(0);
        (source, position) = (caller.source, caller.position);
    }
    let text = sources.get(&source).unwrap_or_default();
    let pointed_at = span(&text, position);
    let place = explain::Place {
        text: &text,
        behind: pointed_at.as_ref().and_then(|span| text.get(span.end..)).unwrap_or_default(),
        in_function: frames.first().is_some_and(|frame| frame.function.ends_with("()")),
    };
    let mut notes: Vec<String> = explain::advice(engine, sources, cause, &place).into_iter().collect();
    let mut report = Group::with_title(Level::ERROR.primary_title(title.as_ref()));
    match pointed_at {
        Some(span) => {
            let annotation = AnnotationKind::Primary.span(span);
            let path = in_a_line(&source).into_owned();
            report = report.element(Snippet::source(text.as_ref()).path(path).annotation(annotation));
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
    for note in notes.iter().map(|note| visible(note)) {
        report = report.element(Level::NOTE.no_name().message(note));
    }
    renderer(!is_stderr_coloured()).render(&[report]).trim_end().to_string()
}

/// The message, if the error is the command line's fault rather than the script's.
pub fn usage(error: &EvalAltResult) -> Option<String> {
    let (EvalAltResult::ErrorRuntime(thrown, _), _, _) = unwind(&Sources::default(), "", error) else { return None };
    has_kind(thrown, ErrorKind::Usage).then(|| message_of(thrown))
}

fn is_option(cause: &EvalAltResult) -> bool {
    matches!(cause, EvalAltResult::ErrorRuntime(thrown, _) if has_kind(thrown, ErrorKind::Option))
}

fn has_kind(thrown: &Dynamic, kind: ErrorKind) -> bool {
    let own = thrown.read_lock::<rhai::Map>().and_then(|map| map.get("kind")?.clone().into_string().ok());
    own.is_some_and(|own| own == kind.as_str())
}

/// What draws reports.
pub fn renderer(is_plain: bool) -> Renderer {
    let renderer = if is_plain { Renderer::plain() } else { Renderer::styled() };
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

/// The bytes of `text` that `position` (line and column, from 1, in characters) points at: a word, else one character. Without a
/// position, which the interpreter's own arithmetic does not give, the only line.
pub fn span(text: &str, position: Position) -> Option<std::ops::Range<usize>> {
    let Some(line) = position.line() else {
        let only = text.trim_end();
        return (!only.is_empty() && !only.contains('\n')).then_some(0..only.len());
    };
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
