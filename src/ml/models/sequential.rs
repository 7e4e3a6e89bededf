//! Layers one behind the other.

use super::{Module, Pass, Replica};
use crate::error::{Error, Result};
use crate::ml::batch::Value;
use std::{collections::HashSet, rc::Rc};

/// PyTorch's `Sequential`.
pub struct Sequential {
    children: Vec<(String, Rc<dyn Module>)>,
}

impl Sequential {
    /// Layers named "0", "1", … as in PyTorch.
    pub fn new(layers: Vec<Rc<dyn Module>>) -> Self {
        let children = layers.into_iter().enumerate().map(|(i, layer)| (i.to_string(), layer)).collect();
        Sequential { children }
    }

    /// Layers under names of their own, as `Sequential(OrderedDict(…))` has them.
    ///
    /// # Errors
    /// A name that is empty, holds a dot or stands twice: parameters could not be told apart.
    pub fn named(children: Vec<(String, Rc<dyn Module>)>) -> Result<Self> {
        let mut seen = HashSet::new();
        for (name, _) in &children {
            if name.is_empty() || name.contains('.') {
                return Err(Error::value(format!(
                    "sequential: `{name}` cannot name a layer: it is empty or holds a dot"
                )));
            }
            if !seen.insert(name) {
                return Err(Error::value(format!("sequential: two layers are named `{name}`")));
            }
        }
        Ok(Sequential { children })
    }
}

impl Module for Sequential {
    fn type_name(&self) -> &str {
        "Sequential"
    }

    fn describe(&self) -> String {
        String::new()
    }

    fn forward(&self, input: &Value, pass: &Pass) -> Result<Value> {
        self.children.iter().try_fold(input.clone(), |value, (_, layer)| pass.run(layer, &value))
    }

    fn children(&self) -> Vec<(String, Rc<dyn Module>)> {
        self.children.clone()
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(Sequential { children: replica.children(&self.children)? }))
    }

    fn example_input(&self) -> Option<Value> {
        // Layers in front of the first that can tell keep shapes (activations, dropout); if one does not, the summary
        // says that it found no shapes.
        self.children.iter().find_map(|(_, layer)| layer.example_input())
    }
}
