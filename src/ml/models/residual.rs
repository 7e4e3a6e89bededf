//! A connection past a layer (He et al. 2016): `x + layer(x)`.

use super::{Module, Pass, Replica};
use crate::error::{Error, Result};
use crate::ml::batch::{Sequence, Value};
use crate::ml::tensor::During;
use std::rc::Rc;

/// Adds a layer's input to its output.
pub struct Residual {
    layer: Rc<dyn Module>,
}

impl Residual {
    pub fn new(layer: Rc<dyn Module>) -> Residual {
        Residual { layer }
    }

    fn refused(&self, input: &Value, output: &Value) -> Error {
        let (layer, given, came) = (self.layer.type_name(), input.shape(), output.shape());
        Error::shape(format!(
            "residual: the {layer} inside made {came:?} of {given:?}, and only what is as large can be added"
        ))
    }
}

impl Module for Residual {
    fn type_name(&self) -> &str {
        "Residual"
    }

    fn describe(&self) -> String {
        String::new()
    }

    fn forward(&self, input: &Value, pass: &Pass) -> Result<Value> {
        if let Value::Batch(batch) = input {
            return self.forward(&batch.value()?, pass);
        }
        let output = pass.run(&self.layer, input)?;
        if input.shape() != output.shape() {
            return Err(self.refused(input, &output));
        }
        match (input, &output) {
            // A layer may make a sequence of a tensor, whose rows are full then.
            (Value::Sequence(_), _) | (_, Value::Sequence(_)) => {
                let (x, y) = (input.sequence("residual")?, output.sequence("residual")?);
                if x.layout().lengths() != y.layout().lengths() {
                    return Err(self.refused(input, &output));
                }
                let (a, b) = (x.to_packed()?, y.to_packed()?);
                Ok(Sequence::packed(a.f_add(&b).during("residual", &[&a, &b])?, y.layout().clone())?.into())
            }
            _ => {
                let (a, b) = (input.tensor()?, output.tensor()?);
                Ok(a.f_add(&b).during("residual", &[&a, &b])?.into())
            }
        }
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        vec![("layer".to_string(), self.layer.clone())]
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(Residual { layer: replica.module(&self.layer)? }))
    }

    fn example_input(&self) -> Option<Value> {
        self.layer.example_input()
    }
}
