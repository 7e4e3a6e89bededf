//! The page of the training loop, copied into a script, as README says that one can.

use crate::common::runs::{Place, SCRIPT};
use std::fs;

#[test]
fn a_script_with_a_copy_of_the_loop_trains_to_the_same_bits() {
    let place = Place::new();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    let page = include_str!("../../../stdlib/train.rhai");
    let copy = SCRIPT.replace("train::fit(", "fit(");
    assert!(copy != SCRIPT);
    fs::write(place.path("s.rhai"), format!("{page}\n{copy}")).unwrap();
    place.run(&["--run-dir", "copy", "s.rhai"]);
    assert!(place.outcome("copy") == place.outcome("whole"));
    // What is changed in it is what runs.
    let changed = page.replace("s.history.push(row);", "row.mine = s.step;\n    s.history.push(row);");
    assert!(changed != page);
    fs::write(place.path("s.rhai"), format!("{changed}\n{copy}")).unwrap();
    place.run(&["--run-dir", "changed", "s.rhai"]);
    assert!(place.outcome("changed").0.contains("\"mine\":8"), "{}", place.outcome("changed").0);
}
