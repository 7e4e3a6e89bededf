//! Fifty steps of each optimizer.

use super::numbers::GOLDEN;
use super::problem::{Problem, assert_close, group, optimizer};
use imdbsh::ml::device;
use imdbsh::ml::optim::{self, Optimizer};

#[test]
fn fifty_steps_end_where_pytorch_ends() {
    for device in device::all() {
        for (name, options, wanted) in GOLDEN {
            let problem = Problem::new(device);
            let groups = match options {
                [one] => vec![group(problem.params(), name, one)],
                [hidden, head] => vec![group(problem.hidden(), name, hidden), group(problem.head(), name, head)],
                _ => panic!("one or two groups"),
            };
            problem.steps(&Optimizer::new(groups).unwrap(), 50);
            assert_close(&format!("{name} {options:?}"), &problem.values(), wanted);
        }
    }
}

#[test]
fn a_restored_state_goes_on_as_if_nothing_had_happened() {
    for device in device::all() {
        for (name, options, wanted) in GOLDEN.iter().filter(|(_, options, _)| options.len() == 1) {
            let first = Problem::new(device);
            let before = optimizer(&first, name, options[0]);
            first.steps(&before, 20);
            let state = before.snapshot().unwrap();
            let second = Problem::new(device);
            tch::no_grad(|| second.tensors().iter_mut().zip(first.tensors()).for_each(|(s, f)| s.copy_(&f)));
            // The first run goes on: its steps must not reach the snapshot.
            first.steps(&before, 5);
            let mut after = optimizer(&second, name, options[0]);
            after.load_state(&state).unwrap();
            second.steps(&after, 30);
            assert_close(&format!("{name} {options:?}"), &second.values(), wanted);
        }
    }
}

#[test]
fn every_optimizer_is_compared() {
    // Muon takes matrices alone, and L-BFGS a closure: each has a file of its own.
    for row in optim::TABLE.iter().filter(|row| !["muon", "lbfgs"].contains(&row.name)) {
        assert!(GOLDEN.iter().any(|(name, _, _)| *name == row.name), "{}", row.name);
    }
}
