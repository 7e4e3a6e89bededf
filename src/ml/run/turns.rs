//! The turns of a run's training: each `t.run(…)` of its script is one.

use std::cell::Cell;

/// A script that is run again takes the same turns in the same order, and each goes on from its own checkpoints: by its number, not
/// by how far the training has come.
#[derive(Debug, Default)]
pub struct Turns {
    begun: Cell<usize>,
    by_hand: Cell<bool>,
}

impl Turns {
    /// Begins the next one, and gives its number, from 0; none where the script itself says where its training goes on.
    pub fn begin(&self) -> Option<usize> {
        let number = self.begun.get();
        self.begun.set(number + usize::from(!self.by_hand.get()));
        (!self.by_hand.get()).then_some(number)
    }

    /// The turn under way, or the last one; before any, and where none are counted, the first.
    pub fn current(&self) -> usize {
        self.begun.get().saturating_sub(1)
    }

    /// From now on none are counted.
    pub fn go_on_by_hand(&self) {
        self.by_hand.set(true);
    }
}
