//! The parts of an encoder as networks of their own: for their names, their parameters, and to freeze or train them alone.

use super::names::Parts;
use crate::error::{Error, Result};
use crate::ml::batch::Value;
use crate::ml::models::{Module, Pass, Replica};
use std::rc::Rc;
use tch::Tensor;

type Parameters = Vec<(String, Tensor)>;
type Children = Vec<(String, Rc<dyn Module>)>;

/// A part that runs within the whole only.
struct Part {
    /// transformers' name of it: `BertLayer`.
    type_name: &'static str,
    parameters: Parameters,
    children: Children,
}

/// Parameters under their full names, as the parts that they belong to, one in the other; and those that belong to none.
pub(super) fn tree(parts: &Parts, parameters: Parameters) -> (Parameters, Children) {
    below(parts, "", parameters)
}

fn below(parts: &Parts, path: &str, parameters: Parameters) -> (Parameters, Children) {
    let mut own = Vec::new();
    let mut inside: Vec<(String, &'static str, String, Parameters)> = Vec::new();
    for (name, tensor) in parameters {
        let (first, rest) = name.split_once('.').unwrap_or((&name, ""));
        let part = if path.is_empty() { first.to_string() } else { format!("{path}.{first}") };
        match parts.class(&part).filter(|_| !rest.is_empty()) {
            None => own.push((name, tensor)),
            Some(class) => {
                let parameter = (rest.to_string(), tensor);
                match inside.iter_mut().find(|(name, ..)| name == first) {
                    Some((.., parameters)) => parameters.push(parameter),
                    None => inside.push((first.to_string(), class, part, vec![parameter])),
                }
            }
        }
    }
    let children = inside.into_iter().map(|(name, type_name, path, parameters)| {
        let (parameters, children) = below(parts, &path, parameters);
        let part: Rc<dyn Module> = Rc::new(Part { type_name, parameters, children });
        (name, part)
    });
    (own, children.collect())
}

impl Module for Part {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn describe(&self) -> String {
        String::new()
    }

    fn forward(&self, _: &Value, _: &Pass) -> Result<Value> {
        Err(Error::value(format!("{} is a part of an encoder and runs within it only", self.type_name)))
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        self.parameters.iter().map(|(name, p)| (name.clone(), p.shallow_clone())).collect()
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        let copy = |(name, p): &(String, Tensor)| Ok((name.clone(), replica.tensor(p)?));
        let parameters = self.parameters.iter().map(copy).collect::<Result<_>>()?;
        Ok(Rc::new(Part { type_name: self.type_name, parameters, children: replica.children(&self.children)? }))
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        self.children.clone()
    }
}
