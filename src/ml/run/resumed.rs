//! A run that goes on: from where, and what it is asked for otherwise than before.

use super::record::Record;
use crate::ml::checkpoint::Position;
use serde_json::{Value, json};

/// In `config.json`: the scripts that were read besides the run's own, and what their texts come to.
const FILES: &str = "files";

/// In `config.json`: where those of the training's options stand that are functions, and what these have captured.
pub const FUNCTIONS: &str = "functions";

#[derive(Debug, Default)]
pub struct Resumed {
    /// The checkpoint to go on from, with its turn; the newest where none is named.
    pub from: Option<(usize, Position)>,
    /// What is asked for otherwise than before, each as `{ "from": 16, "to": 32 }`.
    pub changed: Record,
    /// What is to stand in `config.json` once the run has gone on.
    pub config: Value,
}

impl Resumed {
    /// What `new` asks for otherwise than the `config.json` of before: options of the script and of the training, threads, device; and the
    /// files of scripts that read otherwise.
    pub fn changed(old: &Value, new: &Value) -> Record {
        let mut changed = Record::new();
        let mut compare = |name: &str, from: &Value, to: &Value| {
            // The training's options are mostly the script's.
            if from != to && !changed.contains_key(name) {
                changed.insert(name.to_string(), json!({ "from": from, "to": to }));
            }
        };
        for part in ["options", "training", FILES] {
            for (name, to) in new[part].as_object().into_iter().flatten() {
                // How a function of the training is written says nothing of what it does, and one that there was not was not asked for otherwise.
                if part != "training" || new[FUNCTIONS].get(name).is_none() {
                    old[part].get(name).into_iter().for_each(|from| compare(name, from, to));
                }
            }
        }
        ["threads", "device"].iter().for_each(|name| compare(name, &old[name], &new[name]));
        changed
    }

    /// Whether it may come to other numbers than the run that was interrupted: what that one kept of later turns is then given up.
    pub fn goes_another_way(&self) -> bool {
        self.from.is_some() || !self.changed.is_empty()
    }

    /// `batch 32 in place of 16, lr 0.001 in place of 0.003, rates.rhai as it reads now`
    pub fn in_words(&self) -> String {
        let words = self.changed.iter().map(|(name, change)| match self.config[FILES].get(name) {
            Some(_) => format!("{name} as it reads now"),
            None => format!("{name} {} in place of {}", change["to"], change["from"]),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}
