//! A run's network, in a session of its own.

use crate::access;
use crate::error::Result as Read;
use crate::ml::data::Texts;
use crate::script::{Failure, Session, Setup};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Whose network is asked.
pub struct Asked {
    /// A run's folder.
    pub run: PathBuf,
    /// `"best"` or `"last"`; without a word those that `runs::weights_of` says.
    pub weights: Option<String>,
    /// How many texts are scored at once.
    pub batch: u32,
}

pub struct Predictor {
    session: Session,
    classes: Vec<String>,
    batch: u32,
}

/// What is said of one text; nothing of one without words.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Said {
    pub class: Option<String>,
    /// The probability of that class.
    pub p: Option<f32>,
    /// Those of all classes, in their order.
    pub probabilities: Option<Vec<f32>>,
    /// Words or tokens of it that were not read.
    pub cut: u64,
    /// The network knows none of those that were read.
    pub unknown: bool,
}

#[derive(Deserialize)]
struct Begun {
    classes: Vec<String>,
}

#[derive(Deserialize)]
struct All {
    said: Vec<Said>,
}

impl Predictor {
    /// Builds the network of a run again, by its own script, from a session of its own seed. With a `table`, whose options are given, the table's
    /// texts are read.
    ///
    /// # Errors
    /// Whatever the run's script or the standard library raises: no run, weights that are missing, a table that is not there.
    pub fn open(
        asked: &Asked,
        table: Option<(&Path, &BTreeMap<String, String>)>,
        setup: Setup,
    ) -> Result<(Predictor, Option<Rc<Texts>>), Failure> {
        let config = config(&asked.run).map_err(Failure::of)?;
        let beside = config["file"].as_str().and_then(|file| Path::new(file).parent()).map(Path::to_path_buf);
        let mut arguments = table.map(|(_, options)| options.clone()).unwrap_or_default();
        arguments.insert("run".into(), asked.run.display().to_string());
        arguments.extend(table.map(|(file, _)| ("table".into(), file.display().to_string())));
        arguments.extend(asked.weights.clone().map(|weights| ("weights".into(), weights)));
        let setup = Setup {
            folder: beside.filter(|folder| access::is_dir(folder)).unwrap_or_else(|| asked.run.clone()),
            seed: config["seed"].as_i64().or(setup.seed),
            arguments,
            ..setup
        };
        let mut session = Session::new(setup).map_err(Failure::of)?;
        let begun = session.json("predict", include_str!("begin.rhai"))?;
        let Begun { classes } = read(begun)?;
        let texts = table.and_then(|_| session.variable::<Rc<Texts>>("table"));
        Ok((Predictor { session, classes, batch: asked.batch }, texts))
    }

    /// What the classes are called.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// What it says of texts, in their order.
    ///
    /// # Errors
    /// A network that does not tell classes apart; what it raises; an interrupt.
    pub fn say(&mut self, texts: Texts) -> Result<Vec<Said>, Failure> {
        self.session.set_variable("next", Rc::new(texts));
        let text = format!("#{{ said: runs::predict(run, next, #{{ batch: {} }}) }}.to_json()", self.batch);
        let All { said } = read(self.session.json("predict", &text)?)?;
        Ok(said)
    }
}

fn read<T: DeserializeOwned>(told: Value) -> Result<T, Failure> {
    serde_json::from_value(told)
        .map_err(|e| Failure::Script(format!("error: predict was told what it does not know: {e}")))
}

/// What a run's folder says of it; nothing where it is none, which the standard library says better.
fn config(run: &Path) -> Read<Value> {
    let path = run.join("config.json");
    if !access::is_file(&path) {
        return Ok(Value::Null);
    }
    Ok(serde_json::from_str(&access::read_to_string(&path)?).unwrap_or_default())
}
