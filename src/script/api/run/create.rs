//! How a run begins: what goes into its folder first.

use super::super::{
    handles::{RunHandle, TokenizerHandle, VocabularyHandle},
    options::Arguments,
    program::Program,
};
use super::{
    config::{ACCOUNT, Asked, absolute, config},
    label::Label,
    rows::to_json,
    runs::Runs,
};
use crate::access;
use crate::error::{Error, Result};
use crate::fetch::find_model;
use crate::ml::{
    checkpoint,
    models::encoder,
    run::{self, ID, Resumed, Run, RunFolder, State, Status},
};
use crate::places::Places;
use crate::script::base::{ScriptResult, part};
use rhai::{Dynamic, Map, NativeCallContext};
use serde_json::Value;
use std::path::Path;

/// A run in a folder of its own, or in that in which it is to go on.
///
/// # Errors
/// A folder that cannot be made, other data than those of the run that is to go on.
pub fn create(context: &NativeCallContext, mut options: Map, data: &Map, parts: &Map) -> ScriptResult<RunHandle> {
    let (program, runs) = (part::<Program>(context)?, part::<Runs>(context)?);
    if part::<Arguments>(context)?.only_asked.get() {
        return Err(Error::value("a run begins before the script asks for its options").into());
    }
    let earlier = runs.made();
    let label = Label::take(&mut options, runs.label())?;
    let name = label.name.as_deref().unwrap_or(&program.name);
    let epochs = options.get("epochs").and_then(|epochs| usize::try_from(epochs.as_int().ok()?).ok());
    let mut config = config(context, &earlier, &Asked { options: &options, data, parts, label: &label })?;
    let test_set = test_set(&config);
    let run = match runs.resumed(earlier.len()) {
        Some((path, from)) => {
            RunFolder::may_go_on(&path)?;
            let folder = RunFolder::reopen(name, path)?;
            let mut old = run::read_config(folder.path())?;
            same_run(folder.path(), &old, &config)?;
            config[ID] = old[ID].take();
            // What it was called when it began, and when that was.
            for kept in ["run", "started"] {
                if !old[kept].is_null() {
                    config[kept] = old[kept].take();
                }
            }
            let from = from.map(|name| checkpoint::find(folder.path(), &name)).transpose()?;
            let changed = Resumed::changed(&old, &config);
            Status::at_work(State::Running).write(folder.path())?;
            Run::new(folder, run::id(&config), epochs, Some(Resumed { from, changed, config }))
        }
        None => {
            // A script that trains several times fills several folders: DIR, DIR-2, DIR-3.
            let mut folder = RunFolder::create(name, runs.make_folder()?)?;
            Status::at_work(State::Running).write(folder.path())?;
            folder.write_script(&(program.text)())?;
            if let Some(vocabulary) = data.get("vocabulary").and_then(|v| v.clone().try_cast::<VocabularyHandle>()) {
                folder.write_words(vocabulary.words())?;
            }
            if let Some(account) = data.get(ACCOUNT).filter(|account| account.is_map()) {
                folder.write_data(&to_json(account))?;
            }
            let tokenizer = data.get("tokenizer").and_then(|t| t.clone().try_cast::<TokenizerHandle>());
            if let (Some(encoder), Some(tokenizer)) = (data.get("encoder"), tokenizer)
                && let Some(items) = configuration(context, encoder)?
            {
                folder.write_encoder(items, &tokenizer.to_json()?)?;
            }
            folder.write_config(&config)?;
            Run::new(folder, run::id(&config), epochs, None)
        }
    };
    let run = RunHandle::from(run.with_test_set(test_set));
    runs.add(absolute(&run.path()), run.watch());
    Ok(run)
}

/// The text of an encoder's `config.json`: that of its folder, or the items that the script has given it.
fn configuration(context: &NativeCallContext, encoder: &Dynamic) -> ScriptResult<Option<Vec<u8>>> {
    if let Ok(name) = encoder.clone().into_string() {
        let folder = find_model(&*part::<Places>(context)?, &name, &encoder::check)?;
        return Ok(Some(access::read(&encoder::config_file(&folder)?)?));
    }
    let items = encoder.read_lock::<Map>().map(|_| to_json(encoder));
    Ok(items.map(|items| format!("{items:#}\n").into_bytes()))
}

/// What tells the run's test set from others: the texts and labels that it was made of, which do not change with the vocabulary, or else its rows.
fn test_set(config: &Value) -> Option<String> {
    let test = &config["data"]["test"];
    let texts = test["texts"].as_str().map(|print| format!("texts-{print}"));
    texts.or_else(|| Some(format!("rows-{}", test["fingerprint"].as_str()?)))
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
