//! The Hugging Face hub, whose files are kept where Hugging Face's own libraries keep and find them. The environment says where the cache and the hub are: `HF_HUB_CACHE`, or
//! `HF_HOME/hub`; `HF_ENDPOINT`; `HF_TOKEN` for models that are not public; `HF_HUB_OFFLINE` forbids all connections.

use super::address::shown;
use super::download::Download;
use super::patience::Patience;
use crate::error::{Error, ErrorKind, Result};
use crate::output::complain;
use serde::Deserialize;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

const ENDPOINT: &str = "https://huggingface.co";
/// Names on the hub have no more letters.
const LONGEST: usize = 96;
/// Where models come from and go to.
#[derive(Debug, Clone)]
pub struct Hub {
    pub cache: PathBuf,
    pub endpoint: String,
    pub token: Option<String>,
    pub offline: bool,
}

/// What the hub has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Model,
    DataSet,
}

impl Kind {
    fn plural(self) -> &'static str {
        match self {
            Kind::Model => "models",
            Kind::DataSet => "datasets",
        }
    }

    /// For messages.
    fn shown(self) -> &'static str {
        match self {
            Kind::Model => "model",
            Kind::DataSet => "data set",
        }
    }
}

/// What the hub says of a model or data set.
#[derive(Deserialize)]
pub(super) struct Revision {
    pub sha: String,
    pub siblings: Vec<Sibling>,
}

#[derive(Deserialize)]
pub(super) struct Sibling {
    pub rfilename: String,
}

/// What is a file to whoever writes it.
const FILES: [&str; 8] = ["json", "txt", "safetensors", "bin", "params", "pt", "csv", "rhai"];

/// Whether `name` could be a model's on the hub: `NAME` or `OWNER/NAME`, and no file's.
pub fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        let plain = part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        plain && part.starts_with(|c: char| c.is_ascii_alphanumeric()) && !part.contains("..")
    };
    let parts: Vec<&str> = name.split('/').collect();
    let is_file = name.rsplit_once('.').is_some_and(|(_, ending)| FILES.contains(&ending));
    !is_file && name.len() <= LONGEST && parts.len() <= 2 && parts.into_iter().all(part)
}

impl Hub {
    /// As the environment says.
    ///
    /// # Errors
    /// No home folder, and no word where the cache is.
    pub fn of_environment() -> Result<Hub> {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let text = |name: &str| set(name).and_then(|value| value.into_string().ok());
        let home = || {
            let caches = set("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cache")));
            set("HF_HOME").map(PathBuf::from).or_else(|| Some(caches?.join("huggingface")))
        };
        let cache = set("HF_HUB_CACHE").map(PathBuf::from).or_else(|| Some(home()?.join("hub")));
        let no_home =
            || Error::new(ErrorKind::File, "there is no home folder: HF_HUB_CACHE says where models are kept");
        Ok(Hub {
            cache: cache.ok_or_else(no_home)?,
            endpoint: text("HF_ENDPOINT").unwrap_or_else(|| ENDPOINT.to_string()),
            token: text("HF_TOKEN"),
            offline: text("HF_HUB_OFFLINE")
                .is_some_and(|on| ["1", "on", "yes", "true"].contains(&on.to_lowercase().as_str())),
        })
    }

    /// Where all that is kept of a model or data set lies.
    pub fn folder(&self, kind: Kind, name: &str) -> PathBuf {
        self.cache.join(format!("{}--{}", kind.plural(), name.replace('/', "--")))
    }

    /// # Errors
    /// `HF_HUB_OFFLINE` forbids all connections.
    pub(super) fn may_ask(&self, name: &str) -> Result<()> {
        if !self.offline {
            return Ok(());
        }
        let message = format!("{name} is not in {}, and HF_HUB_OFFLINE forbids to download it", self.cache.display());
        Err(Error::new(ErrorKind::File, message))
    }

    /// A file of a commit into `snapshot`, if it is not there.
    pub(super) fn file(
        &self,
        kind: Kind,
        name: &str,
        sha: &str,
        file: &str,
        snapshot: &Path,
        patience: &Patience,
    ) -> Result<()> {
        let whole = snapshot.join(file);
        if whole.is_file() {
            return Ok(());
        }
        let place = whole.parent().unwrap_or(snapshot);
        fs::create_dir_all(place).map_err(|e| Error::file("make the folder", place, e))?;
        let before = if kind == Kind::DataSet { "datasets/" } else { "" };
        let url = format!("{}/{before}{name}/resolve/{sha}/{}", self.endpoint.trim_end_matches('/'), escaped(file));
        complain(&format!("downloading {}", shown(&url)));
        let own = whole.file_name().unwrap_or_default().to_string_lossy();
        let part = self.part(url, place.join(format!(".{own}.part")));
        part.run(patience)?;
        fs::rename(&part.path, &whole).map_err(|e| Error::file("write", &whole, e))?;
        part.remove();
        Ok(())
    }

    /// Asks the hub for the newest commit of a revision, and the names of its files.
    pub(super) fn revision(
        &self,
        kind: Kind,
        name: &str,
        revision: &str,
        folder: &Path,
        patience: &Patience,
    ) -> Result<Revision> {
        let (endpoint, plural) = (self.endpoint.trim_end_matches('/'), kind.plural());
        let url = format!("{endpoint}/api/{plural}/{name}/revision/{}", revision.replace('/', "%2F"));
        let part = self.part(url, folder.join(".revision.part"));
        // An answer of an earlier run may be an old one.
        part.remove();
        part.run(patience).map_err(|e| {
            match e.message.contains("answers 401") || e.message.contains("answers 404") {
                true => {
                    let what = kind.shown();
                    let why =
                        format!("the hub has no {what} of this name, or shows it only to those whom HF_TOKEN tells it");
                    Error::new(e.kind, format!("there is no {what} called `{name}`: {why} ({})", e.message))
                }
                false => e,
            }
        })?;
        let text = fs::read(&part.path).map_err(|e| Error::file("read", &part.path, e));
        part.remove();
        let revision: Revision = serde_json::from_slice(&text?)
            .map_err(|e| Error::data(format!("{} does not answer as the hub does: {e}", shown(&part.url))))?;
        // It becomes the name of a folder.
        match !revision.sha.is_empty() && revision.sha.chars().all(|c| c.is_ascii_alphanumeric()) {
            true => Ok(revision),
            false => Err(Error::data(format!("{} does not answer as the hub does: no commit", shown(&part.url)))),
        }
    }

    fn part(&self, url: String, path: PathBuf) -> Download {
        let token = self.token.iter().map(|token| ("Authorization", format!("Bearer {token}")));
        Download { url, path, headers: token.collect() }
    }
}

/// The name of a file as an address has it.
fn escaped(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_hub_are_told_from_paths() {
        for name in ["bert-base-uncased", "sentence-transformers/all-MiniLM-L6-v2", "a/b.c"] {
            assert!(is_name(name), "{name}");
        }
        for path in [
            "./minilm",
            "../minilm",
            "/models/minilm",
            "a/b/c",
            "tokenizer.json",
            "models/vocab.txt",
            "a\\b",
            "",
            "a/",
            "a/..",
            "-a",
            "my model",
        ] {
            assert!(!is_name(path), "{path}");
        }
    }
}
