//! The type of an expression that is being typed, from the values of variables and the signatures of functions.

use super::{context::Link, known::Known};
use crate::script::inspect::{self, Variable};

/// What is known of a value: its type, empty where it is open, and its fields.
#[derive(Debug, Default, Clone)]
pub struct Value {
    pub kind: String,
    pub fields: Vec<Variable>,
    pub element: Option<Box<Variable>>,
}

impl Value {
    fn of(kind: &str) -> Self {
        Value { kind: kind.to_string(), ..Value::default() }
    }
}

impl From<&Variable> for Value {
    fn from(variable: &Variable) -> Self {
        Value { kind: variable.kind.clone(), fields: variable.fields.clone(), element: variable.element.clone() }
    }
}

/// The value of `f(x).y[0]`.
pub fn of_chain(known: &Known, chain: &[Link]) -> Value {
    let mut links = chain.iter();
    let Some(first) = links.next() else { return Value::default() };
    let first = match first {
        Link::Name(name) => known.variables.iter().find(|v| v.name == *name).map(Value::from).unwrap_or_default(),
        Link::Call(name) => Value::of(&inspect::gives(&known.library.docs, name).unwrap_or_default()),
        Link::Literal(kind) => Value::of(kind),
        Link::Index | Link::Other => Value::default(),
    };
    links.fold(first, |value, link| match link {
        Link::Name(name) => member(known, &value, name, true),
        Link::Call(name) => member(known, &value, name, false),
        // Elements of tensors are tensors; those of arrays are like the first.
        Link::Index if value.kind == "Tensor" => value,
        Link::Index => value.element.as_deref().map(Value::from).unwrap_or_default(),
        _ => Value::default(),
    })
}

fn member(known: &Known, owner: &Value, name: &str, is_property: bool) -> Value {
    if let Some(field) = owner.fields.iter().find(|f| f.name == name) {
        return Value::from(field);
    }
    let fits = |m: &&inspect::Member| m.name == name && m.is_property == is_property && m.of == owner.kind;
    known.members().find(fits).map(|m| Value::of(&m.gives)).unwrap_or_default()
}
