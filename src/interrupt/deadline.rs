//! `--max-seconds`.

use super::{
    end::{FAILED, end_after},
    flag,
};
use std::time::Duration;

/// Stops what runs after `time`, and then ends the program if that is not answered, which `tell` tells the user.
pub fn expire_after(time: Duration, tell: fn(&str)) {
    std::thread::spawn(move || {
        std::thread::sleep(time);
        flag::expire();
        std::thread::sleep(flag::PATIENCE);
        end_after(&format!("error: {}", flag::reason()), FAILED, tell);
    });
}
