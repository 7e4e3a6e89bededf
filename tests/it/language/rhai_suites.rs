//! The suites written in Rhai, on every device that this machine has.

use imdbsh::{ml::device, script::Setup, testing};
use std::path::Path;

#[test]
fn the_suites_pass_on_every_device() {
    for place in device::all() {
        device::set_current(place);
        let result = testing::run(Path::new("tests/stdlib"), || Setup::named("suites"));
        assert!(result.is_ok(), "on {}: {result:?}", device::name(place));
    }
}
