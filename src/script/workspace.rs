//! Where text is run: an interpreter, the variables in reach, and what earlier texts have defined.
//!
//! A file, `-e`, a test and the prompt run in a session's workspace; a prompt inside a running function has that
//! function's variables in its own.

use super::{
    Failure, ScriptResult, Settings, diagnostics, failure,
    settings::settings_of,
    sources::{CLOSURE, Sources, plain},
};
use rhai::{AST, Dynamic, Engine, EvalAltResult, EvalContext, Module, Scope, Stmt};
use std::{mem, rc::Rc};

/// What the texts run so far have defined. The interpreter forgets it after each, so it is given to the next.
#[derive(Debug, Clone)]
pub struct Defined {
    /// Functions with a name. Closures are left out: a variable that holds one keeps it alive.
    functions: AST,
    /// The `import` statements, one for each alias.
    imports: Vec<Stmt>,
}

impl Default for Defined {
    fn default() -> Self {
        Defined { functions: AST::empty(), imports: Vec::new() }
    }
}

impl Defined {
    /// The functions that can be called where `context` stands: the script's and those of the module, private ones included.
    pub fn around(context: &EvalContext) -> Self {
        let functions = context
            .namespaces()
            .iter()
            .fold(AST::empty(), |all, module| all.merge(&AST::new_from_module(module.clone())));
        Defined { functions: named(&functions), imports: Vec::new() }
    }

    pub fn functions(&self) -> &AST {
        &self.functions
    }

    /// `text` as it is to be run: it sees what was defined before.
    fn before(&self, text: &AST) -> AST {
        AST::new(self.imports.clone(), Module::new()).merge(&self.functions).merge(text)
    }

    /// Keeps what `text`, which has run, defines.
    fn keep(&mut self, text: &AST) {
        if text.has_functions() {
            self.functions = named(&self.functions.merge(text));
        }
        for statement in text.statements() {
            let Stmt::Import(import, _) = statement else { continue };
            let same = |other: &Stmt| matches!(other, Stmt::Import(other, _) if other.1.name == import.1.name);
            self.imports.retain(|other| !same(other));
            self.imports.push(statement.clone());
        }
    }
}

/// The functions of `ast` that are no closures.
fn named(ast: &AST) -> AST {
    ast.clone_functions_only_filtered(|_, _, _, name, _| !name.starts_with(CLOSURE))
}

pub struct Workspace<'a, 'scope> {
    pub engine: &'a Engine,
    pub settings: Rc<Settings>,
    scope: &'a mut Scope<'scope>,
    defined: &'a mut Defined,
    /// Variables below this place are the running function's, and stay as they stand.
    own: usize,
}

impl<'a, 'scope> Workspace<'a, 'scope> {
    pub fn new(
        engine: &'a Engine,
        scope: &'a mut Scope<'scope>,
        defined: &'a mut Defined,
        settings: Rc<Settings>,
    ) -> Self {
        Workspace { engine, settings, scope, defined, own: 0 }
    }

    /// The workspace inside a running function, at the statement whose `context` this is: lines read and assign its variables,
    /// and those that they add stand behind them. `defined` comes from [`Defined::around`].
    ///
    /// # Errors
    /// An engine that was built without a session.
    pub fn inside(
        context: &'a mut EvalContext<'_, '_, 'scope, '_, '_, '_>,
        defined: &'a mut Defined,
    ) -> ScriptResult<Self> {
        let settings = settings_of(context.tag())?;
        let (engine, scope) = (context.engine(), context.scope_mut());
        let own = scope.len();
        Ok(Workspace { engine, settings, scope, defined, own })
    }

    /// Runs a piece of text and gives its value. `name` stands for it in messages.
    ///
    /// # Errors
    /// A report on what went wrong, for the user; variables that were set until then are kept.
    pub fn run(&mut self, name: &str, text: &str) -> Result<Dynamic, Failure> {
        let ast = self.compile(name, text)?;
        self.run_compiled(name, &ast)
    }

    pub(super) fn run_compiled(&mut self, name: &str, ast: &AST) -> Result<Dynamic, Failure> {
        let whole = self.defined.before(ast);
        let (engine, scope) = (self.engine, &mut *self.scope);
        let result = failure::guarded(engine, &self.settings.sources, name, || {
            engine.eval_ast_with_scope::<Dynamic>(scope, &whole)
        });
        self.defined.keep(ast);
        drop_shadowed(self.scope, self.own);
        result
    }

    pub(super) fn compile(&self, name: &str, text: &str) -> Result<AST, Failure> {
        let text = plain(text);
        let mut ast = self.engine.compile_with_scope(self.scope, &text).map_err(|e| {
            self.sources().add_broken(name, &text);
            let error = EvalAltResult::ErrorParsing(*e.0, e.1);
            Failure::Script(diagnostics::render(self.engine, self.sources(), name, &error))
        })?;
        ast.set_source(name);
        self.sources().add(name, &text, &ast);
        Ok(ast)
    }

    /// A value as `print` shows it, objects of the program's own included.
    pub fn show(&self, value: &Dynamic) -> String {
        let shown = self.engine.eval_fn_call::<String>("to_string", None, (value.clone(),));
        shown.unwrap_or_else(|_| value.to_string())
    }

    fn sources(&self) -> &Sources {
        &self.settings.sources
    }
}

/// A `let` of a name that is there already adds a second variable; the first could not be reached any more, and its memory
/// would never be freed.
fn drop_shadowed(scope: &mut Scope, own: usize) {
    let names: Vec<String> = scope.iter_raw().map(|(name, ..)| name.to_string()).collect();
    let is_last = |i: usize| i < own || !names[i + 1..].contains(&names[i]);
    if (0..names.len()).all(is_last) {
        return;
    }
    for (i, (name, value, _)) in mem::take(scope).into_iter().enumerate() {
        if is_last(i) {
            scope.push_dynamic(name, value);
        }
    }
}
