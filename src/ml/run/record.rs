//! What one epoch came to.

use crate::error::{Error, Result};
use serde_json::{Map, Value};

/// One epoch of a run: `epoch, lr, train_loss, train_acc, test_loss, test_acc, train_seconds, test_seconds`, in the
/// order in which they are written. Values that are not there, null or NaN are gaps in the plot.
pub type Record = Map<String, Value>;

/// A record as a line of a file. Numbers that JSON does not have (NaN and the infinities) are null there, as they are in every
/// `serde_json::Value`.
pub fn line(record: &Record) -> Result<String> {
    let text = serde_json::to_string(record).map_err(|e| Error::data(format!("a row of the run: {e}")))?;
    Ok(text + "\n")
}
