//! `list.map(|x| x / list.len())`: a closure that uses what the method that calls it was called on.

use super::findings::{LOCKED, kind::Finding};
use rhai::{Expr, Position, Stmt};

/// Methods that call the closure that they are given before they are done.
const AT_ONCE: [&str; 21] = [
    "for_each",
    "map",
    "filter",
    "some",
    "all",
    "find",
    "find_map",
    "index_of",
    "reduce",
    "reduce_rev",
    "sort",
    "sorted",
    "order_by",
    "retain",
    "drain",
    "dedup",
    "take_while",
    "skip_while",
    "group_by",
    "sum",
    "step",
];

/// What is wrong with the methods of a chain that begins with a variable.
pub fn by_itself(of: &Expr, chain: &Expr) -> Vec<Finding> {
    let Expr::Variable(variable, ..) = of else { return Vec::new() };
    let mut found = Vec::new();
    look(variable.1.as_str(), chain, &mut found);
    found
}

fn look(name: &str, chain: &Expr, found: &mut Vec<Finding>) {
    match chain {
        Expr::Dot(parts, ..) | Expr::Index(parts, ..) => {
            look(name, &parts.lhs, found);
            look(name, &parts.rhs, found);
        }
        Expr::MethodCall(call, position)
            if AT_ONCE.contains(&call.name.as_str()) && call.args.iter().any(|argument| captures(argument, name)) =>
        {
            found.push(finding(name, &call.name, *position));
        }
        _ => {}
    }
}

fn finding(name: &str, method: &str, position: Position) -> Finding {
    let title = format!("`{method}` works on `{name}`, or a part of it, while its closure uses `{name}`");
    let remedy = match method {
        "step" => format!(
            "its gradients are put to zero by `step`; let other = {name}; before gives the closure the same one"
        ),
        _ => format!(
            "take what the closure needs of `{name}` first, or give it another name for the closure: let other = {name};"
        ),
    };
    Finding::new(&LOCKED, position, title).with(remedy)
}

/// Whether a closure, where it is written, takes a variable of this name along.
fn captures(value: &Expr, name: &str) -> bool {
    let Expr::Stmt(block) = value else { return false };
    let [Stmt::Share(shared), Stmt::Expr(_)] = block.statements() else { return false };
    shared.iter().any(|(variable, ..)| variable.name == name)
}
