//! The options of trials as the script will have them: defaults and presets included.

use super::trials::{Options, SEED};
use crate::error::{Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// The options of each trial as the script will have them.
///
/// # Errors
/// What `with` says of options that the script does not have; two trials that are the same.
pub fn resolved(
    trials: &[Options],
    seed_is_flag: bool,
    with: impl Fn(&BTreeMap<String, String>) -> Result<BTreeMap<String, String>>,
) -> Result<Vec<BTreeMap<String, String>>> {
    let mut all: Vec<BTreeMap<String, String>> = Vec::new();
    for trial in trials {
        let own = trial.iter().filter(|(key, _)| !(seed_is_flag && key == SEED));
        let mut resolved = with(&own.cloned().collect())?;
        if seed_is_flag {
            resolved.extend(trial.iter().filter(|(key, _)| key == SEED).cloned());
        }
        all.push(resolved);
    }
    let mut seen = BTreeMap::new();
    for (resolved, trial) in all.iter().zip(trials) {
        if let Some(before) = seen.insert(resolved, trial) {
            let shown = |trial: &Options| trial.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(" ");
            let message = format!("two trials are the same: {} and {}", shown(before), shown(trial));
            return Err(Error::new(ErrorKind::Usage, message));
        }
    }
    Ok(all)
}

/// How many epochs all trials have.
///
/// # Errors
/// A script without the option, or one that is to be tried with several.
pub fn epochs(resolved: &[BTreeMap<String, String>]) -> Result<u64> {
    let of = |options: &BTreeMap<String, String>| options.get("epochs").and_then(|epochs| epochs.parse::<u64>().ok());
    let first = resolved.first().and_then(of);
    match first.filter(|first| *first > 0 && resolved.iter().all(|options| of(options) == Some(*first))) {
        Some(epochs) => Ok(epochs),
        None => Err(Error::new(
            ErrorKind::Usage,
            "--halving needs a script with an option `epochs`, which is the same in all trials: it says how long a whole training is",
        )),
    }
}
