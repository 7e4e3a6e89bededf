//! `for a in alive { a.acc = 0.5; }`: what is changed is a copy.

use super::findings::{COPY, kind::Finding};
use super::known::Known;
use rhai::{ASTNode, Expr, Position, Stmt};

/// Assignments to parts of a loop's variable, of which nothing is seen later.
pub fn changed(known: &Known, name: &str, body: &[Stmt]) -> Vec<Finding> {
    let mut changes: Vec<(Position, bool, String)> = Vec::new();
    let mut uses: Vec<Position> = Vec::new();
    for statement in body {
        let mut path = Vec::new();
        statement.walk(&mut path, &mut |nodes: &[ASTNode]| {
            match nodes.last() {
                Some(ASTNode::Stmt(Stmt::Assignment(assignment))) => {
                    if let Some((position, part)) = part_of(known, name, &assignment.1.lhs) {
                        changes.push((position, nodes.iter().any(is_loop), part));
                    }
                }
                Some(ASTNode::Expr(Expr::Variable(variable, _, position))) if variable.1 == name && is_whole(nodes) => {
                    uses.push(*position);
                }
                // Of a method nobody knows what it does.
                Some(ASTNode::Expr(Expr::Dot(dot, ..))) => {
                    if let (Expr::Variable(variable, _, position), Expr::MethodCall(..)) = (&dot.lhs, &dot.rhs)
                        && variable.1 == name
                    {
                        uses.push(*position);
                    }
                }
                // It is another variable from here on.
                Some(ASTNode::Stmt(Stmt::Var(parts, ..))) if parts.0.name == name => {
                    uses.push(Position::new(u16::MAX, 0))
                }
                _ => {}
            }
            true
        });
    }
    let is_seen = |at: &Position, in_loop: bool| uses.iter().any(|used| in_loop || used > at);
    let lost = changes.into_iter().filter(|(at, in_loop, _)| !is_seen(at, *in_loop));
    let found = lost.map(|(at, _, part)| {
        let title = format!("`{name}` is a copy of the element: {part} does not change the list");
        Finding::new(&COPY, at, title)
            .with("change elements in place with list.for_each(|| this.… = …), or by their index: list[i].… = …")
    });
    found.collect()
}

fn is_loop(node: &ASTNode) -> bool {
    matches!(node, ASTNode::Stmt(Stmt::For(..) | Stmt::While(..) | Stmt::Do(..)))
}

/// Where a part of the variable is assigned to that only a map has: what has a setter is changed wherever it is held.
fn part_of(known: &Known, name: &str, place: &Expr) -> Option<(Position, String)> {
    let (of, rest) = match place {
        Expr::Dot(chain, ..) | Expr::Index(chain, ..) => (&chain.lhs, &chain.rhs),
        _ => return None,
    };
    let Expr::Variable(variable, _, position) = of else { return None };
    let first = match rest {
        Expr::Dot(chain, ..) | Expr::Index(chain, ..) => &chain.lhs,
        rest => rest,
    };
    let key = match first {
        Expr::Property(property, _) => property.2.to_string(),
        Expr::StringConstant(text, _) => text.to_string(),
        _ => return None,
    };
    let is_map = variable.1 == name && !known.setters.contains(&key);
    is_map.then(|| (*position, format!("what is put into its `{key}`")))
}

/// Whether the value as a whole is used, and not a part of it.
fn is_whole(nodes: &[ASTNode]) -> bool {
    let Some(around) = nodes.len().checked_sub(2).map(|i| &nodes[i]) else { return true };
    let Some(ASTNode::Expr(value)) = nodes.last() else { return true };
    match around {
        ASTNode::Expr(Expr::Dot(dot, ..) | Expr::Index(dot, ..)) => !std::ptr::eq(&dot.lhs, *value),
        _ => true,
    }
}
