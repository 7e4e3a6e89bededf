//! `status.json`: how a run stands.
//!
//! Whoever writes into a run holds its lock, which goes with the process. So a file that says that a process is at work, beside a lock that
//! nobody holds, says that the process was killed: who reads looks at both.

use super::clock;
use super::machine;
use super::names::STATUS;
use crate::error::{Error, Result};
use crate::ml::files::write_atomically;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// A process is at work.
    Running,
    /// At a prompt, where a process has it; else it waits for `imdbsh resume`.
    Paused,
    Finished,
    Failed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Running => "running",
            State::Paused => "paused",
            State::Finished => "finished",
            State::Failed => "failed",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub status: State,
    /// Since when, in UTC, by the clock of the machine that it ran on.
    pub since: String,
    /// What the user was told: of a run that failed, why; of one that waits, where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The process that is at work, and its machine; none where nobody has the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

impl Status {
    /// This process has the run.
    pub fn at_work(status: State) -> Self {
        let (process, host) = (Some(std::process::id()), machine::host());
        Status { status, since: clock::stamp(), error: None, process, host }
    }

    /// Nobody has it any more.
    pub fn left(status: State, error: Option<String>) -> Self {
        Status { status, since: clock::stamp(), error, process: None, host: None }
    }

    /// # Errors
    /// A folder that cannot be written.
    pub fn write(&self, run: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(|e| Error::data(format!("{STATUS}: {e}")))?;
        write_atomically(&run.join(STATUS), |file| writeln!(file, "{text}"))
    }
}
