//! An encoder from a Hugging Face folder: `config.json` and the weights beside it.

use super::config;
use super::family::Family;
use super::model::{Encoder, Options};
use super::plan::Plan;
use super::source::Source;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::weights;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tch::Tensor;

/// The configuration in a folder.
pub const CONFIG: &str = "config.json";
/// The weights in a folder, the first that is there.
const WEIGHTS: [&str; 4] =
    ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"];
/// Where neither is there, the one file of such an ending.
const ENDINGS: [&str; 4] = ["safetensors", "bin", "params", "pt"];
/// A run's folder keeps configuration and tokenizer in this one.
pub const ENCODER: &str = "encoder";

impl Encoder {
    /// Reads a folder with `config.json` and weights: safetensors, or what `torch.save` wrote, whole or in shards. Tensors may be
    /// named `bert.…`, as in a network around the encoder; what else is in the file is ignored. A folder of a run, in which an
    /// encoder was fine-tuned, will do as well.
    ///
    /// Gives notes, too: what was ignored, and what was drawn by the seed since the file has none of it.
    ///
    /// # Errors
    /// A folder without configuration or weights; a file that is damaged, or of another model; tensors that are missing or
    /// misshapen, in one message; a configuration that asks for what is not supported.
    pub fn load(folder: &Path, options: Options) -> Result<(Encoder, Vec<String>)> {
        let opened = Opened::of(folder)?;
        let (encoder, other, left) = opened.encoder(options)?;
        Ok((
            encoder.read_from(folder),
            opened.notes(other.into_keys().chain(left.ignored).collect(), left.drawn, "encoder"),
        ))
    }

    /// The same, and the tensors in the file that are not the encoder's, such as those of a head, under their names in it.
    ///
    /// # Errors
    /// As [`Encoder::load`].
    pub fn load_with_rest(folder: &Path, options: Options) -> Result<(Encoder, BTreeMap<String, Tensor>, Vec<String>)> {
        let opened = Opened::of(folder)?;
        let (encoder, other, left) = opened.encoder(options)?;
        Ok((encoder.read_from(folder), other, opened.notes(Vec::new(), left.drawn, "encoder")))
    }
}

/// The files of a model.
pub(super) struct Opened {
    pub config: PathBuf,
    weights: PathBuf,
    /// Whether it is the folder of a run.
    run: bool,
}

/// What a network left of the tensors, and which of its parts the file has none of.
pub(super) struct Left {
    pub ignored: Vec<String>,
    pub drawn: Vec<String>,
}

type Tensors = BTreeMap<String, Tensor>;

impl Opened {
    /// # Errors
    /// A folder without configuration or weights.
    pub fn of(folder: &Path) -> Result<Opened> {
        let (config, weights) = files(folder)?;
        Ok(Opened { config, weights, run: is_run(folder) })
    }

    fn encoder(&self, options: Options) -> Result<(Encoder, Tensors, Left)> {
        let (family, plan) = config::read(&self.config)?;
        let (own, other) = self.tensors(family, &plan)?;
        let mut source = Source::file(own, plan.initializer_range);
        let encoder = Encoder::build(&mut source, plan, options);
        let left = fit(source, self)?;
        Ok((encoder?, other, left))
    }

    /// The encoder's tensors under the names that it has for them, and the others. The encoder may stand in other networks
    /// (`bert.…`, `module.bert.…`): it is told by its table of words, and what stands around all of it is left out of the others' names.
    ///
    /// # Errors
    /// A file that is damaged.
    pub fn tensors(&self, family: &Family, plan: &Plan) -> Result<(Tensors, Tensors)> {
        let tensors = weights::read(&self.weights)?.tensors;
        let table = format!("{}.weight", plan.names.words);
        let fronts = tensors.iter().filter_map(|(name, _)| name.strip_suffix(&table));
        let front = fronts.filter(|front| front.is_empty() || front.ends_with('.')).min_by_key(|front| front.len());
        let front = front.unwrap_or_default().to_string();
        let around = front.strip_suffix('.').and_then(|front| front.strip_suffix(family.prefix)).unwrap_or_default();
        let (mut own, mut other) = (Tensors::new(), Tensors::new());
        for (name, tensor) in tensors {
            match name.strip_prefix(&front) {
                Some(inner) => own.extend((family.rename)(inner).map(|name| (name, tensor))),
                None => {
                    other.insert(name.strip_prefix(around).unwrap_or(&name).to_string(), tensor);
                }
            }
        }
        Ok((own, other))
    }

    /// Says which file it is.
    pub fn refused(&self, error: Error) -> Error {
        error.within(&format!("cannot load {}", self.weights.display()))
    }

    /// What is to be said of tensors that nobody took, and of parts that were drawn.
    pub fn notes(&self, ignored: Vec<String>, drawn: Vec<String>, what: &str) -> Vec<String> {
        let mut notes = Vec::new();
        let file = self.weights.display();
        if !ignored.is_empty() && !self.run {
            notes.push(format!("{file}: ignored {}", listed(&ignored, what)));
        }
        if !drawn.is_empty() {
            let parts: Vec<&str> = drawn.iter().map(|part| part.trim_end_matches('.')).collect();
            notes.push(format!("{file} has no {}: drawn by the seed", parts.join(", ")));
        }
        notes
    }
}

/// # Errors
/// Tensors that were missing or misshapen, in one message.
pub(super) fn fit(source: Source, opened: &Opened) -> Result<Left> {
    let (ignored, drawn) = source.finish().map_err(|e| opened.refused(e))?;
    Ok(Left { ignored, drawn })
}

fn is_run(folder: &Path) -> bool {
    access::is_file(&folder.join(ENCODER).join(CONFIG))
}

fn lacks(folder: &Path, what: &str) -> Error {
    Error::new(ErrorKind::File, format!("{} is no folder of a model: it has no {what}", folder.display()))
}

/// The configuration in a model's folder, or in a run's.
///
/// # Errors
/// There is none.
pub fn config_file(folder: &Path) -> Result<PathBuf> {
    let config = if is_run(folder) { folder.join(ENCODER).join(CONFIG) } else { folder.join(CONFIG) };
    if access::is_file(&config) { Ok(config) } else { Err(lacks(folder, CONFIG)) }
}

/// The configuration and the weights.
fn files(folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let config = config_file(folder)?;
    if let Some(weights) = WEIGHTS.iter().map(|name| folder.join(name)).find(|path| access::is_file(path)) {
        return Ok((config, weights));
    }
    let others: Vec<PathBuf> = access::list(folder)?
        .into_iter()
        .map(|name| folder.join(name))
        .filter(|path| path.extension().is_some_and(|e| ENDINGS.iter().any(|known| e == *known)))
        .collect();
    match others.as_slice() {
        [] => {
            let weights = "weights (model.safetensors, pytorch_model.bin, or one file that ends in .params or .pt)";
            Err(lacks(folder, weights))
        }
        [one] => Ok((config, one.clone())),
        several => {
            let names: Vec<String> = several.iter().map(|path| path.display().to_string()).collect();
            Err(Error::data(format!("which are the weights? Leave one of {}", names.join(", "))))
        }
    }
}

/// `5 tensors: cls.predictions.bias, …`
fn listed(names: &[String], what: &str) -> String {
    const SHOWN: usize = 6;
    let mut text = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text += ", …";
    }
    format!("{} tensors that are not of the {what}: {text}", names.len())
}
