//! The parts of a BERT as networks of their own: for their names, their parameters, and to freeze or train them alone.

use crate::error::{Error, Result};
use crate::ml::batch::Value;
use crate::ml::models::{Module, Pass, Replica};
use std::rc::Rc;
use tch::Tensor;

/// A part that runs within the whole only.
pub(super) struct Part {
    /// transformers' name of it: `BertLayer`.
    pub type_name: &'static str,
    pub parameters: Vec<(String, Tensor)>,
    pub children: Vec<(String, Rc<dyn Module>)>,
}

impl Part {
    pub fn leaf(type_name: &'static str, parameters: Vec<(String, Tensor)>) -> Rc<dyn Module> {
        Rc::new(Part { type_name, parameters, children: Vec::new() })
    }

    pub fn of(type_name: &'static str, children: Vec<(String, Rc<dyn Module>)>) -> Rc<dyn Module> {
        Rc::new(Part { type_name, parameters: Vec::new(), children })
    }
}

impl Module for Part {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn describe(&self) -> String {
        String::new()
    }

    fn forward(&self, _: &Value, _: &Pass) -> Result<Value> {
        Err(Error::value(format!("{} is a part of a BERT and runs within it only", self.type_name)))
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
