//! How long a download is tried.

use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Patience {
    /// Attempts in a row that bring nothing.
    pub attempts: u32,
    /// Before the second attempt; it doubles from one to the next.
    pub wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { attempts: 6, wait: Duration::from_secs(1) }
    }
}
