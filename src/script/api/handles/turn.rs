//! A training's turn.

use super::TrainingHandle;
use crate::interrupt;
use crate::ml::random;
use crate::output;
use std::rc::Rc;

/// While it lives, its training is at work.
#[derive(Debug, Clone)]
pub struct TurnHandle(#[allow(dead_code, reason = "it is there to be dropped")] Rc<Turn>);

impl TurnHandle {
    /// Begins the turn of a training that is not at work.
    pub fn of(training: &TrainingHandle) -> Self {
        TurnHandle(Rc::new(Turn::of(training.clone())))
    }
}

#[derive(Debug)]
struct Turn {
    training: TrainingHandle,
    outside: random::State,
    _hold: interrupt::Hold,
}

impl Turn {
    fn of(training: TrainingHandle) -> Turn {
        output::outlive();
        let outside = random::state();
        random::set_state(training.0.random.get());
        training.0.at_work.set(true);
        training.0.stopped.set(false);
        Turn { training, outside, _hold: interrupt::Hold::new() }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.training.0.random.set(random::state());
        self.training.0.at_work.set(false);
        self.training.0.listeners.iter().for_each(|listener| listener.on_turn_over());
        random::set_state(self.outside);
    }
}
