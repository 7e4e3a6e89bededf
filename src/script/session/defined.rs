//! What the texts run so far have defined, for the next one.

use crate::script::{
    help::docs::{self, Doc},
    language::{namespaces::at_work, sources::CLOSURE},
};
use rhai::{AST, Engine, EvalContext, Expr, FnAccess, ImmutableString, Module, Scope, Stmt};

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
    /// The functions of all texts that are at work where `context` stands, private ones included; where two have one of the same name, it is
    /// that of the outer one, in the end the session's.
    pub fn around(context: &EvalContext) -> Self {
        let texts = at_work(context);
        let functions = texts.iter().fold(AST::empty(), |all, text| all.merge(&AST::new_from_module(text.clone())));
        Defined { functions: named(&functions), imports: Vec::new() }
    }

    #[cfg(test)]
    pub fn functions(&self) -> &AST {
        &self.functions
    }

    /// Of its functions, and of those in the files that it imports.
    pub fn docs(&self, engine: &Engine) -> Vec<Doc> {
        let mut docs = docs::of_functions("", self.functions.iter_fn_def().map(|f| &**f));
        for import in &self.imports {
            let Stmt::Import(import, position) = import else { continue };
            let Expr::StringConstant(path, _) = &import.0 else { continue };
            let Ok(module) = engine.module_resolver().resolve(engine, None, path, *position) else { continue };
            let public = module.iter_script_fn_info().filter(|(_, access, ..)| *access == FnAccess::Public);
            docs.extend(docs::of_functions(&format!("{}::", import.1.name), public.map(|(.., f)| &**f)));
        }
        docs
    }

    /// Takes over what another text has defined, in place of what has the same names.
    pub fn take_over(&mut self, other: Defined) {
        self.functions = named(&self.functions.merge(&other.functions));
        for import in other.imports {
            self.imports.retain(|known| !same_name(known, &import));
            self.imports.push(import);
        }
    }

    /// `text` as it is to be run: it sees what was defined before.
    pub fn before(&self, text: &AST) -> AST {
        AST::new(self.imports.clone(), Module::new()).merge(&self.functions).merge(text)
    }

    /// Keeps what `text`, which has run in `scope`, defines.
    pub fn keep(&mut self, engine: &Engine, scope: &Scope, text: &AST) {
        if text.has_functions() {
            self.functions = named(&self.functions.merge(text));
        }
        for statement in text.statements() {
            let Stmt::Import(import, position) = statement else { continue };
            let path = match &import.0 {
                Expr::StringConstant(path, _) => Some(path.clone()),
                Expr::Variable(variable, ..) => scope.get_value::<ImmutableString>(&variable.1),
                _ => None,
            };
            // One that cannot be read would fail in all later texts, too.
            let is_there = |path: &ImmutableString| {
                engine.module_resolver().resolve(engine, text.source(), path, *position).is_ok()
            };
            let Some(path) = path.filter(is_there) else { continue };
            self.imports.retain(|other| !same_name(other, statement));
            let path = Expr::StringConstant(path, import.0.position());
            self.imports.push(Stmt::Import(Box::new((path, import.1.clone())), *position));
        }
    }
}

/// Whether two imports are called alike.
fn same_name(a: &Stmt, b: &Stmt) -> bool {
    matches!((a, b), (Stmt::Import(a, _), Stmt::Import(b, _)) if a.1.name == b.1.name)
}

/// The functions of `ast` that are no closures.
fn named(ast: &AST) -> AST {
    ast.clone_functions_only_filtered(|_, _, _, name, _| !name.starts_with(CLOSURE))
}
