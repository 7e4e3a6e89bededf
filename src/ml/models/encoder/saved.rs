//! An encoder, alone or with the head of transformers' `…ForSequenceClassification`, as a folder that transformers reads.

use super::behind::Behind;
use super::config;
use super::load::{CONFIG, config_file};
use super::plan::Plan;
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::files::write_atomically;
use crate::ml::models::{Module, named_parameters};
use crate::ml::tensor::During;
use crate::ml::weights;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tch::{Kind, Tensor};

const WHAT: &str = "save_pretrained";
const WEIGHTS: &str = "model.safetensors";
/// What another model has left in a folder, and transformers would read beside these files or take for theirs.
const FOREIGN: [&str; 8] = [
    "pytorch_model.bin",
    "model.safetensors.index.json",
    "adapter_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
];
/// Items of a configuration that say how other weights were stored, where they were, or which code reads them.
const PASSING: [&str; 4] = ["torch_dtype", "quantization_config", "_name_or_path", "auto_map"];

/// What the classes are called, in the order of the scores.
pub type Labels = Vec<String>;

/// A network as transformers has it: what its `config.json` and its `model.safetensors` hold.
pub struct Saved {
    items: Map<String, Value>,
    tensors: Vec<(String, Tensor)>,
    /// What its classes are called; none of an encoder alone.
    labels: Option<Labels>,
    plan: Plan,
    folder: PathBuf,
}

impl Saved {
    /// Of an encoder alone, a classifier, or an encoder with the layers behind it that its family's classifier has. The configuration is that of the
    /// folder that the encoder was read from, but for what a new head changes. Weights are float32.
    ///
    /// # Errors
    /// A network of another form; an encoder that was not read from a folder, or whose configuration is gone.
    pub fn of(net: &Rc<dyn Module>) -> Result<Saved> {
        let mut layers = Vec::new();
        leaves(net, &mut layers);
        let first = layers.first().cloned().unwrap_or_else(|| net.clone());
        let classifier = first.class_names().map(<[String]>::to_vec).filter(|_| layers.len() == 1);
        let inside = first.children().into_iter().next().map(|(_, part)| part).filter(|_| classifier.is_some());
        let encoder = inside.unwrap_or_else(|| first.clone());
        let Some(read) = encoder.pretrained() else {
            let given = first.type_name();
            return Err(refused(format!(
                "it takes an encoder, a classifier, or a sequential network that begins with an encoder, and this begins with {given}"
            )));
        };
        let Some(folder) = read.folder.map(Path::to_path_buf) else {
            return Err(refused(
                "this encoder was drawn by the seed, and no folder says its configuration and its tokenizer: \
                 take one that encoder(FOLDER) or classifier(FOLDER) has read"
                    .into(),
            ));
        };
        let path = config_file(&folder)?;
        let (family, plan, head, _) = config::read_classifier(&path)?;
        let mut items = config::items(&path)?;
        let (class, tensors, labels) = if let Some(labels) = classifier {
            (head.class.to_string(), named_parameters(first.as_ref()), Some(labels))
        } else if layers.len() == 1 {
            let (class, tensors) =
                (head.class.replace("ForSequenceClassification", "Model"), named_parameters(first.as_ref()));
            if plan.pooler && !tensors.iter().any(|(name, _)| is_of(name, plan.names.pooler)) {
                return Err(refused(format!(
                    "this encoder is a part of a classifier, which has no pooler, and {class} has one: save the classifier"
                )));
            }
            (class, tensors, None)
        } else {
            let behind = Behind::of(read.readout, &layers[1..], &head).map_err(|e| e.within(WHAT))?;
            if let Some(item) = head.dropout_item {
                items.insert(item.into(), behind.dropout.into());
            }
            // What the head does not read of an encoder is no part of the whole.
            let unread = if behind.reads_pooler { "" } else { plan.names.pooler };
            let encoder = named_parameters(encoder.as_ref()).into_iter().filter(|(name, _)| !is_of(name, unread));
            let encoder = encoder.map(|(name, t)| (format!("{}.{name}", family.prefix), t));
            items.remove("problem_type");
            (head.class.to_string(), encoder.chain(behind.tensors).collect(), Some(numbered(behind.classes)))
        };
        items.retain(|name, _| !PASSING.contains(&name.as_str()));
        items.insert("architectures".into(), json!([class]));
        items.insert("model_type".into(), family.model_type.into());
        items.insert("dtype".into(), "float32".into());
        let float = |(name, t): (String, Tensor)| Ok((name, t.f_to_kind(Kind::Float).during(WHAT, &[&t])?));
        let tensors = tensors.into_iter().map(float).collect::<Result<_>>()?;
        Ok(Saved { items, tensors, labels, plan, folder })
    }

    /// The same with other names of the classes, of which the scores' softmax tells one.
    ///
    /// # Errors
    /// Another number of labels than of scores; one label twice; an encoder alone.
    pub fn labelled(mut self, labels: Labels) -> Result<Saved> {
        let wrong = |message: String| Err(Error::new(ErrorKind::Option, format!("{WHAT}: {message}")));
        let Some(own) = &self.labels else {
            return wrong("an encoder alone has no classes that labels could name".into());
        };
        if labels.len() != own.len() {
            let (scores, given) = (own.len(), labels.len());
            return wrong(format!(
                "the network gives {scores} scores, and there are {given} labels: {}",
                labels.join(", ")
            ));
        }
        self.items.remove("problem_type");
        self.labels = Some(labels);
        Ok(self)
    }

    /// Where the encoder was read from: a folder of a model, or of a run.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What its encoder computes.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Writes `config.json`, `model.safetensors` and the `others`, files of these names and texts, into the folder `to`, which is made where it is
    /// not there. Of one that is there, files of these names are replaced, and all others stay.
    ///
    /// # Errors
    /// A label that two classes have; a file in the place of the folder; one that cannot be written; a folder in which another model has left what
    /// transformers would read with these files.
    pub fn write(mut self, to: &Path, others: &[(&str, String)]) -> Result<()> {
        if let Some(labels) = &self.labels {
            if let Some(twice) = (1..labels.len()).find(|n| labels[..*n].contains(&labels[*n])) {
                let message =
                    format!("{WHAT}: two classes are called \"{}\": name them by the option labels", labels[twice]);
                return Err(Error::new(ErrorKind::Option, message));
            }
            let numbers = labels.iter().enumerate();
            self.items.remove("num_labels");
            self.items
                .insert("id2label".into(), numbers.clone().map(|(n, label)| (n.to_string(), json!(label))).collect());
            self.items.insert("label2id".into(), numbers.map(|(n, label)| (label.clone(), json!(n))).collect());
        }
        free(to)?;
        let text = serde_json::to_string_pretty(&self.items).map_err(|e| Error::file("write", &to.join(CONFIG), e))?;
        access::create_dir_all(to)?;
        weights::save(&to.join(WEIGHTS), &self.tensors, &BTreeMap::new())?;
        // Without its configuration the folder is no model, and it is one again when all of it is there.
        if access::is_file(&to.join(CONFIG)) {
            access::remove_file(&to.join(CONFIG))?;
        }
        for (name, text) in others {
            put(&to.join(name), text)?;
        }
        put(&to.join(CONFIG), &(text + "\n"))
    }
}

fn refused(message: String) -> Error {
    Error::value(format!("{WHAT}: {message}"))
}

/// Whether a tensor is one of a part; of the part without a name none is.
fn is_of(tensor: &str, part: &str) -> bool {
    !part.is_empty() && tensor.strip_prefix(part).is_some_and(|rest| rest.starts_with('.'))
}

/// The layers in networks that only put some one behind the other.
fn leaves(layer: &Rc<dyn Module>, found: &mut Vec<Rc<dyn Module>>) {
    match layer.type_name() {
        "Sequential" => layer.children().iter().for_each(|(_, inside)| leaves(inside, found)),
        _ => found.push(layer.clone()),
    }
}

/// transformers' names of classes that have none.
fn numbered(classes: usize) -> Labels {
    (0..classes).map(|n| format!("LABEL_{n}")).collect()
}

/// Whether the files of a model can stand in a folder.
fn free(to: &Path) -> Result<()> {
    if to.as_os_str().is_empty() {
        return Err(refused("the name of the folder is empty".into()));
    }
    let shown = to.display();
    if access::is_file(to) {
        return Err(refused(format!("{shown} is a file, and the model is a folder: name another")));
    }
    match FOREIGN.iter().find(|name| access::is_file(&to.join(name))) {
        Some(name) => Err(refused(format!(
            "{shown} has {name} of another model, which would be read with the new files: name another folder, or remove it"
        ))),
        None => Ok(()),
    }
}

fn put(path: &Path, text: &str) -> Result<()> {
    write_atomically(path, |file| file.write_all(text.as_bytes()))
}
