//! What a pause may disturb, and is put back after it.

use crate::ml::{models::Modes, random};
use crate::script::api::handles::{Network, StopwatchHandle, TrainingHandle};
use rhai::{Array, Dynamic, FnPtr, Map, Scope};

/// The values of type `T` in the variables, then those that the training holds, whether the loop has them as variables or not.
fn all<T: Clone + 'static>(scope: &Scope, training: Option<&TrainingHandle>) -> Vec<T> {
    let mut found: Vec<T> = scope.iter_raw().filter_map(|(_, _, value)| value.clone().try_cast::<T>()).collect();
    let fields = training.map(TrainingHandle::fields).unwrap_or_default();
    fields.values().for_each(|value| add_held(value, DEPTH, &mut found));
    found
}

/// How deep a training's fields are looked into.
const DEPTH: usize = 6;

/// Adds what `value` is or holds: in its fields, its elements, in what it has captured.
fn add_held<T: Clone + 'static>(value: &Dynamic, depth: usize, found: &mut Vec<T>) {
    if depth == 0 {
        return;
    }
    if let Some(value) = value.read_lock::<T>() {
        found.push(value.clone());
    } else if let Some(map) = value.read_lock::<Map>() {
        map.values().for_each(|value| add_held(value, depth - 1, found));
    } else if let Some(array) = value.read_lock::<Array>() {
        array.iter().for_each(|value| add_held(value, depth - 1, found));
    } else if let Some(closure) = value.read_lock::<FnPtr>() {
        closure.iter_curry().for_each(|value| add_held(value, depth - 1, found));
    }
}

/// What a pause may disturb: where the program stands in its randomness, the training flags of networks, running stopwatches.
pub struct Before {
    random: random::State,
    modes: Vec<Modes>,
    running: Vec<StopwatchHandle>,
}

impl Before {
    pub fn of(scope: &Scope, training: Option<&TrainingHandle>) -> Self {
        let modes = all::<Network>(scope, training).iter().map(|network| Modes::of(&network.0)).collect();
        let running = all::<StopwatchHandle>(scope, training).into_iter().filter(StopwatchHandle::stop).collect();
        Before { random: random::state(), modes, running }
    }

    pub fn restore(self) {
        random::set_state(self.random);
        self.modes.iter().for_each(Modes::restore);
        self.running.iter().for_each(StopwatchHandle::start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stopwatches_stand_still_wherever_a_training_holds_them() {
        let watches: Vec<StopwatchHandle> = (0..4).map(|_| StopwatchHandle::default()).collect();
        watches.iter().for_each(StopwatchHandle::start);
        let [variable, field, held, captured] = [0, 1, 2, 3].map(|i: usize| Dynamic::from(watches[i].clone()));
        let mut scope = Scope::new();
        scope.push_dynamic("clock", variable);
        let mut closure = FnPtr::new("on_epoch").unwrap();
        closure.set_curry([captured]);
        let listener = Map::from([("watch".into(), held), ("on_epoch".into(), closure.into())]);
        let training = TrainingHandle::new(
            Map::from([("clock".into(), field)]),
            Map::from([("callbacks".into(), Dynamic::from(vec![Dynamic::from(listener)]))]),
            random::state(),
        );
        let before = Before::of(&scope, Some(&training));
        assert!(watches.iter().all(|watch| !watch.stop()), "all stand still");
        before.restore();
        assert!(watches.iter().all(StopwatchHandle::stop), "all go on");
    }
}
