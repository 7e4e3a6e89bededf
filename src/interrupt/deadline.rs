//! `--max-seconds`.

use super::{
    end::{FAILED, end_after, exit_at_once},
    flag,
};
use std::thread::Builder;
use std::time::Duration;

/// Stops what runs after `time`, and then ends the program if that is not answered, which `tell` tells the user.
pub fn expire_after(time: Duration, tell: fn(&str)) {
    let wait = move || {
        std::thread::sleep(time);
        flag::expire();
        std::thread::sleep(flag::PATIENCE);
        end_after(&format!("error: {}", flag::reason()), FAILED, tell);
    };
    if let Err(why) = Builder::new().spawn(wait) {
        tell(&format!("error: --max-seconds needs a thread: {why}"));
        exit_at_once(FAILED);
    }
}
