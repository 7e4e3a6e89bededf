//! Networks as folders that transformers reads.

use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::data::Tokenizer;
use crate::ml::models::encoder::{ENCODER, Labels, Saved};
use crate::ml::run::is_run;
use crate::output::complain;
use crate::script::api::handles::{Network, TokenizerHandle};
use crate::script::base::{
    ScriptResult,
    options::{Options, shown},
};
use rhai::{Array, Dynamic, Map, plugin::*};
use std::path::Path;
use std::rc::Rc;

const WHAT: &str = "save_pretrained";

/// A network, and what is known of the texts that it reads and of its classes.
struct Meant {
    network: Network,
    labels: Option<Labels>,
    tokenizer: Option<TokenizerHandle>,
    max_len: Option<i64>,
    /// What its texts go through that a pipeline leaves out.
    notes: Vec<String>,
}

impl Meant {
    /// Of a network, or of a run as `runs::open` gives it.
    fn of(given: &Dynamic) -> Result<Meant> {
        if let Some(network) = given.clone().try_cast::<Network>() {
            return Ok(Meant { network, labels: None, tokenizer: None, max_len: None, notes: Vec::new() });
        }
        let run = given.clone().try_cast::<Map>().unwrap_or_default();
        let network = run.get("net").and_then(|net| net.clone().try_cast::<Network>()).ok_or_else(|| {
            Error::value(format!("{WHAT} takes a network, or a run as runs::open gives it, got {}", shown(given)))
        })?;
        let data = run.get("data").and_then(|data| data.clone().try_cast::<Map>()).unwrap_or_default();
        let item = |name: &str| data.get(name).cloned();
        Ok(Meant {
            network,
            labels: item("class_names").and_then(Dynamic::try_cast).and_then(|names: Array| texts(&names)),
            tokenizer: item("tokenizer").and_then(Dynamic::try_cast),
            max_len: item("max_len").and_then(|length| length.as_int().ok()),
            notes: if run.contains_key("config") { notes(&data) } else { Vec::new() },
        })
    }
}

fn texts(labels: &Array) -> Option<Labels> {
    labels.iter().map(|label| label.clone().into_string().ok()).collect()
}

/// What a pipeline does not do for the network of a run.
fn notes(data: &Map) -> Vec<String> {
    let item = |name: &str| data.get(name).cloned();
    let clean = item("clean").map(|how| match how.into_string() {
        Ok(name) => format!("clean: \"{name}\", see bert::clean"),
        Err(_) => "by a function of its own".into(),
    });
    let clean = clean.map(|how| {
        format!("{WHAT}: this run cleans its texts before the tokenizer reads them ({how}), and a pipeline does not: give it cleaned ones")
    });
    let ends = item("keep").is_some_and(|keep| keep.into_string().is_ok_and(|keep| keep == "ends"));
    let ends = ends.then(|| {
        format!("{WHAT}: this run keeps the beginning and the end of a text that is too long (keep: \"ends\"), and a pipeline the beginning alone")
    });
    clean.into_iter().chain(ends).collect()
}

/// The tokenizer of a model's folder, or of a run's.
fn read_tokenizer(folder: &Path) -> Result<TokenizerHandle> {
    let kept = folder.join(ENCODER);
    let folder = if access::is_dir(&kept) { kept } else { folder.to_path_buf() };
    Tokenizer::read(&folder).map(Rc::new).map_err(|e| e.within(WHAT))
}

/// Whether the folder is a run's own, or that in which a run keeps its encoder.
fn spares_runs(to: &Path) -> Result<()> {
    let real = access::resolve(to).unwrap_or_else(|_| to.to_path_buf());
    let is_part = real.file_name().is_some_and(|name| name == ENCODER) && real.parent().is_some_and(is_run);
    match is_run(&real) || is_part {
        true => Err(Error::value(format!(
            "{WHAT}: {} is of a run, whose files it would replace: name another folder, such as {}",
            to.display(),
            real.with_file_name("pretrained").display()
        ))),
        false => Ok(()),
    }
}

fn save(given: &Dynamic, to: &str, mut o: Options) -> ScriptResult<()> {
    let meant = Meant::of(given)?;
    let labels = o.handle::<Array>("labels", "an array of texts")?;
    let tokenizer = o.handle::<TokenizerHandle>("tokenizer", "a tokenizer")?;
    let max_len = o.optional_integer("max_len")?;
    o.done()?;
    let asked = labels.map(|labels| {
        texts(&labels).ok_or_else(|| Error::value(format!("{WHAT}: labels are texts, got {}", shown(&labels.into()))))
    });
    let to = Path::new(to);
    spares_runs(to)?;
    let mut saved = Saved::of(&meant.network.0)?;
    if let Some(labels) = asked.transpose()?.or(meant.labels) {
        saved = saved.labelled(labels)?;
    }
    let tokenizer = match tokenizer.or(meant.tokenizer) {
        Some(tokenizer) => tokenizer,
        None => read_tokenizer(saved.folder())?,
    };
    let plan = saved.plan();
    let (tokens, words, longest) = (tokenizer.len() as i64, plan.vocab_size, plan.longest());
    let refused = |message: String| Error::new(ErrorKind::Option, format!("{WHAT}: {message}"));
    if tokens > words {
        let message = format!("a tokenizer of {tokens} tokens, and the model has {words} words (vocab_size)");
        return Err(refused(message + ": the tokenizer is another model's").into());
    }
    if let Some(length) = max_len.filter(|length| !(1..=longest).contains(length)) {
        return Err(refused(format!("max_len is {length}, and the model reads 1 to {longest} tokens of a text")).into());
    }
    let own = tokenizer.max_len().map(|length| length as i64);
    let max_len = max_len.or(meant.max_len).or(own).unwrap_or(longest).min(longest);
    let files = tokenizer.files(max_len as usize, plan.type_vocab_size > 1)?;
    saved.write(to, &files)?;
    meant.notes.iter().for_each(|note| complain(note));
    Ok(())
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Writes a network, or the run that `runs::open` gives, as a folder that transformers loads: `config.json`, `model.safetensors` in float32, `tokenizer.json` and
    /// `tokenizer_config.json`. What `classifier` has read, and an encoder with the layers that its `…ForSequenceClassification` has behind it, become one,
    /// which `pipeline("text-classification", model=FOLDER, truncation=True)` uses: of a BERT these are the readout `"pooler"`, dropout and one linear layer. An encoder
    /// alone becomes a `BertModel`, or what it is. The configuration is that of the folder which the encoder was read from. `classifier(FOLDER)` and
    /// `imdbsh predict FOLDER` read it as well.
    ///
    /// Of a run `runs::open(RUN)` gives the weights at its end, and `runs::predictor(RUN, #{})` those that `imdbsh predict RUN` answers with.
    ///
    /// Options, which a run knows by itself:
    /// - `labels`, what the classes are called; else as in the classifier that was read, or `LABEL_0`, `LABEL_1`, …
    /// - `max_len`, how many tokens of a text are read at most; else what the tokenizer says, or as many as the model has positions
    /// - `tokenizer`; else that of the folder which the encoder was read from
    ///
    /// A pipeline cleans no texts, and keeps the beginning of those that are too long: where a run does otherwise, a note says so. In a folder that is there these
    /// four files are replaced, and others stay.
    ///
    /// Errors: another head, for which transformers has no network; then the encoder alone can be saved: `save_pretrained(net[0], FOLDER)`. An encoder that
    /// was drawn by the seed; another number of labels than of scores; a folder of a run, or one with files of another model that would be read with these.
    ///
    /// ```rhai
    /// let encoder = bert("tests/data/tiny_bert", #{ readout: "pooler" });
    /// let net = sequential([["bert", encoder], ["dropout", dropout(0.1)], ["classifier", linear(16, 2)]]);
    /// save_pretrained(net, "imdbsh-doc-bert", #{ labels: ["neg", "pos"], max_len: 20 });
    /// assert_eq(classifier("imdbsh-doc-bert").class_names, ["neg", "pos"]);
    /// assert_eq(tokenizer("imdbsh-doc-bert").max_len, 20);
    /// ```
    #[rhai_fn(name = "save_pretrained", return_raw)]
    pub fn save_pretrained_with(network: Dynamic, folder: &str, options: Map) -> ScriptResult<()> {
        save(&network, folder, Options::new("save_pretrained", options))
    }

    #[rhai_fn(name = "save_pretrained", return_raw)]
    pub fn save_pretrained_as_is(network: Dynamic, folder: &str) -> ScriptResult<()> {
        save(&network, folder, Options::none("save_pretrained"))
    }
}
