//! The Hugging Face hub, and pre-trained models by their names there, kept where Hugging Face's own libraries keep and find them:
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
const NEEDED: [&[&str]; 3] = [
    &[CONFIG],
    &["tokenizer.json", "vocab.txt", "vocab.json", "sentencepiece.bpe.model", "spiece.model"],
    &["model.safetensors", "pytorch_model.bin"],
];
/// A tokenizer that is in one of these alone is not read.
const SENTENCE_PIECE: [&str; 2] = ["sentencepiece.bpe.model", "spiece.model"];
/// Names on the hub have no more letters.
const LONGEST: usize = 96;
/// Taken where a model has it.
const WANTED: [&str; 3] = ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"];
/// What belongs to another file.
const WITH: [(&str, &str); 1] = [("vocab.json", "merges.txt")];

/// Whether the model of this `config.json` is one that is read.
pub type Accept<'a> = &'a dyn Fn(&Path) -> Result<()>;

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

    /// The folder of the model `name`: from the cache, else downloaded. `accept` is shown its `config.json` before the other files are asked for.
    ///
    /// # Errors
    /// What `accept` refuses. A model that the hub does not have, or not with weights and a tokenizer; no connection, or none allowed; a download that
    /// fails (what came is kept, and gone on with the next time); Ctrl-C.
    pub fn model(&self, name: &str, accept: Accept, patience: &Patience) -> Result<PathBuf> {
        let folder = self.folder(Kind::Model, name);
        if let Some(there) = cached(&folder) {
            return Ok(there);
        }
        self.may_ask(name)?;
        fs::create_dir_all(&folder).map_err(|e| Error::file("make the folder", &folder, e))?;
        let _lock = lock(&folder.join(".imdbsh.lock"), name)?;
        if let Some(there) = cached(&folder) {
            return Ok(there);
        }
        self.download(name, &folder, accept, patience)
    }

    fn download(&self, name: &str, folder: &Path, accept: Accept, patience: &Patience) -> Result<PathBuf> {
        let revision = self.revision(Kind::Model, name, "main", folder, patience)?;
        let has = |file: &&str| revision.siblings.iter().any(|s| s.rfilename == **file);
        let mut files = Vec::new();
        for kind in NEEDED {
            files.push(*kind.iter().find(|file| has(file)).ok_or_else(|| {
                Error::data(format!("{name} is no model to load: the hub has no {} of it", kind.join(" and no ")))
            })?);
        }
        if let Some(file) = files.iter().find(|file| SENTENCE_PIECE.contains(file)) {
            let why = format!(
                "the hub has its tokenizer in {file} only, which is not read: `AutoTokenizer.from_pretrained(\"{name}\")` of \
                 transformers and its `save_pretrained` make a folder with a tokenizer.json of it"
            );
            return Err(Error::data(format!("{name} is no model to load: {why}")));
        }
        let with = WITH.iter().filter(|(file, _)| files.contains(file)).map(|(_, other)| *other);
        let more: Vec<&str> = with.chain(WANTED).filter(has).collect();
        // What is small and says what the rest is comes first, the weights last.
        files.splice(1..1, more);
        let snapshot = folder.join("snapshots").join(&revision.sha);
        for file in files {
            self.file(Kind::Model, name, &revision.sha, file, &snapshot, patience)?;
            if file == CONFIG {
                accept(&snapshot.join(file)).map_err(|e| e.within(name))?;
            }
        }
        let refs = folder.join("refs");
        fs::create_dir_all(&refs).map_err(|e| Error::file("make the folder", &refs, e))?;
        write_own(&refs.join("main"), |file| file.write_all(revision.sha.as_bytes()))?;
        Ok(snapshot)
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
