//! What Hugging Face's `datasets` writes into files of its own about their columns, under the key `huggingface`.

use serde::Deserialize;
use serde_json::{Map, Value};

/// Where a column of numbers stands for classes that have names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClassLabel {
    names: Vec<String>,
}

#[derive(Deserialize)]
struct Said {
    info: Info,
}

#[derive(Deserialize)]
struct Info {
    features: Map<String, Value>,
}

impl ClassLabel {
    /// Of the column of this name, by what stands under the key; `None` where it says nothing of the kind.
    pub fn of(said: &str, column: &str) -> Option<ClassLabel> {
        let said: Said = serde_json::from_str(said).ok()?;
        let feature = said.info.features.get(column)?;
        if feature.get("_type")?.as_str()? != "ClassLabel" {
            return None;
        }
        let names: Vec<String> =
            feature.get("names")?.as_array()?.iter().filter_map(|name| Some(name.as_str()?.to_string())).collect();
        (!names.is_empty()).then_some(ClassLabel { names })
    }

    /// Whether a number is one: −1 is what `datasets` writes where there is none, as in a test set without answers.
    pub fn is_label(&self, number: &str) -> bool {
        number != "-1"
    }

    /// What the numbers are called. They stay the classes: sorted by the alphabet, names would number them anew.
    pub fn note(&self) -> String {
        const SHOWN: usize = 12;
        let first: Vec<String> =
            self.names.iter().take(SHOWN).enumerate().map(|(i, name)| format!("{i} = {name}")).collect();
        let more = if self.names.len() > SHOWN { ", …" } else { "" };
        format!("its labels are called {}{more}", first.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // >>> pq.read_schema("…").metadata[b"huggingface"]   # datasets 5.2
    const SAID: &str = r#"{"info": {"features": {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}}}"#;

    #[test]
    fn names_are_found_and_none_is_none() {
        let label = ClassLabel::of(SAID, "label").unwrap();
        assert_eq!(label.note(), "its labels are called 0 = neg, 1 = pos");
        assert!(label.is_label("1") && !label.is_label("-1"));
        for (said, column) in [(SAID, "text"), (SAID, "other"), ("{", "label"), ("{}", "label")] {
            assert_eq!(ClassLabel::of(said, column), None);
        }
    }
}
