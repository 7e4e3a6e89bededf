//! Where text is run: an interpreter, the variables in reach, and what earlier texts have defined.
//!
//! A file, `-e`, a test and the prompt run in a session's workspace; a prompt inside a running function has that
//! function's variables in its own.

use super::{defined::Defined, effects::Effects, ended::end_of, record::Record, shown::Shown};
use crate::ml::run;
use crate::output::{self, complain};
use crate::script::{
    api::Pause,
    help::failure::{self, Failure},
    language::{
        frames::{self, Place},
        namespaces::inside,
        sources::Sources,
        syntax,
    },
};
use rhai::{AST, Dynamic, Engine, EvalContext, Scope};
use std::{mem, rc::Rc};

/// What messages call the lines of a prompt: `input 3`.
const INPUT: &str = "input ";

/// How wide values are shown where nothing says how wide the terminal is.
const COLUMNS: usize = 80;

/// What the workspaces of one session share.
#[derive(Clone)]
pub struct Shared {
    /// The texts of all scripts that took part, for messages.
    pub sources: Sources,
    /// What was done at the prompt.
    pub record: Rc<Record>,
    /// `--seed`.
    pub seed: Option<i64>,
}

impl Shared {
    /// The place as the user knows it: that of a closure is the text in which it stands, whoever has called it.
    pub fn home(&self, mut place: Place) -> Place {
        if place.is_closure()
            && let Some(home) = self.sources.home(&place.function, place.source.as_deref().unwrap_or_default())
        {
            place.source = Some(home.into());
        }
        place
    }
}

/// Where a variable lives that is not of the function in which the prompt is.
pub struct Lives {
    pub name: String,
    /// `fit in stdlib/train.rhai`.
    pub place: String,
}

impl Lives {
    pub fn of(lent: &[frames::Lent], shared: &Shared) -> Vec<Lives> {
        let place = |lent: &frames::Lent| shared.home(lent.place.clone()).to_string();
        lent.iter().map(|lent| Lives { name: lent.name.clone(), place: place(lent) }).collect()
    }
}

pub struct Workspace<'a, 'scope> {
    pub engine: &'a Engine,
    /// What was done at the prompt.
    pub record: Rc<Record>,
    /// `--seed`.
    pub seed: Option<i64>,
    pub(super) sources: Sources,
    pub(super) scope: &'a mut Scope<'scope>,
    pub(super) defined: &'a mut Defined,
    /// Inside a running function: what was run, but for that which failed.
    pub ran: Vec<String>,
    /// The same with what has failed.
    pub(super) typed: Vec<String>,
    /// Variables below this place are the running function's, and stay as they stand.
    own: usize,
    inside: bool,
    pub(super) lives: Vec<Lives>,
    /// Says of what was set at a pause that it has no effect.
    pub(super) effects: Option<Effects>,
    /// The step at which a training is paused here.
    pub(super) step: Option<i64>,
}

impl<'a, 'scope> Workspace<'a, 'scope> {
    pub fn new(engine: &'a Engine, scope: &'a mut Scope<'scope>, defined: &'a mut Defined, shared: &Shared) -> Self {
        let Shared { sources, record, seed } = shared.clone();
        Workspace {
            engine,
            record,
            seed,
            sources,
            scope,
            defined,
            ran: Vec::new(),
            typed: Vec::new(),
            own: 0,
            inside: false,
            lives: Vec::new(),
            effects: None,
            step: None,
        }
    }

    /// The workspace inside a running function, at the statement whose `context` this is: lines read and assign its variables,
    /// and those that they add stand behind them. `defined` comes from `Defined::around`.
    pub fn inside(
        context: &'a mut EvalContext<'_, '_, 'scope, '_, '_, '_>,
        defined: &'a mut Defined,
        shared: &Shared,
    ) -> Self {
        let (engine, scope) = (context.engine(), context.scope_mut());
        let own = scope.len();
        Workspace { own, inside: true, ..Workspace::new(engine, scope, defined, shared) }
    }

    /// From here on this is inside of what had variables of callers: they stay as they stand.
    pub(super) fn look_inside(&mut self, lives: Vec<Lives>) {
        self.own = self.scope.len();
        self.inside = true;
        self.lives = lives;
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
        self.sources.add_session(name, ast);
        let (engine, scope) = (self.engine, &mut *self.scope);
        let place = Place { function: "".into(), source: Some(name.into()) };
        let entered = (!self.inside).then(|| frames::enter(scope, 0, place));
        let result = failure::guarded(engine, &self.sources, name, || {
            inside(&whole, || engine.eval_ast_with_scope::<Dynamic>(scope, &whole))
        });
        // An error that ends what was run has taken the runs that it held. Inside of a function it is not over.
        drop(entered);
        if !self.inside {
            run::settle(&end_of(&result));
            frames::forget_parked();
        }
        self.defined.keep(engine, self.scope, ast);
        drop_shadowed(self.scope, self.own);
        result
    }

    /// Whether a text does not parse.
    pub(super) fn parse_fails(&self, text: &str) -> bool {
        self.compile("a planned line", text).is_err()
    }

    /// What is run for a text: what was defined before, and the text.
    pub(super) fn whole(&mut self, name: &str, ast: &AST) -> AST {
        self.sources.add_session(name, ast);
        self.defined.before(ast)
    }

    /// Runs what [`Workspace::whole`] gives; variables that it adds are gone afterwards.
    pub(super) fn run_whole(&mut self, name: &str, whole: &AST) -> Result<Dynamic, Failure> {
        let own = self.scope.len();
        let (engine, scope) = (self.engine, &mut *self.scope);
        let result = failure::guarded(engine, &self.sources, name, || {
            inside(whole, || engine.eval_ast_with_scope::<Dynamic>(scope, whole))
        });
        self.scope.rewind(own);
        result
    }

    /// The variables, to be put back.
    pub(super) fn variables_as_they_are(&self) -> Scope<'scope> {
        self.scope.clone()
    }

    pub(super) fn put_back(&mut self, variables: Scope<'scope>) {
        *self.scope = variables;
    }

    pub(super) fn compile(&self, name: &str, text: &str) -> Result<AST, Failure> {
        failure::parsed(self.engine, &self.sources, name, text, self.scope)
    }

    /// A value as `print` shows it, objects of the program's own included.
    pub fn show(&self, value: &Dynamic) -> String {
        let shown = self.engine.eval_fn_call::<String>("to_string", None, (value.clone(),));
        shown.unwrap_or_else(|_| value.to_string())
    }

    /// A value as the prompt shows it: short, and no wider than the terminal.
    pub fn show_result(&self, value: &Dynamic) -> String {
        self.show_within(value, output::size().map_or(COLUMNS, |(_, columns)| columns.into()))
    }

    /// The same in lines of so many columns, where it can be broken.
    pub fn show_within(&self, value: &Dynamic, width: usize) -> String {
        Shown { engine: self.engine, sources: &self.sources, width }.text(value)
    }

    /// Runs what was typed at a prompt: `_` in it is the last value. Texts that nothing can call into any more are forgotten.
    ///
    /// # Errors
    /// As [`Workspace::run`].
    pub fn input(&mut self, text: &str) -> Result<Dynamic, Failure> {
        let name = format!("{INPUT}{}", self.record.next_number());
        if self.inside {
            self.typed.push(text.to_string());
        }
        let result =
            syntax::with_last(text, || self.compile(&name, text)).and_then(|ast| self.run_compiled(&name, &ast));
        match self.inside {
            true if result.is_ok() => {
                self.effects.iter().flat_map(|effects| effects.without(text)).for_each(|note| complain(&note));
                self.ran.push(text.to_string());
            }
            // The texts on the way there are needed.
            true => {}
            false => self.sources.forget(|source| source.starts_with(INPUT)),
        }
        result
    }

    /// Runs the text of the file `name`, as if it were typed here.
    ///
    /// # Errors
    /// As [`Workspace::run`].
    pub fn load(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        if self.inside {
            self.typed.push(text.to_string());
        }
        let _ = self.run(name, text)?;
        if self.inside {
            self.ran.push(text.to_string());
        }
        Ok(())
    }

    /// The session as a script, what runs now included: it is paused again where it is paused now, and these lines are run there.
    pub fn session_script(&self) -> String {
        let here = self.step.map(|step| Pause { step, lines: self.ran.clone() });
        match self.inside {
            true => self.record.script_with(here.filter(|pause| !pause.lines.is_empty())),
            false => self.record.script(),
        }
    }

    /// Makes `value` what `_` stands for.
    pub fn set_last(&mut self, value: Dynamic) {
        self.scope.set_or_push(syntax::LAST, value);
    }

    /// Whether this is inside a running function.
    pub fn is_inside(&self) -> bool {
        self.inside
    }

    /// The functions of a changed file take the place of those that it defined before; nothing of it is run.
    ///
    /// # Errors
    /// A text that does not parse.
    pub fn redefine(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        let ast = self.compile(name, text)?;
        self.sources.add_session(name, &ast);
        self.defined.keep(self.engine, self.scope, &ast.clone_functions_only());
        Ok(())
    }

    /// Whether `text`, as a file that was run here now reads, is what was run.
    pub fn has_run(&self, name: &str, text: &str) -> bool {
        self.sources.reads(name, text)
    }
}

/// A `let` of a name that is there already adds a second variable; the first could not be reached any more, and its memory
/// would never be freed.
fn drop_shadowed(scope: &mut Scope, own: usize) {
    // The scope gives the latest first.
    let mut names: Vec<String> = scope.iter_raw().map(|(name, ..)| name.to_string()).collect();
    names.reverse();
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

#[cfg(test)]
mod tests {
    use crate::script::session::{eval::Session, setup::Setup};

    #[test]
    fn ten_thousand_lines_leave_nothing_behind() {
        let mut session = Session::new(Setup::named("test")).unwrap();
        let mut workspace = session.workspace();
        let lines = [
            "let x = zeros([2, 2]);",
            "let kept = |a| a + 1;",
            "[1, 2].map(|a| a * 2).len() + x.numel()",
            "fn f(a) { a }",
            "let y = f(1); y + _",
        ];
        let mut sizes = Vec::new();
        for i in 0..10_000 {
            let value = workspace.input(lines[i % lines.len()]).unwrap();
            if !value.is_unit() {
                workspace.set_last(value);
            }
            if i == 99 || i == 9_999 {
                let functions = workspace.defined.functions().iter_functions().count();
                sizes.push((workspace.scope.len(), functions, workspace.sources.len(), workspace.sources.functions()));
            }
        }
        assert_eq!(sizes[0], sizes[1], "variables, functions, texts, places of functions");
        let names: Vec<&str> = workspace.scope.iter_raw().map(|(name, ..)| name).collect();
        assert_eq!(names, ["y", "kept", "x", "_"]);
    }

    #[test]
    fn what_a_line_defines_is_there_for_the_next() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("m.rhai"), "fn one() { 1 }").unwrap();
        let setup = Setup { folder: folder.path().to_path_buf(), ..Setup::named("test") };
        let mut session = Session::new(setup).unwrap();
        let mut workspace = session.workspace();
        for line in
            ["import \"m\" as m", "fn two() { m::one() + 1 }", "let three = || two() + m::one()", "const FOUR = 4"]
        {
            let _ = workspace.input(line).unwrap();
        }
        let value = workspace.input("[m::one(), two(), three.call(), FOUR, [0].map(|x| two())[0]]").unwrap();
        assert_eq!(workspace.show(&value), "[1, 2, 3, 4, 2]");
        workspace.set_last(value);
        let _ = workspace.input("let four = 1; let four = [4]; let four = \"4\"").unwrap();
        assert_eq!(workspace.variables().iter().find(|v| v.name == "four").map(|v| v.kind.as_str()), Some("string"));
        let value = workspace.input("_.len() + switch 7 { _ => 1 }").unwrap();
        assert_eq!(workspace.show(&value), "6");
        assert!(workspace.input("FOUR = 5").is_err());
    }

    #[test]
    fn an_import_that_fails_is_not_tried_again_and_one_that_a_file_makes_stays() {
        let folder = tempfile::tempdir().unwrap();
        let sub = folder.path().join("sub");
        std::fs::create_dir(&sub).unwrap();
        std::fs::write(sub.join("m.rhai"), "fn one() { 1 }").unwrap();
        let setup = Setup { folder: folder.path().to_path_buf(), ..Setup::named("test") };
        let mut session = Session::new(setup).unwrap();
        let mut workspace = session.workspace();
        for line in ["import os", "import \"nowhere\" as n; 1"] {
            assert!(workspace.input(line).is_err());
            assert_eq!(workspace.input("1 + 1").unwrap().as_int(), Ok(2), "after {line}");
        }
        // Found beside the file that imports it, where later lines do not stand.
        let file = sub.join("s.rhai").display().to_string();
        let _ = workspace
            .run(&file, "import \"m\" as m; let name = \"m\"; import name as other; fn two() { m::one() + 1 }")
            .unwrap();
        assert_eq!(workspace.input("m::one() + other::one() + two()").unwrap().as_int(), Ok(4));
    }
}
