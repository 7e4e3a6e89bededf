//! `best.safetensors`, the weights of the best epoch, with that epoch's row in the file's metadata; and `result.json`.

use super::names::{BEST, RESULT};
use super::record::Record;
use super::writer::Run;
use crate::access;
use crate::error::{Error, Result};
use crate::ml::{
    checkpoint,
    models::{Module, named_state},
    weights,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tch::Tensor;

/// In the metadata of the file: the row of the epoch.
const ROW: &str = "row";

/// What stands before the names of the network's tensors in a checkpoint.
const NETWORK: &str = "net.";

/// The weights of a network under their names.
type Weights = Vec<(String, Tensor)>;

impl Run {
    /// Keeps the network after its best epoch, whose row, without times, is `row`.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn save_best(&self, row: &Record, network: &dyn Module) -> Result<()> {
        self.save_best_weights(row, &named_state(network))
    }

    fn save_best_weights(&self, row: &Record, tensors: &[(String, Tensor)]) -> Result<()> {
        let metadata = BTreeMap::from([(ROW.to_string(), text(row)?)]);
        self.write(BEST, |folder| weights::save(&folder.path().join(BEST), tensors, &metadata).map(drop))
    }

    /// The training stands elsewhere: makes the file that of the epoch that is the `best` by now, from its weights where they are `kept`, else
    /// from what the folder has. Gives the weights, where there are some.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn rewind_best(&self, best: Option<&Record>, kept: Option<Weights>) -> Result<Option<Weights>> {
        let path = self.path();
        let file = path.join(BEST);
        let read = access::is_file(&file).then(|| weights::read(&file).ok()).flatten();
        let row = best.map(text).transpose()?;
        let is_it = row.is_some() && read.as_ref().and_then(|read| read.metadata.get(ROW)) == row.as_ref();
        if let (true, Some(read)) = (is_it, read) {
            return Ok(Some(kept.unwrap_or(read.tensors)));
        }
        let found = kept.or_else(|| of_checkpoint(&path, best?.get("epoch")?.as_i64()?));
        match (best, &found) {
            (Some(best), Some(tensors)) => self.save_best_weights(best, tensors)?,
            _ if access::is_file(&file) => self.write(BEST, |_| access::remove_file(&file))?,
            _ => {}
        }
        Ok(found)
    }

    /// Writes the weights of the best epoch, where they could not be written behind it.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn complete_best(&self, row: &Record, tensors: &[(String, Tensor)]) -> Result<()> {
        if self.is_missing(BEST) { self.save_best_weights(row, tensors) } else { Ok(()) }
    }

    /// The file of the best epoch's weights, where there is one.
    pub fn best_weights(&self) -> Option<PathBuf> {
        Some(self.path().join(BEST)).filter(|path| access::is_file(path))
    }

    /// Keeps what a training has come to.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn save_result(&self, result: &Value) -> Result<()> {
        let text = serde_json::to_string_pretty(result).map_err(|e| Error::data(format!("{RESULT}: {e}")))?;
        self.write(RESULT, |folder| folder.keep_text(RESULT, &(text + "\n")))
    }

    /// The training goes on: what it had come to is over.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn forget_result(&self) -> Result<()> {
        let path = self.path().join(RESULT);
        if !access::is_file(&path) {
            return Ok(());
        }
        // Without a validation set the result says nothing of the test set: predictions are those of the last epoch, and stand.
        let result: Option<Value> = access::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let has_scored = result.is_none_or(|result| !result["test"].is_null());
        self.write(RESULT, |_| access::remove_file(&path))?;
        if has_scored { self.forget_predictions_after(0) } else { Ok(()) }
    }
}

fn text(row: &Record) -> Result<String> {
    serde_json::to_string(row).map_err(|e| Error::data(format!("a row of the run: {e}")))
}

/// The network in the checkpoint that was kept of the best epoch.
fn of_checkpoint(run: &Path, epoch: i64) -> Option<Weights> {
    let all = weights::read(&checkpoint::best_file(run, epoch)?).ok()?.tensors;
    let own = all.into_iter().filter_map(|(name, tensor)| Some((name.strip_prefix(NETWORK)?.to_string(), tensor)));
    Some(own.collect()).filter(|own: &Weights| !own.is_empty())
}
