//! `for (name, rate) in [["adam", 1e-3]]`: the second is the index, and not the element's second part.

use super::findings::{UNPACKED, kind::Finding};
use super::variables::Variables;
use rhai::{ASTNode, Expr, Ident, Stmt};

/// What gives lists of lists.
const PAIRS: [&str; 2] = ["zip", "enumerate"];

/// What an index is called by those who know that it is one.
const INDICES: [&str; 14] =
    ["i", "j", "k", "n", "_", "idx", "index", "at", "place", "row", "number", "count", "step", "epoch"];

/// A loop with an index over lists, whose parts nothing in it asks for.
pub fn index(variables: &Variables, list: &Expr, element: &Ident, index: &Ident, body: &[Stmt]) -> Option<Finding> {
    let known = |name: &str| variables.find(name).is_some_and(|(number, _)| variables.all[number].is_of_lists);
    let is_of_lists = match list {
        Expr::Variable(variable, ..) => known(&variable.1),
        list => is_of_lists(list),
    };
    if !is_of_lists || INDICES.contains(&index.name.as_str()) || takes_apart(&element.name, body) {
        return None;
    }
    let (element, place) = (&element.name, index.pos);
    let title = format!("`{}` is the index of the element, and `{element}` is the whole element, a list", index.name);
    Some(Finding::new(&UNPACKED, place, title).with(format!("for {element} in … {{ {element}[0] … {element}[1] }}")))
}

/// Whether a value is a list of lists for certain.
pub fn is_of_lists(value: &Expr) -> bool {
    match value {
        Expr::Array(elements, _) => {
            !elements.is_empty() && elements.iter().all(|element| matches!(element, Expr::Array(..)))
        }
        Expr::FnCall(call, _) | Expr::MethodCall(call, _) => PAIRS.contains(&call.name.as_str()),
        Expr::Dot(chain, ..) => is_of_lists(&chain.rhs),
        _ => false,
    }
}

fn takes_apart(name: &str, body: &[Stmt]) -> bool {
    let is_element = |value: &Expr| matches!(value, Expr::Variable(variable, ..) if variable.1 == name);
    let mut found = false;
    for statement in body {
        statement.walk(&mut Vec::new(), &mut |nodes: &[ASTNode]| {
            found |= match nodes.last() {
                Some(ASTNode::Expr(Expr::Index(index, ..))) => is_element(&index.lhs),
                // It is handed on as a list.
                Some(ASTNode::Expr(Expr::Dot(dot, ..))) => is_element(&dot.lhs),
                _ => false,
            };
            !found
        });
    }
    found
}
