//! `--max-seconds`.

use super::{end::exit_at_once, flag};
use std::time::Duration;

const FAILED: i32 = 1;

/// Stops what runs after `time`, and then ends the program if that is not answered, which `tell` tells the user.
pub fn expire_after(time: Duration, tell: fn(&str)) {
    const GRACE: Duration = Duration::from_secs(10);
    /// Whoever reads stderr may have stopped reading, and would keep the program from its end.
    const HEARD: Duration = Duration::from_secs(1);
    std::thread::spawn(move || {
        std::thread::sleep(time);
        flag::expire();
        std::thread::sleep(GRACE);
        std::thread::spawn(move || tell(&format!("error: {}", flag::reason())));
        std::thread::sleep(HEARD);
        exit_at_once(FAILED);
    });
}
