//! Closures that are called with other values than they take, and functions that need a `this`.

use super::bodies::{each, statements};
use super::facts::Facts;
use super::findings::{INDEX, PARAMETERS, THIS, kind::Finding};
use super::variables::Variables;
use crate::script::language::sources::CLOSURE;
use rhai::{ASTNode, Expr, FnCallExpr, FnPtr, Ident, Position, ScriptFuncDef, Stmt};

/// Options of trainings, and with how many values each is called.
const CALLED: [(&str, usize, &str); 7] = [
    ("schedule", 1, "|s| …"),
    ("penalty", 1, "|net| …"),
    ("loss", 2, "|scores, labels| …"),
    ("stop", 1, "|s| …"),
    ("on_step", 2, "|t, step| …"),
    ("on_epoch", 2, "|t, row| …"),
    ("on_end", 1, "|t| …"),
];

/// Methods that go through a list.
const EACH: [&str; 6] = ["for_each", "map", "filter", "some", "all", "find"];

/// A closure where it is written: its function, the parameters that it says, and where.
fn closure<'f>(facts: &'f Facts, value: &Expr) -> Option<(&'f ScriptFuncDef, usize)> {
    let (constant, captured) = match value {
        Expr::DynamicConstant(constant, _) => (constant, 0),
        Expr::Stmt(block) => match block.statements() {
            [Stmt::Share(_), Stmt::Expr(curried)] => match &**curried {
                Expr::FnCall(call, _) => match call.args.first()? {
                    Expr::DynamicConstant(constant, _) => (constant, call.args.len() - 1),
                    _ => return None,
                },
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    let name = constant.read_lock::<FnPtr>()?.fn_name().to_string();
    let function = facts.bodies.closure(&name).filter(|_| name.starts_with(CLOSURE))?;
    Some((function, captured))
}

/// `schedule: |s, i| …` of `train::fit`.
pub fn of_options(facts: &Facts, call: &FnCallExpr, written: &[(Ident, Expr)]) -> Vec<Finding> {
    let is_training = matches!(call.namespace.path.as_slice(), [module] if module.name == "train")
        && ["fit", "start"].contains(&call.name.as_str());
    if !is_training {
        return Vec::new();
    }
    let wrong = |(key, value): &(Ident, Expr)| {
        let (_, count, form) = CALLED.iter().find(|(name, ..)| key.name == *name)?;
        let (function, captured) = closure(facts, value)?;
        let has = function.params.len() - captured;
        // Without parameters what it is called on is `this`, and the others are left.
        (has > *count).then(|| {
            let title = format!(
                "`{}` is called with {count} {}, and its closure takes {has}",
                key.name,
                if *count == 1 { "value" } else { "values" }
            );
            Finding::new(&PARAMETERS, key.pos, title).with(format!("it is {form}"))
        })
    };
    written.iter().filter_map(wrong).collect()
}

/// `for_each(|x, i| …)` where there is an `i` outside, and `for_each(|x| this…)`.
pub fn of_method(facts: &Facts, variables: &Variables, call: &FnCallExpr) -> Vec<Finding> {
    let mut found = Vec::new();
    if !EACH.contains(&call.name.as_str()) {
        return found;
    }
    let Some((function, captured)) = call.args.first().and_then(|value| closure(facts, value)) else { return found };
    let parameters = &function.params[captured.min(function.params.len())..];
    let body = statements(&function.body);
    if let [_, index] = parameters
        && variables.find(index).is_some()
    {
        let position = first_use(body, index).unwrap_or_else(|| function.body.position());
        let title = format!("`{index}` is the index here, and hides the variable `{index}` outside");
        found.push(Finding::new(&INDEX, position, title).with("leave the second parameter out, or call it otherwise"));
    }
    if let [element, ..] = parameters
        && let Some(position) = first_this(body)
    {
        let title = format!("there is no `this` in a closure that gets the element as `{element}`");
        found.push(
            Finding::new(&THIS, position, title)
                .with(format!("`{element}` is it; or leave the parameters out: `|| …`")),
        );
    }
    found
}

fn first_use(body: &[Stmt], name: &str) -> Option<Position> {
    let mut first = None;
    each(body, &mut |node| {
        if let ASTNode::Expr(Expr::Variable(variable, _, position)) = node
            && variable.1 == name
        {
            first.get_or_insert(*position);
        }
    });
    first
}

fn first_this(body: &[Stmt]) -> Option<Position> {
    let mut first = None;
    each(body, &mut |node| {
        if let ASTNode::Expr(Expr::ThisPtr(position)) = node {
            first.get_or_insert(*position);
        }
    });
    first
}

/// A function of the script that uses `this`, called without one.
pub fn without_this(facts: &Facts, call: &FnCallExpr, position: Position) -> Option<Finding> {
    let name = call.name.as_str();
    let is_it = call.namespace.path.is_empty() && facts.with_this.contains(name) && facts.bodies.named(name).len() == 1;
    is_it.then(|| {
        let title = format!("`{name}` uses `this`, and is called on nothing");
        Finding::new(&THIS, position, title).with(format!("call it as a method: value.{name}(…)"))
    })
}
