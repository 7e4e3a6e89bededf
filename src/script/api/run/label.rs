//! What a run is called: by its script, and by the command line.

use crate::error::{Error, ErrorKind, Result};
use crate::script::base::options::shown;
use rhai::{Array, Dynamic, Map};
use serde_json::{Value, json};

/// Its name, words to find it by, and what is to be remembered of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    pub name: Option<String>,
    pub tags: Vec<String>,
    pub notes: Option<String>,
}

impl Label {
    /// Takes what a script says out of the options of its training. `--name` goes before its name, and each `--tag` is added.
    ///
    /// # Errors
    /// A name or notes that are no text, tags that are none.
    pub fn take(options: &mut Map, given: &Label) -> Result<Label> {
        let mut text = |name: &str, given: &Option<String>| match options.remove(name).filter(|value| !value.is_unit())
        {
            Some(value) if !value.is_string() => Err(wrong(name, "a text", &value)),
            own => Ok(given.clone().or_else(|| own.and_then(|own| own.into_string().ok()))),
        };
        let (name, notes) = (text("name", &given.name)?, text("notes", &given.notes)?);
        let mut tags = match options.remove("tags") {
            None => Vec::new(),
            Some(tags) if tags.is_unit() => Vec::new(),
            Some(tags) => {
                let texts = tags
                    .read_lock::<Array>()
                    .map(|tags| tags.iter().map(|tag| tag.clone().into_string().ok()).collect());
                texts.flatten().ok_or_else(|| wrong("tags", "an array of texts, such as [\"baseline\"]", &tags))?
            }
        };
        tags.extend(given.tags.iter().cloned());
        let mut seen = Vec::new();
        tags.retain(|tag: &String| {
            !seen.contains(tag) && {
                seen.push(tag.clone());
                true
            }
        });
        Ok(Label { name, tags, notes })
    }

    pub fn to_json(&self) -> Value {
        json!({ "name": self.name, "tags": self.tags, "notes": self.notes })
    }
}

fn wrong(option: &str, what: &str, given: &Dynamic) -> Error {
    Error::new(ErrorKind::Option, format!("train::fit: option `{option}` takes {what}, got {}", shown(given)))
}
