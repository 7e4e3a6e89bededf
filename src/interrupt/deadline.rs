//! `--max-seconds`.

use super::{end::exit_at_once, flag};
use std::time::Duration;

const FAILED: i32 = 1;

/// Stops what runs after `time`, and then ends the program if that is not answered, which `tell` tells the user.
pub fn expire_after(time: Duration, tell: fn(&str)) {
    const GRACE: Duration = Duration::from_secs(10);
    std::thread::spawn(move || {
        std::thread::sleep(time);
        flag::expire();
        std::thread::sleep(GRACE);
        tell(&format!("error: {}", flag::reason()));
        exit_at_once(FAILED);
    });
}
