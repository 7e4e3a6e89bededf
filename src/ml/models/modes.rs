//! Training or evaluation mode of a network and all its parts, to be put back.

use super::Module;
use std::rc::Rc;

/// Each layer that has a mode, with the one it was in: true for training.
pub struct Modes(Vec<(Rc<dyn Module>, bool)>);

impl Modes {
    pub fn of(network: &Rc<dyn Module>) -> Self {
        let mut modes = Vec::new();
        collect(network, &mut modes);
        Modes(modes)
    }

    /// Whether one of them was in training.
    pub fn any_training(&self) -> bool {
        self.0.iter().any(|(_, training)| *training)
    }

    pub fn restore(&self) {
        self.0.iter().for_each(|(module, training)| module.set_training(*training));
    }
}

fn collect(module: &Rc<dyn Module>, modes: &mut Vec<(Rc<dyn Module>, bool)>) {
    // A layer before its parts: if it hands its mode on to them, they get their own again after it.
    if let Some(training) = module.training() {
        modes.push((module.clone(), training));
    }
    module.children().iter().for_each(|(_, child)| collect(child, modes));
}
