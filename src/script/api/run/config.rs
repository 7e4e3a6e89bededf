//! `config.json`: what a run is, as far as its script and its program can say.

use super::super::{
    handles::{DatasetHandle, Network, OptimizerHandle, TensorHandle, TextsHandle},
    network::constructor,
    options::Arguments,
    program::Program,
};
use super::described::{functions, is_plain, plain};
use super::label::Label;
use super::rows::to_json;
use super::runs::Runs;
use crate::error::Result;
use crate::ml::{
    device,
    models::outline,
    random,
    run::{self, FUNCTIONS, ID, Record},
};
use crate::script::base::{ScriptResult, part};
use crate::script::language::sources::{self, Sources};
use rhai::{FnPtr, Map, NativeCallContext};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What a script says of a run as it begins.
pub struct Asked<'a> {
    /// Those of the training.
    pub options: &'a Map,
    pub data: &'a Map,
    /// Network and optimizer, where it has them.
    pub parts: &'a Map,
    pub label: &'a Label,
}

/// # Errors
/// Data whose fingerprint cannot be taken.
pub fn config(context: &NativeCallContext, earlier: &[PathBuf], asked: &Asked) -> ScriptResult<Value> {
    let (program, arguments) = (part::<Program>(context)?, part::<Arguments>(context)?);
    let (runs, sources) = (part::<Runs>(context)?, part::<Sources>(context)?);
    let map = |m: &Map| m.iter().map(|(k, v)| (k.to_string(), plain(&sources, v))).collect::<Record>();
    // Where there is no file, the prompt's own folder.
    let beside = program.file.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
    Ok(json!({
        ID: run::new_id(),
        "name": program.name,
        "run": asked.label.to_json(),
        "started": run::stamp(),
        "file": program.file.as_deref().map(|file| written(&absolute(file))),
        "arguments": arguments.given,
        "earlier": earlier.iter().map(|run| written(run)).collect::<Vec<_>>(),
        "run_dir": runs.folder().map(|folder| written(&absolute(folder))),
        "files": files(&sources),
        "options": map(&arguments.resolved.borrow()),
        "training": map(asked.options),
        FUNCTIONS: functions(&sources, asked.options),
        "seed": random::state().seed,
        "device": device::name(device::current()),
        "threads": tch::get_num_threads(),
        "versions": { "imdbsh": env!("CARGO_PKG_VERSION"), "libtorch": env!("IMDBSH_LIBTORCH_VERSION") },
        "data": data(&sources, asked.data)?,
        "optimizer": optimizer(asked.parts),
        "network": network(&sources, asked.parts),
        "git": run::repository(if beside.as_os_str().is_empty() { Path::new(".") } else { beside }),
        "machine": run::machine(),
    }))
}

/// What was read has a file of its own.
pub(super) const ACCOUNT: &str = "account";

fn data(sources: &Sources, data: &Map) -> Result<Record> {
    let mut sets = Record::new();
    for (name, part) in data {
        if let Some(set) = part.clone().try_cast::<DatasetHandle>() {
            let mut told = json!({ "rows": set.len(), "fingerprint": set.fingerprint()? });
            if let Some(texts) = (name == "test").then(|| texts_of(data, name, &set)).flatten() {
                told["texts"] = json!(texts);
            }
            sets.insert(name.to_string(), told);
        } else if let Some(function) = part.read_lock::<FnPtr>() {
            // Of the script's own functions the name is enough to call them again.
            let told = match function.is_anonymous() {
                true => json!({ "closure": plain(sources, part) }),
                false => json!({ "function": function.fn_name() }),
            };
            sets.insert(name.to_string(), told);
        } else if name != ACCOUNT && is_plain(part) {
            sets.insert(name.to_string(), to_json(part));
        }
    }
    Ok(sets)
}

/// 16 hexadecimal digits of the texts and labels that a data set was made of, where `imdb::load` has left them beside it and they are of its rows.
fn texts_of(data: &Map, name: &str, set: &DatasetHandle) -> Option<String> {
    let sets = data.get("sets")?.read_lock::<Map>()?;
    let made_of = sets.get(name)?.read_lock::<Map>()?;
    let texts = made_of.get("texts")?.clone().try_cast::<TextsHandle>()?;
    let labels = made_of.get("labels")?.clone().try_cast::<TensorHandle>()?;
    let is_of_it = texts.len() == set.len() && labels.f_equal(&set.labels()).unwrap_or(false);
    is_of_it.then(|| texts.fingerprint(&labels).ok()).flatten()
}

fn optimizer(parts: &Map) -> Value {
    let optimizer = parts.get("optimizer").and_then(|optimizer| optimizer.clone().try_cast::<OptimizerHandle>());
    optimizer.map_or(Value::Null, |optimizer| optimizer.0.borrow().description())
}

fn network(sources: &Sources, parts: &Map) -> Value {
    let net = parts.get("net").and_then(|net| net.clone().try_cast::<Network>());
    net.map_or(Value::Null, |net| described(sources, &net))
}

/// What `config.json` says of a network: how many parameters, layer by layer, and how it is made.
pub fn described(sources: &Sources, net: &Network) -> Value {
    let outline = outline(&net.0);
    let summary = outline.to_string();
    let mut told = json!({
        "parameters": outline.count.total,
        "trainable": outline.count.trainable,
        "summary": summary.lines().map(str::trim_end).collect::<Vec<_>>(),
    });
    // By which it is built again; where it cannot be written, a function `model` of the script builds it.
    match constructor(sources, &net.0) {
        Ok(call) => told["built"] = json!(call),
        Err(why) => told["not_built"] = json!(why),
    }
    told
}

/// What the script has read of other scripts until now, so that a run that goes on can say what has changed since.
fn files(sources: &Sources) -> Record {
    let print = |text: &str| json!(format!("crc32 {:08x}", crc32fast::hash(sources::plain(text).as_bytes())));
    sources.files().iter().map(|(name, text)| (written(&absolute(Path::new(name))), print(text))).collect()
}

/// A path as JSON can hold it, which knows UTF-8 alone.
fn written(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
