//! An edited file as it was at one time, and the closures in it.

use crate::script::language::sources::CLOSURE;
use rhai::{AST, ASTNode, Expr, FnPtr, Position};
use std::collections::HashMap;

/// A file as it was at one time.
pub struct Version {
    pub ast: AST,
    /// In the order of the text.
    pub closures: Vec<Closure>,
}

#[derive(Clone)]
pub struct Closure {
    pub pointer: FnPtr,
    pub parameters: Vec<String>,
}

impl Version {
    pub fn of(ast: AST) -> Self {
        let mut found: Vec<(Position, FnPtr)> = Vec::new();
        ast.walk(&mut |path| {
            if let Some(ASTNode::Expr(Expr::DynamicConstant(value, position))) = path.last()
                && let Some(pointer) = value.read_lock::<FnPtr>()
                && pointer.fn_name().starts_with(CLOSURE)
            {
                found.push((*position, pointer.clone()));
            }
            true
        });
        found.sort_by_key(|(position, _)| (position.line(), position.position()));
        let parameters: HashMap<&str, Vec<String>> =
            ast.iter_functions().map(|f| (f.name, f.params.iter().map(ToString::to_string).collect())).collect();
        let closure = |(_, pointer): (Position, FnPtr)| {
            let parameters = parameters.get(pointer.fn_name()).cloned().unwrap_or_default();
            Closure { pointer, parameters }
        };
        let closures = found.into_iter().map(closure).collect();
        Version { ast, closures }
    }

    /// Where a closure of this name stands among all.
    pub fn place(&self, closure: &str) -> Option<usize> {
        self.closures.iter().position(|c| c.pointer.fn_name() == closure)
    }
}
