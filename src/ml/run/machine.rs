//! The machine that a run is on.

use serde_json::{Value, json};

/// Its name in the network, where it has one.
pub fn host() -> Option<String> {
    #[cfg(unix)]
    return rustix::system::uname().nodename().to_str().ok().filter(|name| !name.is_empty()).map(str::to_string);
    #[cfg(not(unix))]
    return std::env::var("COMPUTERNAME").ok();
}

/// What its processor calls itself.
#[expect(clippy::disallowed_methods, reason = "what Linux says of itself")]
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_string())
}

/// As `config.json` has it.
pub fn machine() -> Value {
    json!({
        "host": host(),
        "processor": processor(),
        "architecture": std::env::consts::ARCH,
        "system": std::env::consts::OS,
        "cores": std::thread::available_parallelism().map_or(1, usize::from),
    })
}
