//! How a run begins: what goes into its folder first.

use super::super::{
    handles::{DatasetHandle, RunHandle, TokenizerHandle, VocabularyHandle},
    options::Arguments,
    program::Program,
};
use super::{rows::to_json, runs::Runs};
use crate::error::{Error, Result};
use crate::fetch::find_model;
use crate::ml::{
    checkpoint, device,
    models::encoder,
    random,
    run::{self, ID, Record, Resumed, Run, RunFolder},
};
use crate::places::Places;
use crate::script::base::{ScriptResult, part};
use crate::script::language::sources::{Sources, plain};
use rhai::{Array, Dynamic, Map, NativeCallContext};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A number, a text, or an array of them: what can be read again from JSON as it was.
fn is_plain(value: &Dynamic) -> bool {
    let one = |v: &Dynamic| v.is_int() || v.is_float() || v.is_bool() || v.is_string();
    one(value) || value.read_lock::<Array>().is_some_and(|array| array.iter().all(one))
}

fn config(
    program: &Program,
    arguments: &Arguments,
    sources: &Sources,
    (runs, earlier): (&Runs, &[PathBuf]),
    options: &Map,
    data: &Map,
) -> Result<Value> {
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
        ID: run::new_id(),
        "name": program.name,
        "file": program.file.as_deref().map(|file| written(&absolute(file))),
        "arguments": arguments.given,
        "earlier": earlier.iter().map(|run| written(run)).collect::<Vec<_>>(),
        "run_dir": runs.folder().map(|folder| written(&absolute(folder))),
        "files": files(sources),
        "options": map(&arguments.resolved.borrow()),
        "training": map(options),
        "seed": random::state().seed,
        "device": device::name(device::current()),
        "threads": tch::get_num_threads(),
        "versions": { "imdbsh": env!("CARGO_PKG_VERSION"), "libtorch": env!("IMDBSH_LIBTORCH_VERSION") },
        "data": sets,
    }))
}

/// A run in a folder of its own, or in that in which it is to go on.
///
/// # Errors
/// A folder that cannot be made, other data than those of the run that is to go on.
pub fn create(context: &NativeCallContext, options: &Map, data: &Map) -> ScriptResult<RunHandle> {
    let (program, runs) = (part::<Program>(context)?, part::<Runs>(context)?);
    let earlier = runs.made();
    let mut config =
        config(&program, &*part::<Arguments>(context)?, &*part::<Sources>(context)?, (&runs, &earlier), options, data)?;
    let run = match runs.resumed(earlier.len()) {
        Some((path, from)) => {
            RunFolder::may_go_on(&path)?;
            let folder = RunFolder::reopen(&program.name, path)?;
            let mut old = run::read_config(folder.path())?;
            same_run(folder.path(), &old, &config)?;
            config[ID] = old[ID].take();
            let from = from.map(|name| checkpoint::find(folder.path(), &name)).transpose()?;
            let changed = Resumed::changed(&old, &config);
            Run::new(folder, run::id(&config), Some(Resumed { from, changed, config }))
        }
        None => {
            // A script that trains several times fills several folders: DIR, DIR-2, DIR-3.
            let mut folder = RunFolder::create(&program.name, runs.make_folder()?)?;
            folder.write_script(&(program.text)())?;
            if let Some(vocabulary) = data.get("vocabulary").and_then(|v| v.clone().try_cast::<VocabularyHandle>()) {
                folder.write_words(vocabulary.words())?;
            }
            let encoder = data.get("encoder").and_then(|e| e.clone().into_string().ok());
            let tokenizer = data.get("tokenizer").and_then(|t| t.clone().try_cast::<TokenizerHandle>());
            if let (Some(encoder), Some(tokenizer)) = (encoder, tokenizer) {
                folder.write_encoder(
                    &encoder::config_file(&find_model(&*part::<Places>(context)?, &encoder)?)?,
                    &tokenizer.to_json()?,
                )?;
            }
            folder.write_config(&config)?;
            Run::new(folder, run::id(&config), None)
        }
    };
    runs.add(absolute(&run.path()));
    Ok(run.into())
}

/// What the script has read of other scripts until now, so that a run that goes on can say what has changed since.
fn files(sources: &Sources) -> Record {
    let print = |text: &str| json!(format!("crc32 {:08x}", crc32fast::hash(plain(text).as_bytes())));
    sources.files().iter().map(|(name, text)| (written(&absolute(Path::new(name))), print(text))).collect()
}

/// A path as JSON can hold it, which knows UTF-8 alone.
fn written(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// A run goes on with its own data and its own seed only.
fn same_run(run: &Path, old: &Value, config: &Value) -> Result<()> {
    let prints = |config: &Value| -> Vec<Value> {
        ["train", "valid", "test"].iter().map(|set| config["data"][set]["fingerprint"].clone()).collect()
    };
    let run = run.display();
    if prints(old) != prints(config) {
        return Err(Error::data(format!("{run} was trained on other data: it cannot go on with these")));
    }
    if old["seed"].is_i64() && old["seed"] != config["seed"] {
        return Err(Error::value(format!(
            "{run} was begun with seed {}, on which its weights and the order of its rows depend: it cannot go on with seed {}",
            old["seed"], config["seed"]
        )));
    }
    Ok(())
}
