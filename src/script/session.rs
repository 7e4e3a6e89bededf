//! What files, `-e`, tests and the prompt share: an interpreter, its variables, and reports of what went wrong.

use super::{
    diagnostics, engine,
    settings::Settings,
    sources::{Sources, plain},
};
use crate::error::Result;
use crate::interrupt;
use rhai::{AST, CallFnOptions, Dynamic, Engine, EvalAltResult, Scope};
use std::{
    cell::RefCell,
    panic::{self, AssertUnwindSafe},
    rc::Rc,
};

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

pub struct Session {
    pub engine: Engine,
    scope: Scope<'static>,
    /// Functions of all that was run so far: each new piece of text sees those before it.
    functions: AST,
    sources: Sources,
    settings: Rc<Settings>,
}

impl Session {
    /// # Errors
    /// A stdlib file of the user's own that does not parse.
    pub fn new(settings: Settings) -> Result<Self> {
        let settings = Rc::new(settings);
        let sources = settings.sources.clone();
        let engine = engine::build(&settings, &sources)?;
        crate::ml::random::manual_seed(settings.seed.unwrap_or(0));
        Ok(Session { engine, scope: Scope::new(), functions: AST::empty(), sources, settings })
    }

    /// Runs a piece of text with the session's variables and functions and gives its value.
    pub fn eval(&mut self, name: &str, text: &str) -> Result<Dynamic, Failure> {
        let ast = self.compile(name, text)?;
        if !self.settings.arguments.is_empty() && !takes_options(&ast) {
            let given: Vec<&str> = self.settings.arguments.keys().map(String::as_str).collect();
            return Err(Failure::Usage(format!("{name} takes no options, but was given {}", given.join(", "))));
        }
        let merged = self.functions.merge(&ast);
        let result = self.guarded(name, |engine, scope| engine.eval_ast_with_scope::<Dynamic>(scope, &merged));
        self.functions = merged.clone_functions_only();
        result
    }

    /// A value as `print` shows it, objects of the program's own included.
    pub fn show(&self, value: &Dynamic) -> String {
        let shown = self.engine.eval_fn_call::<String>("to_string", None, (value.clone(),));
        shown.unwrap_or_else(|_| value.to_string())
    }

    /// The functions without parameters that a file defines, by name, in alphabetical order.
    pub fn load_functions(&mut self, name: &str, text: &str) -> Result<Vec<String>, Failure> {
        self.functions = self.compile(name, text)?;
        let mut names: Vec<String> =
            self.functions.iter_functions().filter(|f| f.params.is_empty()).map(|f| f.name.to_string()).collect();
        names.sort();
        Ok(names)
    }

    /// Calls one of the loaded functions in an empty scope; the file's own top-level statements run first.
    pub fn call(&mut self, source: &str, function: &str) -> Result<Dynamic, Failure> {
        let ast = self.functions.clone();
        self.scope.clear();
        crate::ml::random::manual_seed(self.settings.seed.unwrap_or(0));
        self.guarded(source, |engine, scope| {
            engine.call_fn_with_options(CallFnOptions::new().eval_ast(true), scope, &ast, function, ())
        })
    }

    fn compile(&mut self, name: &str, text: &str) -> Result<AST, Failure> {
        let text = plain(text);
        let mut ast = self.engine.compile_with_scope(&self.scope, &text).map_err(|e| {
            self.sources.add_broken(name, &text);
            let error = EvalAltResult::ErrorParsing(*e.0, e.1);
            Failure::Script(diagnostics::render(&self.engine, &self.sources, name, &error))
        })?;
        ast.set_source(name);
        self.sources.add(name, &text, &ast);
        Ok(ast)
    }

    /// Runs `f` so that whatever goes wrong comes back as a report: an error, an interrupt, even a panic.
    fn guarded(
        &mut self,
        name: &str,
        f: impl FnOnce(&Engine, &mut Scope<'static>) -> Result<Dynamic, Box<EvalAltResult>>,
    ) -> Result<Dynamic, Failure> {
        let (engine, scope) = (&self.engine, &mut self.scope);
        match panic::catch_unwind(AssertUnwindSafe(|| f(engine, scope))) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => match *error {
                EvalAltResult::Exit(value, _) => Ok(value),
                error => match diagnostics::usage(&error) {
                    Some(message) => Err(Failure::Usage(message)),
                    None => {
                        let report = diagnostics::render(engine, &self.sources, name, &error);
                        let interrupted = interrupt::requested();
                        Err(if interrupted { Failure::Interrupted(report) } else { Failure::Script(report) })
                    }
                },
            },
            Err(_) => Err(Failure::Script(format!(
                "error: imdbsh itself failed, in {}; please report this with the script that led to it",
                PANIC.take()
            ))),
        }
    }
}

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps a panic's text for the report instead of printing it.
pub fn quiet_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        let what = info.payload_as_str().unwrap_or("no text");
        PANIC.set(format!("{place} ({what})"));
    }));
}

/// Whether the script asks for command-line options at all.
fn takes_options(ast: &AST) -> bool {
    let mut found = false;
    ast.walk(&mut |path| {
        if let Some(
            rhai::ASTNode::Expr(rhai::Expr::FnCall(call, _)) | rhai::ASTNode::Stmt(rhai::Stmt::FnCall(call, _)),
        ) = path.last()
        {
            found |= call.name == "options";
        }
        !found
    });
    found
}
