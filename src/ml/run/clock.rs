//! The time that stands in a run folder's name, and in its files.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use std::time::SystemTime;

/// The same of a time that a file system gives.
pub fn stamp_of(time: SystemTime) -> Option<String> {
    Some(Timestamp::try_from(time).ok()?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The local date and time now.
pub fn now() -> DateTime {
    local(SystemTime::now())
}

/// The time now in UTC, `2026-11-25T10:15:00Z`.
pub fn stamp() -> String {
    stamp_of(SystemTime::now()).unwrap_or_else(|| "9999-12-31T23:59:59Z".into())
}

/// The local date and time; the last of the calendar's where the clock has gone beyond it, so that a run is not lost to a wrong clock.
fn local(now: SystemTime) -> DateTime {
    Timestamp::try_from(now).map_or(DateTime::MAX, |now| now.to_zoned(TimeZone::system()).datetime())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_clock_of_any_time_gives_a_name() {
        let year = |seconds: i64| {
            let far = Duration::from_secs(seconds.unsigned_abs());
            let now = if seconds < 0 { SystemTime::UNIX_EPOCH - far } else { SystemTime::UNIX_EPOCH + far };
            local(now).strftime("%Y").to_string()
        };
        assert_eq!(year(0).parse::<i32>().map(|y| (1969..=1970).contains(&y)), Ok(true));
        assert_eq!(year(-2_177_452_800 - 86_400 * 180), "1900");
        // The last days of 9999, and what comes behind them.
        for seconds in [253_402_207_200, 253_402_300_799, 253_402_300_800, 9_000_000_000_000, i64::MAX / 2] {
            assert_eq!(year(seconds), "9999");
        }
    }
}
