//! Functions of a text by their names, and every name under which a text keeps something in a map.

use crate::script::language::sources::CLOSURE;
use rhai::{ASTNode, Expr, FnCallExpr, ScriptFuncDef, Shared, Stmt, StmtBlock};
use std::collections::{HashMap, HashSet};

/// Functions with names, and closures by what the interpreter calls them.
#[derive(Default, Clone)]
pub struct Bodies {
    named: HashMap<String, Vec<Shared<ScriptFuncDef>>>,
    closures: HashMap<String, Shared<ScriptFuncDef>>,
}

impl Bodies {
    pub fn of(functions: impl Iterator<Item = Shared<ScriptFuncDef>>) -> Self {
        let mut all = Bodies::default();
        for function in functions {
            match function.name.starts_with(CLOSURE) {
                true => drop(all.closures.insert(function.name.to_string(), function)),
                false => all.named.entry(function.name.to_string()).or_default().push(function),
            }
        }
        all
    }

    pub fn functions(&self) -> impl Iterator<Item = &Shared<ScriptFuncDef>> {
        self.named.values().flatten()
    }

    pub fn named(&self, name: &str) -> &[Shared<ScriptFuncDef>] {
        self.named.get(name).map_or(&[], Vec::as_slice)
    }

    /// The function that is called by this name with so many values.
    pub fn taking(&self, name: &str, count: usize) -> Option<&Shared<ScriptFuncDef>> {
        self.named(name).iter().find(|f| f.this_type.is_none() && f.params.len() == count)
    }

    pub fn closure(&self, name: &str) -> Option<&Shared<ScriptFuncDef>> {
        self.closures.get(name)
    }

    /// All bodies, closures' as well.
    pub fn all(&self) -> impl Iterator<Item = &StmtBlock> {
        self.functions().chain(self.closures.values()).map(|function| &function.body)
    }
}

/// The statements of a function's body, out of what the language puts around them.
pub fn statements(body: &StmtBlock) -> &[Stmt] {
    match body.statements() {
        [Stmt::Expr(only)] => match &**only {
            Expr::Custom(custom, _) => match custom.inputs.first() {
                Some(Expr::Stmt(block)) => block.statements(),
                _ => body.statements(),
            },
            _ => body.statements(),
        },
        all => all,
    }
}

/// Goes through everything below `all`, but for closures, which stand among the functions.
pub fn each(all: &[Stmt], visit: &mut dyn FnMut(&ASTNode)) {
    let mut path = Vec::new();
    for statement in all {
        path.clear();
        statement.walk(&mut path, &mut |nodes: &[ASTNode]| {
            nodes.last().into_iter().for_each(&mut *visit);
            true
        });
    }
}

/// A call as a statement or as a value.
pub fn call_of<'a>(node: &ASTNode<'a>) -> Option<&'a FnCallExpr> {
    match node {
        ASTNode::Expr(Expr::FnCall(call, _) | Expr::MethodCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)) => {
            Some(call)
        }
        _ => None,
    }
}

/// The names under which maps hold something: keys of literals, properties that are assigned to, texts in an index or before `in`.
pub fn add_keys(node: &ASTNode, keys: &mut HashSet<String>) {
    let text = |e: &Expr| match e {
        Expr::StringConstant(text, _) => Some(text.to_string()),
        _ => None,
    };
    match node {
        ASTNode::Expr(Expr::FnCall(call, _)) if ["in", "!in", "contains"].contains(&call.name.as_str()) => {
            keys.extend(call.args.iter().filter_map(text));
        }
        ASTNode::Expr(Expr::Map(map, _)) => keys.extend(map.0.iter().map(|(key, _)| key.name.to_string())),
        ASTNode::Expr(Expr::Index(index, ..)) => match &index.rhs {
            Expr::Dot(chain, ..) | Expr::Index(chain, ..) => keys.extend(text(&chain.lhs)),
            key => keys.extend(text(key)),
        },
        ASTNode::Stmt(Stmt::Assignment(assignment)) => {
            let mut place = &assignment.1.lhs;
            while let Expr::Dot(chain, ..) | Expr::Index(chain, ..) = place {
                place = &chain.rhs;
            }
            if let Expr::Property(property, _) = place {
                keys.insert(property.2.to_string());
            }
        }
        _ => {}
    }
}
