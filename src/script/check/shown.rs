//! A finding as the user sees it: number, place, the line with a mark, what would do.

use super::findings::kind::Finding;
use crate::output::{in_a_line, visible};
use crate::script::help::diagnostics::{renderer, span};
use annotate_snippets::{AnnotationKind, Group, Level, Snippet};

/// A longer line is not shown: nobody could read it, nor its mark.
const LONGEST: usize = 1000;
/// Beyond these the interpreter does not count.
const COUNTED: usize = u16::MAX as usize;

pub fn one(name: &str, text: &str, finding: &Finding, is_styled: bool) -> String {
    let level = if finding.kind.is_error() { Level::ERROR } else { Level::WARNING };
    let title = visible(&finding.title);
    let mut report = Group::with_title(level.primary_title(title.as_ref()).id(finding.kind.number));
    let path = in_a_line(name).into_owned();
    let line = finding.position.line().and_then(|line| text.lines().nth(line - 1)).unwrap_or_default();
    let is_counted = finding.position.line().is_none_or(|line| line < COUNTED);
    let place = match span(text, finding.position).filter(|_| line.len() <= LONGEST && is_counted) {
        Some(span) => {
            report = report.element(Snippet::source(text).path(path).annotation(AnnotationKind::Primary.span(span)));
            None
        }
        None => {
            let beyond = |n: Option<usize>| match n {
                Some(n) if n >= COUNTED => format!("> {COUNTED}"),
                Some(n) => n.to_string(),
                None => "1".to_string(),
            };
            Some(format!("at {path}:{}:{}", beyond(finding.position.line()), beyond(finding.position.position())))
        }
    };
    let remedy = finding.remedy.as_ref().map(|remedy| visible(remedy).into_owned());
    for note in place.into_iter().chain(remedy) {
        report = report.element(Level::NOTE.no_name().message(note));
    }
    renderer(!is_styled).render(&[report]).trim_end().to_string()
}
