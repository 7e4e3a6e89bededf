//! `x.add(1);`: the function gives something new, which nobody takes.

use super::facts::Facts;
use super::findings::{DISCARDED, kind::Finding};
use super::known::Known;
use super::variables::Variables;
use rhai::{Expr, Position, Token};

/// Methods of lists, texts and numbers that change nothing.
const PURE: [&str; 8] = ["sorted", "zip", "enumerate", "to_upper", "to_lower", "sub_string", "round", "abs"];

/// A statement that gives something and does nothing.
pub fn found(known: &Known, facts: &Facts, variables: &Variables, value: &Expr) -> Option<Finding> {
    match value {
        Expr::Dot(dot, ..) => {
            let mut last = &dot.rhs;
            while let Expr::Dot(dot, ..) = last {
                last = &dot.rhs;
            }
            match last {
                Expr::MethodCall(call, position) => {
                    let of_tensor = std::ptr::eq(last, &dot.rhs) && is_tensor(variables, &dot.lhs);
                    thrown_away(known, facts, &call.name, *position, of_tensor)
                }
                _ => None,
            }
        }
        Expr::FnCall(call, position) if call.is_operator_call() => {
            let (sign, does) = match call.op_token.as_ref()? {
                Token::EqualsTo => ("==", "compares"),
                Token::Plus => ("+", "computes"),
                Token::Minus => ("-", "computes"),
                Token::Multiply => ("*", "computes"),
                Token::Divide => ("/", "computes"),
                _ => return None,
            };
            let finding =
                Finding::new(&DISCARDED, *position, format!("`{sign}` {does}, and nobody takes what comes out"));
            Some(finding.with(if sign == "==" {
                "one `=` assigns"
            } else {
                "let y = …, or `+=` and its like, keep it"
            }))
        }
        Expr::FnCall(call, position) if call.namespace.path.is_empty() && !call.args.is_empty() => {
            thrown_away(known, facts, &call.name, *position, is_tensor(variables, &call.args[0]))
        }
        _ => None,
    }
}

fn is_tensor(variables: &Variables, value: &Expr) -> bool {
    let Expr::Variable(variable, ..) = value else { return false };
    variables.find(&variable.1).is_some_and(|(number, _)| variables.all[number].is_tensor)
}

fn thrown_away(known: &Known, facts: &Facts, name: &str, position: Position, of_tensor: bool) -> Option<Finding> {
    let is_own = facts.functions.contains_key(name) || facts.keys.contains(name) || known.has_key(name);
    let is_new = PURE.contains(&name)
        || known.global.get(name).is_some_and(|ways| ways.is_new_tensor || of_tensor && ways.is_of_tensor);
    if is_own && !of_tensor || !is_new {
        return None;
    }
    let finding = Finding::new(&DISCARDED, position, format!("`{name}` gives something new, which nobody takes"));
    let in_place = format!("{name}_");
    let remedy = match known.global.contains_key(&in_place) {
        true => format!("let y = …, or `{in_place}` which changes the tensor in place"),
        false => "let y = … keeps it".to_string(),
    };
    Some(finding.with(remedy))
}
