//! What files, `-e`, tests and the prompt share: an interpreter, its variables, and what was defined so far.

use super::{
    assemble::{Assembled, assemble},
    defined::Defined,
    ended::end_of,
    setup::Setup,
    workspace::{Lives, Shared, Workspace},
};
use crate::error::Result;
use crate::output::visible;
use crate::places::Places;
use crate::script::{
    api::{Arguments, Declared, Runs},
    check::script::{Checked, Checker},
    help::failure::{self, Failure},
    language::{
        frames::Place,
        namespaces::inside,
        resolver::{Reloaded, Resolver},
        stdlib,
    },
};
use rhai::{AST, CallFnOptions, Dynamic, Engine, Scope};
use std::{mem, path::PathBuf, rc::Rc};

pub struct Session {
    pub engine: Engine,
    scope: Scope<'static>,
    defined: Defined,
    /// The file whose functions [`Session::call`] calls.
    loaded: AST,
    resolver: Resolver,
    shared: Shared,
    arguments: Rc<Arguments>,
    places: Rc<Places>,
    runs: Rc<Runs>,
}

impl Session {
    /// # Errors
    /// A stdlib file of the user's own that does not parse.
    pub fn new(setup: Setup) -> Result<Self> {
        let Assembled { engine, resolver, shared, arguments, places, runs } = assemble(setup)?;
        crate::ml::random::manual_seed(shared.seed.unwrap_or(0));
        Ok(Session {
            engine,
            scope: Scope::new(),
            defined: Defined::default(),
            loaded: AST::empty(),
            resolver,
            shared,
            arguments,
            places,
            runs,
        })
    }

    /// Where lines of a prompt are run.
    pub fn workspace(&mut self) -> Workspace<'_, 'static> {
        Workspace::new(&self.engine, &mut self.scope, &mut self.defined, &self.shared)
    }

    /// Reads edited files of the standard library, and those that were imported, anew. Variables stay; closures in them are those of
    /// before.
    pub fn reload(&mut self) -> Vec<Reloaded> {
        let mut reloaded = stdlib::reload(&mut self.engine, &self.places.script, &self.shared.sources);
        reloaded.extend(self.resolver.reload(&self.engine));
        reloaded
    }

    /// Forgets variables, functions, imports and what was typed, and starts randomness anew.
    pub fn reset(&mut self) {
        self.scope.clear();
        self.defined = Defined::default();
        self.shared.record.clear();
        crate::ml::random::manual_seed(self.shared.seed.unwrap_or(0));
    }

    /// Runs a piece of text with the session's variables and functions and gives its value. A run folder that could not be written
    /// in full is a failure.
    ///
    /// # Errors
    /// A text that cannot be parsed, whatever it raises, `exit`; options for a script that takes none.
    pub fn eval(&mut self, name: &str, text: &str) -> Result<Dynamic, Failure> {
        // A pause in it saves it.
        self.shared.record.begin(text);
        let ran = self.run_first(name, text);
        self.runs.close(&end_of(&ran));
        let value = ran?;
        match self.runs.incomplete().as_slice() {
            [] => Ok(value),
            some => {
                let folders: Vec<String> = some.iter().map(|folder| folder.display().to_string()).collect();
                let folders = folders.join(", ");
                Err(Failure::Script(format!("error: not all of {} could be written", visible(&folders))))
            }
        }
    }

    /// The same for a text after which a prompt goes on: its runs stay open.
    ///
    /// # Errors
    /// As [`Session::eval`], but for that.
    pub fn run_first(&mut self, name: &str, text: &str) -> Result<Dynamic, Failure> {
        let arguments = self.arguments.clone();
        self.run_with(name, text, &arguments)
    }

    /// Runs a text that is given these options.
    pub(super) fn run_with(&mut self, name: &str, text: &str, arguments: &Arguments) -> Result<Dynamic, Failure> {
        let given = arguments.given.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        // A text before this one may have asked for them.
        let are_open = !given.is_empty() && arguments.resolved.borrow().is_empty();
        let mut workspace = self.workspace();
        let ast = workspace.compile(name, text)?;
        if are_open && !takes_options(&ast) {
            return Err(Failure::Usage(format!("{name} takes no options, but was given {given}")));
        }
        workspace.run_compiled(name, &ast)
    }

    pub(super) fn seed(&self) -> Option<i64> {
        self.shared.seed
    }

    pub(super) fn places(&self) -> Places {
        (*self.places).clone()
    }

    /// Gives the session other variables and functions, and those of before back.
    pub(super) fn exchange(&mut self, scope: Scope<'static>, defined: Defined) -> (Scope<'static>, Defined) {
        (mem::replace(&mut self.scope, scope), mem::replace(&mut self.defined, defined))
    }

    /// Adds variables behind those that there are, and says how many those are.
    pub(super) fn push_variables(
        &mut self,
        variables: impl Iterator<Item = (String, Dynamic, Place)>,
        lives: &mut Vec<Lives>,
    ) -> usize {
        let own = self.scope.len();
        for (name, value, place) in variables {
            lives.retain(|known| known.name != name);
            lives.push(Lives { name: name.clone(), place: self.shared.home(place).to_string() });
            self.scope.push_dynamic(name, value);
        }
        own
    }

    pub(super) fn home(&self, place: Place) -> Place {
        self.shared.home(place)
    }

    pub(super) fn rewind(&mut self, own: usize) {
        self.scope.rewind(own);
    }

    /// Takes over what another text has left, in place of what has the same names.
    pub(super) fn take_over(&mut self, scope: Scope<'static>, defined: Defined) {
        take_variables(&mut self.scope, scope);
        self.defined.take_over(defined);
    }

    /// What can be said of texts before they run, each by its name, and of what they import.
    pub fn check(&self, texts: &[(String, String)]) -> Vec<Checked> {
        self.checked(texts, false)
    }

    /// The same; where `shows_value`, what the end of a text comes to is shown.
    pub(super) fn checked(&self, texts: &[(String, String)], shows_value: bool) -> Vec<Checked> {
        let checker = Checker::new(&self.engine, &self.shared.sources, &self.resolver, shows_value);
        texts.iter().flat_map(|(name, text)| checker.check(name, text)).collect()
    }

    /// What a text gives that ends with a value in JSON.
    ///
    /// # Errors
    /// As [`Session::eval`]; a value that is no such text.
    pub fn json(&mut self, name: &str, text: &str) -> Result<serde_json::Value, Failure> {
        let value = self.eval(name, text)?;
        let json = value.into_string().map_err(|kind| Failure::Script(format!("{name} gave {kind}, not JSON")))?;
        serde_json::from_str(&json).map_err(|e| Failure::Script(format!("{name} gave no JSON: {e}")))
    }

    /// A variable of the session, of a type that the program knows.
    pub fn variable<T: Clone + 'static>(&self, name: &str) -> Option<T> {
        self.scope.get_value(name)
    }

    /// Gives the session a variable, in place of one of that name.
    pub fn set_variable<T: Clone + 'static>(&mut self, name: &str, value: T) {
        self.scope.set_value(name.to_string(), value);
    }

    /// The folders of the runs that were made here, in their order.
    pub fn runs_made(&self) -> Vec<PathBuf> {
        self.runs.made()
    }

    /// The options that a script says it has: it is run until it asks for them.
    ///
    /// # Errors
    /// A script that cannot be parsed, one that fails before it asks or never does.
    pub fn declared(&mut self, name: &str, text: &str) -> Result<Declared, Failure> {
        let arguments = self.arguments.clone();
        let mut workspace = self.workspace();
        let ast = workspace.compile(name, text)?;
        if !takes_options(&ast) {
            return Err(Failure::Usage(format!("{name} takes no options: it never calls options(#{{ … }})")));
        }
        arguments.only_asked.set(true);
        let ran = workspace.run_compiled(name, &ast);
        arguments.only_asked.set(false);
        match (arguments.declared.take(), ran) {
            (Some(declared), _) => Ok(declared),
            (None, Err(failure)) => Err(failure),
            (None, Ok(_)) => Err(Failure::Usage(format!("{name} came to its end without asking for its options"))),
        }
    }

    /// A value as `print` shows it, objects of the program's own included.
    pub fn show(&mut self, value: &Dynamic) -> String {
        self.workspace().show(value)
    }

    /// The functions without parameters that a file defines, by name, in alphabetical order.
    ///
    /// # Errors
    /// A text that cannot be parsed.
    pub fn load_functions(&mut self, name: &str, text: &str) -> Result<Vec<String>, Failure> {
        let ast = self.workspace().compile(name, text)?;
        let mut names: Vec<String> =
            ast.iter_functions().filter(|f| f.params.is_empty()).map(|f| f.name.to_string()).collect();
        names.sort();
        self.loaded = ast;
        Ok(names)
    }

    /// Calls one of the loaded functions in an empty scope; the file's own top-level statements run first.
    ///
    /// # Errors
    /// Whatever they raise.
    pub fn call(&mut self, source: &str, function: &str) -> Result<Dynamic, Failure> {
        self.scope.clear();
        crate::ml::random::manual_seed(self.shared.seed.unwrap_or(0));
        let (engine, scope, loaded) = (&self.engine, &mut self.scope, &self.loaded);
        let called = failure::guarded(engine, &self.shared.sources, source, || {
            let options = CallFnOptions::new().eval_ast(true);
            inside(loaded, || engine.call_fn_with_options(options, scope, loaded, function, ()))
        });
        self.runs.close(&end_of(&called));
        called
    }
}

/// Puts the variables of `from` into `to`, in place of those of the same names.
fn take_variables(to: &mut Scope<'static>, from: Scope<'static>) {
    let names: Vec<String> = from.iter_raw().map(|(name, ..)| name.to_string()).collect();
    let kept = mem::take(to).into_iter().filter(|(name, ..)| !names.contains(name));
    for (name, value, _) in kept.chain(from) {
        to.push_dynamic(name, value);
    }
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
