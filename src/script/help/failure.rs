//! How a script ends early, and the report that says why.

use super::diagnostics;
use crate::error::{Error, ErrorKind};
use crate::output::visible;
use crate::script::{
    base::guard::caught,
    language::{
        namespaces::compiled,
        sources::{Sources, plain},
    },
};
use crate::{interrupt, memory};
use rhai::{AST, Dynamic, Engine, EvalAltResult, Scope};

/// How a script ended early, with the report as the user is to see it.
#[derive(Debug)]
pub enum Failure {
    /// The script raised an error.
    Script(String),
    /// The user stopped it.
    Interrupted(String),
    /// The command was wrong: no such file, unknown options.
    Usage(String),
}

impl Failure {
    /// What a command that no script has raised it in ends with.
    pub fn of(error: Error) -> Failure {
        match error.kind {
            ErrorKind::Interrupted => Failure::Interrupted(error.message),
            ErrorKind::Usage => Failure::Usage(error.message),
            _ => Failure::Script(format!("error: {}", visible(&error.message))),
        }
    }

    pub fn report(&self) -> &str {
        let (Failure::Script(report) | Failure::Interrupted(report) | Failure::Usage(report)) = self;
        report
    }

    /// The report alone.
    pub fn into_report(self) -> String {
        let (Failure::Script(report) | Failure::Interrupted(report) | Failure::Usage(report)) = self;
        report
    }
}

fn of_a_panic(panic: Error) -> Failure {
    Failure::Script(format!("error: {}", visible(&panic.message)))
}

/// Parses a text called `name`, which sees the constants of `scope`, so that whatever goes wrong comes back as a report, even
/// a panic of the parser.
pub fn parsed(engine: &Engine, sources: &Sources, name: &str, text: &str, scope: &Scope) -> Result<AST, Failure> {
    let text = plain(text);
    let parsed = caught(|| compiled(engine, scope, &text));
    let mut ast = parsed.map_err(of_a_panic)?.map_err(|e| {
        sources.add_broken(name, &text);
        let error = EvalAltResult::ErrorParsing(*e.0, e.1);
        Failure::Script(diagnostics::render(engine, sources, name, &error))
    })?;
    ast.set_source(name);
    sources.add(name, &text, &ast);
    Ok(ast)
}

/// Runs `f`, a script called `name`, so that whatever goes wrong comes back as a report: an error, an interrupt, even a panic.
pub fn guarded(
    engine: &Engine,
    sources: &Sources,
    name: &str,
    f: impl FnOnce() -> Result<Dynamic, Box<EvalAltResult>>,
) -> Result<Dynamic, Failure> {
    match interrupt::polled(|| caught(f)) {
        Ok(Ok(value)) => match memory::refused() {
            None => Ok(value),
            Some(why) => Err(Failure::Script(format!("error: {why}"))),
        },
        Ok(Err(error)) => match *error {
            EvalAltResult::Exit(value, _) => Ok(value),
            error => match diagnostics::usage(&error) {
                Some(message) => Err(Failure::Usage(message)),
                None => {
                    let report = diagnostics::render(engine, sources, name, &error);
                    let interrupted = interrupt::requested() && !interrupt::expired();
                    Err(if interrupted { Failure::Interrupted(report) } else { Failure::Script(report) })
                }
            },
        },
        Err(panic) => Err(of_a_panic(panic)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_parser_is_a_report() {
        let mut engine = Engine::new_raw();
        #[allow(deprecated, reason = "not deprecated but marked volatile; rhai is pinned")]
        engine.on_parse_token(|_, _, _| panic!("by the test"));
        let parsed = parsed(&engine, &Sources::default(), "t.rhai", "1 + 1", &Scope::new());
        let report = parsed.map(|_| ()).unwrap_err().into_report();
        assert!(report.starts_with("error: imdbsh itself failed, in "), "{report}");
    }
}
