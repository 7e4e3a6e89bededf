//! Pre-trained models by their names on the Hugging Face hub:
//!
//! ```text
//! HF_HUB_CACHE/models--NAME/refs/main                  the commit
//! HF_HUB_CACHE/models--NAME/snapshots/COMMIT/FILE
//! ```
//!
//! What is there is used without asking the hub.

use super::hub::{Hub, Kind, Revision};
use super::lock::lock;
use super::patience::Patience;
use crate::error::{Error, Result};
use crate::ml::files::write_own;
use crate::ml::weights;
use std::fs;
use std::path::{Path, PathBuf};

const CONFIG: &str = "config.json";
/// The first that a model has of each kind is needed.
const NEEDED: [&[&str]; 3] = [
    &[CONFIG],
    &["tokenizer.json", "vocab.txt", "vocab.json", "sentencepiece.bpe.model", "spiece.model"],
    &["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"],
];
/// A tokenizer that is in one of these alone is not read.
const SENTENCE_PIECE: [&str; 2] = ["sentencepiece.bpe.model", "spiece.model"];
/// Taken where a model has it.
const WANTED: [&str; 3] = ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"];
/// What belongs to another file.
const WITH: [(&str, &str); 1] = [("vocab.json", "merges.txt")];

/// Whether the model of this `config.json` is one that is read.
pub type Accept<'a> = &'a dyn Fn(&Path) -> Result<()>;

impl Hub {
    /// The folder of the model `name`: from the cache, else downloaded. `accept` is shown its `config.json` before the other files are asked for.
    ///
    /// # Errors
    /// What `accept` refuses. A model that the hub does not have, or not with weights and a tokenizer; an index of weights that names files which
    /// the hub does not have; no connection, or none allowed; a download that fails (what came is kept, and gone on with the next time); Ctrl-C.
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
        let snapshot = folder.join("snapshots").join(&revision.sha);
        let get = |file: &str| self.file(Kind::Model, name, &revision.sha, file, &snapshot, patience);
        for file in files(name, &revision)? {
            get(file)?;
            let path = snapshot.join(file);
            if file == CONFIG {
                accept(&path).map_err(|e| e.within(name))?;
            }
            if weights::is_index(&path) {
                let shards = shards(&path)?;
                if let Some(shard) = shards.iter().find(|shard| !has(&revision, shard)) {
                    let message =
                        format!("{name} is no model to load: its {file} names {shard}, which the hub does not have");
                    return Err(Error::data(message));
                }
                shards.iter().try_for_each(|shard| get(shard))?;
            }
        }
        let refs = folder.join("refs");
        fs::create_dir_all(&refs).map_err(|e| Error::file("make the folder", &refs, e))?;
        write_own(&refs.join("main"), |file| file.write_all(revision.sha.as_bytes()))?;
        Ok(snapshot)
    }
}

fn has(revision: &Revision, file: &str) -> bool {
    revision.siblings.iter().any(|sibling| sibling.rfilename == file)
}

/// What is taken of a model: what is small and says what the rest is comes first, the weights last.
fn files(name: &str, revision: &Revision) -> Result<Vec<&'static str>> {
    let no_model = |why: String| Error::data(format!("{name} is no model to load: {why}"));
    let mut files = Vec::new();
    for kind in NEEDED {
        let first = kind.iter().find(|file| has(revision, file));
        files.push(*first.ok_or_else(|| no_model(format!("the hub has no {} of it", kind.join(" and no "))))?);
    }
    if let Some(file) = files.iter().find(|file| SENTENCE_PIECE.contains(file)) {
        return Err(no_model(format!(
            "the hub has its tokenizer in {file} only, which is not read: `AutoTokenizer.from_pretrained(\"{name}\")` of \
             transformers and its `save_pretrained` make a folder with a tokenizer.json of it"
        )));
    }
    let with = WITH.iter().filter(|(file, _)| files.contains(file)).map(|(_, other)| *other);
    let more: Vec<&str> = with.chain(WANTED).filter(|file| has(revision, file)).collect();
    files.splice(1..1, more);
    Ok(files)
}

fn shards(index: &Path) -> Result<Vec<String>> {
    weights::shards(index, &fs::read(index).map_err(|e| Error::file("read", index, e))?)
}

/// The snapshot that `refs/main` names, or any other, if it holds all that is needed.
fn cached(folder: &Path) -> Option<PathBuf> {
    let snapshots = folder.join("snapshots");
    let main = fs::read_to_string(folder.join("refs/main")).ok().map(|sha| snapshots.join(sha.trim()));
    main.filter(|snapshot| is_whole(snapshot)).or_else(|| {
        let mut others: Vec<PathBuf> = fs::read_dir(&snapshots).ok()?.flatten().map(|entry| entry.path()).collect();
        others.sort();
        others.into_iter().find(|snapshot| is_whole(snapshot))
    })
}

/// Whether a file of each kind is there, with all that it names.
fn is_whole(snapshot: &Path) -> bool {
    let is_there = |file: &&&str| {
        let path = snapshot.join(file);
        let with_shards = || shards(&path).is_ok_and(|all| all.iter().all(|shard| snapshot.join(shard).is_file()));
        path.is_file() && (!weights::is_index(&path) || with_shards())
    };
    NEEDED.iter().all(|kind| kind.iter().any(|file| is_there(&file)))
}
