//! Pre-trained models by their names on the Hugging Face hub, kept where Hugging Face's own libraries keep and find them:
//!
//! ```text
//! HF_HUB_CACHE/models--NAME/refs/main                  the commit
//! HF_HUB_CACHE/models--NAME/snapshots/COMMIT/FILE
//! ```
//!
//! What is there is used without asking the hub. The environment says where the cache and the hub are: `HF_HUB_CACHE`, or
//! `HF_HOME/hub`; `HF_ENDPOINT`; `HF_TOKEN` for models that are not public; `HF_HUB_OFFLINE` forbids all connections.

use super::address::shown;
use super::download::Download;
use super::lock::lock;
use super::patience::Patience;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::files::write_own;
use crate::output::complain;
use serde::Deserialize;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

const ENDPOINT: &str = "https://huggingface.co";
const CONFIG: &str = "config.json";
/// The first that a model has of each kind is needed.
const NEEDED: [&[&str]; 3] = [&[CONFIG], &["model.safetensors", "pytorch_model.bin"], &["tokenizer.json", "vocab.txt"]];
/// Names on the hub have no more letters.
const LONGEST: usize = 96;
/// Taken where a model has it.
const WANTED: [&str; 1] = ["tokenizer_config.json"];

/// Where models come from and go to.
#[derive(Debug, Clone)]
pub struct Hub {
    pub cache: PathBuf,
    pub endpoint: String,
    pub token: Option<String>,
    pub offline: bool,
}

/// What the hub says of a model.
#[derive(Deserialize)]
struct Revision {
    sha: String,
    siblings: Vec<Sibling>,
}

#[derive(Deserialize)]
struct Sibling {
    rfilename: String,
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

    /// Where all that is kept of the model `name` lies.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.cache.join(format!("models--{}", name.replace('/', "--")))
    }

    /// The folder of the model `name`: from the cache, else downloaded.
    ///
    /// # Errors
    /// A model that the hub does not have, or not with weights and a tokenizer; no connection, or none allowed; a download that
    /// fails (what came is kept, and gone on with the next time); Ctrl-C.
    pub fn model(&self, name: &str, patience: &Patience) -> Result<PathBuf> {
        let folder = self.folder(name);
        if let Some(there) = cached(&folder) {
            return Ok(there);
        }
        if self.offline {
            let message =
                format!("{name} is not in {}, and HF_HUB_OFFLINE forbids to download it", self.cache.display());
            return Err(Error::new(ErrorKind::File, message));
        }
        fs::create_dir_all(&folder).map_err(|e| Error::file("make the folder", &folder, e))?;
        let _lock = lock(&folder.join(".imdbsh.lock"), name)?;
        if let Some(there) = cached(&folder) {
            return Ok(there);
        }
        self.download(name, &folder, patience)
    }

    fn download(&self, name: &str, folder: &Path, patience: &Patience) -> Result<PathBuf> {
        let revision = self.revision(name, folder, patience)?;
        let has = |file: &&str| revision.siblings.iter().any(|s| s.rfilename == **file);
        let mut files = Vec::new();
        for kind in NEEDED {
            files.push(*kind.iter().find(|file| has(file)).ok_or_else(|| {
                Error::data(format!("{name} is no model to load: the hub has no {} of it", kind.join(" and no ")))
            })?);
        }
        files.extend(WANTED.iter().filter(|file| has(file)));
        let snapshot = folder.join("snapshots").join(&revision.sha);
        fs::create_dir_all(&snapshot).map_err(|e| Error::file("make the folder", &snapshot, e))?;
        for file in files {
            let whole = snapshot.join(file);
            if whole.is_file() {
                continue;
            }
            let url = format!("{}/{name}/resolve/{}/{file}", self.endpoint.trim_end_matches('/'), revision.sha);
            complain(&format!("downloading {}", shown(&url)));
            let part = self.part(url, snapshot.join(format!(".{file}.part")));
            part.run(patience)?;
            fs::rename(&part.path, &whole).map_err(|e| Error::file("write", &whole, e))?;
            part.remove();
        }
        let refs = folder.join("refs");
        fs::create_dir_all(&refs).map_err(|e| Error::file("make the folder", &refs, e))?;
        write_own(&refs.join("main"), |file| file.write_all(revision.sha.as_bytes()))?;
        Ok(snapshot)
    }

    /// Asks the hub for the model's newest commit and the names of its files.
    fn revision(&self, name: &str, folder: &Path, patience: &Patience) -> Result<Revision> {
        let url = format!("{}/api/models/{name}/revision/main", self.endpoint.trim_end_matches('/'));
        let part = self.part(url, folder.join(".revision.part"));
        // An answer of an earlier run may be an old one.
        part.remove();
        part.run(patience).map_err(|e| {
            match e.message.contains("answers 401") || e.message.contains("answers 404") {
                true => {
                    let why = "the hub has no model of this name, or shows it only to those whom HF_TOKEN tells it";
                    Error::new(e.kind, format!("there is no model called `{name}`: {why} ({})", e.message))
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

/// The snapshot that `refs/main` names, or any other, if it holds all that is needed.
fn cached(folder: &Path) -> Option<PathBuf> {
    let whole = |snapshot: &PathBuf| {
        let has = |file: &&str| snapshot.join(file).is_file();
        NEEDED.iter().all(|kind| kind.iter().any(&has))
    };
    let snapshots = folder.join("snapshots");
    let main = fs::read_to_string(folder.join("refs/main")).ok().map(|sha| snapshots.join(sha.trim()));
    main.filter(whole).or_else(|| {
        let mut others: Vec<PathBuf> = fs::read_dir(&snapshots).ok()?.flatten().map(|entry| entry.path()).collect();
        others.sort();
        others.into_iter().find(whole)
    })
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
