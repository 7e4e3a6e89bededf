//! Which expressions are whole numbers for certain, and where a share of two is meant to be one with a point.

use super::variables::Variables;
use rhai::{Expr, FnCallExpr, Position, Token};

/// Words in the names of what is a share, a rate or a mean.
const SHARES: [&str; 18] = [
    "acc",
    "accuracy",
    "rate",
    "lr",
    "share",
    "ratio",
    "mean",
    "average",
    "avg",
    "loss",
    "fraction",
    "frac",
    "precision",
    "recall",
    "f1",
    "probability",
    "prob",
    "weight",
];

/// Whether what has this name is no whole number.
pub fn is_share(name: &str) -> bool {
    name.split('_').any(|word| SHARES.contains(&word))
}

/// The variables that must be whole numbers so that `value` is one; nothing where it may be another.
pub fn whole(value: &Expr, variables: &Variables) -> Option<Vec<usize>> {
    match value {
        Expr::IntegerConstant(..) => Some(Vec::new()),
        Expr::Variable(variable, _, _) if variable.2.path.is_empty() => {
            let (number, _) = variables.find(&variable.1)?;
            Some(vec![number])
        }
        Expr::Dot(dot, ..) => match &dot.rhs {
            Expr::MethodCall(call, _) if call.name == "len" && call.args.is_empty() => Some(Vec::new()),
            _ => None,
        },
        Expr::FnCall(call, _) if !call.is_qualified() => match (call.name.as_str(), call.args.as_slice()) {
            ("len", [_]) => Some(Vec::new()),
            ("+" | "-" | "*" | "/" | "%", [a, b]) => {
                let mut all = whole(a, variables)?;
                all.extend(whole(b, variables)?);
                Some(all)
            }
            // What a loop goes through.
            (".." | "..=", [a, b]) => {
                let mut all = whole(a, variables)?;
                all.extend(whole(b, variables)?);
                Some(all)
            }
            _ => None,
        },
        _ => None,
    }
}

/// A division whose both sides may be whole numbers: where it is, and on which variables that depends.
pub fn division(value: &Expr, variables: &Variables) -> Option<(Position, Vec<usize>)> {
    let Expr::FnCall(call, position) = value else { return None };
    let [a, b] = divided(call)?;
    let mut all = whole(a, variables)?;
    all.extend(whole(b, variables)?);
    Some((*position, all))
}

fn divided(call: &FnCallExpr) -> Option<&[Expr; 2]> {
    (call.op_token == Some(Token::Divide)).then(|| call.args.as_slice().try_into().ok()).flatten()
}

/// Whether it is a division of two written numbers that leaves something over.
pub fn is_inexact(call: &FnCallExpr) -> bool {
    match divided(call) {
        Some([Expr::IntegerConstant(a, _), Expr::IntegerConstant(b, _)]) => *b != 0 && a % b != 0,
        _ => false,
    }
}

/// Whether an operator has a number with a point on one side, for which the other is computed.
pub fn is_beside_float(call: &FnCallExpr) -> bool {
    let is_operator = ["+", "-", "*", "<", ">", "<=", ">="].contains(&call.name.as_str()) && call.is_operator_call();
    is_operator && call.args.iter().any(|side| matches!(side, Expr::FloatConstant(..)))
}
