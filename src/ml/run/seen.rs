//! How a run stands, as others see it.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A process is at work.
    Running,
    /// At a prompt, or to be gone on with.
    Paused,
    Finished,
    Failed,
    /// Its process is gone, and had no time to say anything.
    Killed,
    /// Files are missing, or cannot be read.
    Damaged,
    /// A folder of an older version, which does not say.
    Unknown,
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            How::Running => "running",
            How::Paused => "paused",
            How::Finished => "finished",
            How::Failed => "failed",
            How::Killed => "killed",
            How::Damaged => "damaged",
            How::Unknown => "unknown",
        })
    }
}
