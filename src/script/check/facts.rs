//! What a script defines, imports and asks for, wherever in it.

use super::bodies::{Bodies, add_keys, call_of, each, statements};
use super::known::{Known, Names, Ways};
use crate::script::language::syntax::FUNCTION;
use rhai::{AST, ASTNode, Expr, FnAccess, Position, Shared, Stmt};
use std::collections::{HashMap, HashSet};

/// An import of a file by its name.
pub struct Import {
    pub path: String,
    pub alias: String,
    pub position: Position,
}

/// A script, apart from what stands where in it.
#[derive(Default)]
pub struct Facts {
    pub bodies: Bodies,
    /// Its own functions; for a file of the standard library, those of its module.
    pub functions: Names,
    /// The module of which it is a file.
    pub module: Option<String>,
    pub imports: Vec<Import>,
    /// What is imported, by its name there; nothing where the file is not known.
    pub imported: HashMap<String, Option<Names>>,
    /// Where maps hold something, and what imported files have so.
    pub keys: HashSet<String>,
    /// What the script asks for at run time, by its name in a text.
    pub probed: HashSet<String>,
    /// Whether it reads maps from outside.
    pub reads_maps: bool,
    /// Variables that get other values, or are changed as a whole.
    pub changed: HashSet<String>,
    /// What is put into a variable by a name of its own.
    pub added: HashSet<(String, String)>,
    /// The functions and methods that are called, with so many values.
    pub called: HashSet<(String, usize)>,
    pub methods: HashSet<(String, usize)>,
    /// The names of all variables, wherever they are.
    pub declared: HashSet<String>,
    /// Functions that use `this`.
    pub with_this: HashSet<String>,
}

/// Functions that give maps whose keys stand in no script.
const READERS: [&str; 6] = ["read_csv", "parse_json", "from_json", "read_json", "read_table", "call_script"];

/// Methods of a map that leave it as it is.
const LOOKING: [&str; 6] = ["keys", "values", "contains", "len", "get", "is_empty"];

impl Facts {
    pub fn of(ast: &AST, module: Option<String>, known: &Known) -> Self {
        let mut facts = Facts { bodies: Bodies::of(ast.iter_fn_def().cloned()), module, ..Facts::default() };
        if let Some(names) = facts.module.as_ref().and_then(|module| known.whole_modules.get(module)) {
            facts.functions = names.clone();
        }
        for function in facts.bodies.functions() {
            let ways = facts.functions.entry(function.name.to_string()).or_default();
            ways.add(function.params.len(), true, function.this_type.is_some());
            let mut uses_this = false;
            each(statements(&function.body), &mut |node| uses_this |= matches!(node, ASTNode::Expr(Expr::ThisPtr(_))));
            if uses_this {
                facts.with_this.insert(function.name.to_string());
            }
        }
        let bodies = facts.bodies.clone();
        let mut note = |node: &ASTNode| facts.note(node);
        each(ast.statements(), &mut note);
        bodies.all().for_each(|body| each(body.statements(), &mut note));
        facts
    }

    fn note(&mut self, node: &ASTNode) {
        add_keys(node, &mut self.keys);
        if let ASTNode::Stmt(Stmt::Import(import, position)) = node {
            let (path, alias) = (&import.0, &import.1);
            match path {
                Expr::StringConstant(path, at) => self.imports.push(Import {
                    path: path.to_string(),
                    alias: alias.name.to_string(),
                    position: if at.is_none() { *position } else { *at },
                }),
                _ => self.imported.extend([(alias.name.to_string(), None)]),
            }
        }
        match node {
            ASTNode::Stmt(Stmt::Var(parts, ..)) => self.declared.extend([parts.0.name.to_string()]),
            ASTNode::Stmt(Stmt::Assignment(assignment)) => self.note_change(&assignment.1.lhs),
            ASTNode::Expr(Expr::MethodCall(call, _)) => self.methods.extend([(call.name.to_string(), call.args.len())]),
            ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))
                if call.namespace.path.is_empty() =>
            {
                self.called.extend([(call.name.to_string(), call.args.len())]);
            }
            ASTNode::Expr(Expr::Dot(dot, ..)) => {
                if let (Expr::Variable(variable, ..), Expr::MethodCall(call, _)) = (&dot.lhs, &dot.rhs)
                    && !LOOKING.contains(&call.name.as_str())
                {
                    self.changed.insert(variable.1.to_string());
                }
            }
            _ => {}
        }
        if let Some(call) = call_of(node) {
            self.reads_maps |= READERS.contains(&call.name.as_str());
            if ["is_def_fn", "is_def_var", "script_has", FUNCTION, "Fn"].contains(&call.name.as_str()) {
                let texts = call.args.iter().filter_map(|argument| match argument {
                    Expr::StringConstant(text, _) => Some(text.to_string()),
                    _ => None,
                });
                self.probed.extend(texts);
            }
        }
    }

    fn note_change(&mut self, place: &Expr) {
        let whole = |of: &Expr| match of {
            Expr::Variable(variable, ..) => Some(variable.1.to_string()),
            _ => None,
        };
        let (of, rest) = match place {
            Expr::Dot(chain, ..) | Expr::Index(chain, ..) => (&chain.lhs, &chain.rhs),
            place => return self.changed.extend(whole(place)),
        };
        let Some(name) = whole(of) else { return };
        match rest {
            Expr::Property(property, _) => self.added.extend([(name, property.2.to_string())]),
            Expr::StringConstant(text, _) => self.added.extend([(name, text.to_string())]),
            Expr::Dot(..) | Expr::Index(..) => {}
            _ => self.changed.extend([name]),
        }
    }

    /// What another script that imports this one can call.
    pub fn exported(&self) -> Names {
        let mut names = Names::new();
        for function in self.bodies.functions().filter(|f| f.access == FnAccess::Public) {
            let ways: &mut Ways = names.entry(function.name.to_string()).or_default();
            ways.add(function.params.len(), true, function.this_type.is_some());
        }
        names
    }

    /// What `this` file has of another that it imports.
    pub fn import(&mut self, alias: &str, other: Option<&Shared<Facts>>) {
        self.imported.insert(alias.to_string(), other.map(|other| other.exported()));
        let Some(other) = other else { return };
        self.keys.extend(other.keys.iter().cloned());
        // A method of a type is one wherever it stands.
        for function in other.bodies.functions().filter(|f| f.this_type.is_some()) {
            self.functions.entry(function.name.to_string()).or_default().add(function.params.len(), true, true);
        }
    }
}
