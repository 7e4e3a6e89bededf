//! How a run begins: what goes into its folder first.

use super::super::{data::DatasetHandle, data::find_model, text::VocabularyHandle, tokenizer::TokenizerHandle};
use super::rows::to_json;
use crate::access;
use crate::error::{Error, Result};
use crate::ml::{
    device,
    models::encoder,
    random,
    run::{self, Record, Run, RunFolder},
};
use crate::script::Settings;
use crate::script::api::handles::RunHandle;
use rhai::{Array, Dynamic, Map};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A number, a text, or an array of them: what can be read again from JSON as it was.
fn is_plain(value: &Dynamic) -> bool {
    let one = |v: &Dynamic| v.is_int() || v.is_float() || v.is_bool() || v.is_string();
    one(value) || value.read_lock::<Array>().is_some_and(|array| array.iter().all(one))
}

fn config(settings: &Settings, options: &Map, data: &Map) -> Result<Value> {
    let map = |m: &Map| m.iter().map(|(k, v)| (k.to_string(), to_json(v))).collect::<Record>();
    let mut sets = Record::new();
    for (name, part) in data {
        if let Some(set) = part.clone().try_cast::<DatasetHandle>() {
            sets.insert(name.to_string(), json!({ "rows": set.len(), "fingerprint": set.fingerprint()? }));
        } else if is_plain(part) {
            sets.insert(name.to_string(), to_json(part));
        }
    }
    Ok(json!({
        "name": settings.name,
        "file": settings.file.as_deref().map(absolute),
        "arguments": settings.arguments,
        "earlier": *settings.runs.borrow(),
        "options": map(&settings.resolved.borrow()),
        "training": map(options),
        "seed": random::state().seed,
        "device": device::name(device::current()),
        "threads": tch::get_num_threads(),
        "versions": { "imdbsh": env!("CARGO_PKG_VERSION"), "libtorch": env!("IMDBSH_LIBTORCH_VERSION") },
        "data": sets,
    }))
}

pub fn create(settings: &Settings, options: &Map, data: &Map) -> Result<RunHandle> {
    let earlier = settings.runs.borrow().clone();
    let config = config(settings, options, data)?;
    let run = match resumed(settings, earlier.len()) {
        Some((path, from)) => {
            same_data(&path, &config)?;
            Run::new(RunFolder::reopen(&settings.name, path)?, Some(from))
        }
        None => {
            // A script that trains several times fills several folders: DIR, DIR-2, DIR-3.
            let folder = settings.run_dir.as_ref().map(|dir| match earlier.len() {
                0 => dir.clone(),
                n => format!("{}-{}", dir.display(), n + 1).into(),
            });
            if let Some(folder) = &folder {
                access::allow_run(folder)?;
            }
            let mut folder = RunFolder::create(&settings.name, folder)?;
            folder.write_script(&settings.text())?;
            folder.write_config(&config)?;
            if let Some(vocabulary) = data.get("vocabulary").and_then(|v| v.clone().try_cast::<VocabularyHandle>()) {
                folder.write_words(vocabulary.words())?;
            }
            let encoder = data.get("encoder").and_then(|e| e.clone().into_string().ok());
            let tokenizer = data.get("tokenizer").and_then(|t| t.clone().try_cast::<TokenizerHandle>());
            if let (Some(encoder), Some(tokenizer)) = (encoder, tokenizer) {
                folder
                    .write_encoder(&encoder::config_file(&find_model(settings, &encoder)?)?, &tokenizer.to_json()?)?;
            }
            Run::new(folder, None)
        }
    };
    settings.runs.borrow_mut().push(absolute(&run.path()));
    Ok(run.into())
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// The folder that the run at this place goes on in, and the name of the checkpoint that it goes on from.
fn resumed(settings: &Settings, place: usize) -> Option<(PathBuf, Option<String>)> {
    let resume = settings.resume.as_ref()?;
    let last = place + 1 == resume.folders.len();
    Some((resume.folders.get(place)?.clone(), resume.from.clone().filter(|_| last)))
}

/// A run goes on with its own data only.
fn same_data(run: &Path, config: &Value) -> Result<()> {
    let old = run::read_config(run)?;
    let prints = |config: &Value| -> Vec<Value> {
        ["train", "test"].iter().map(|set| config["data"][set]["fingerprint"].clone()).collect()
    };
    match prints(&old) == prints(config) {
        true => Ok(()),
        false => Err(Error::data(format!("{} was trained on other data: it cannot go on with these", run.display()))),
    }
}
