//! A script's command-line options.

use super::defaults::merge;
use crate::error::{Error, ErrorKind, Result, did_you_mean};
use crate::ml::random;
use crate::script::base::{ScriptResult, part};
use rhai::{Dynamic, EvalAltResult, Map, NativeCallContext, plugin::*};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

/// What the command line says of a script's options.
pub struct Arguments {
    /// `key=value` arguments, as typed.
    pub given: BTreeMap<String, String>,
    /// `--seed`.
    seed: Option<i64>,
    /// What `options()` made of them and the script's defaults; goes into a run's `config.json`.
    pub resolved: RefCell<Map>,
    /// Whether the script ends where it asks for its options, which are only to be known.
    pub only_asked: Cell<bool>,
    /// What it then said.
    pub declared: RefCell<Option<Declared>>,
}

/// The options that a script says it has.
#[derive(Debug)]
pub struct Declared {
    defaults: Map,
    presets: Map,
}

impl Declared {
    pub fn has(&self, name: &str) -> bool {
        self.defaults.contains_key(name) || self.presets.contains_key(name)
    }

    /// The options as they are where these are given, each as text.
    ///
    /// # Errors
    /// One that the script does not have, with the nearest that it has; a value of another kind.
    pub fn with(&self, given: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
        let arguments = Arguments::new(given.clone(), None);
        let options = resolve(&arguments, self.defaults.clone(), self.presets.clone())?;
        Ok(options.into_iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }
}

impl Arguments {
    pub fn new(given: BTreeMap<String, String>, seed: Option<i64>) -> Self {
        Arguments {
            given,
            seed,
            resolved: RefCell::default(),
            only_asked: Cell::default(),
            declared: RefCell::default(),
        }
    }
}

/// `text`, typed on the command line, as a value of the default's type.
fn parse(name: &str, text: &str, default: &Dynamic) -> Result<Dynamic> {
    let wrong = |what: &str| Error::new(ErrorKind::Usage, format!("option {name} takes {what}, got `{text}`"));
    if default.is_bool() {
        return text.parse::<bool>().map(Dynamic::from_bool).map_err(|_| wrong("true or false"));
    }
    if default.is_int() {
        let whole = || text.parse::<f64>().ok().filter(|f| f.fract() == 0.0 && f.abs() < 9e15).map(|f| f as i64);
        return text.parse().ok().or_else(whole).map(Dynamic::from_int).ok_or_else(|| wrong("an integer"));
    }
    if default.is_float() {
        return text.parse::<f64>().map(Dynamic::from_float).map_err(|_| wrong("a number"));
    }
    if default.is_string() {
        return Ok(text.into());
    }
    // An array, or `()` for "anything": JSON if it is, else the text itself.
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => rhai::serde::to_dynamic(value).map_err(|_| wrong("a JSON value")),
        Err(_) if default.is_array() => Err(wrong("a JSON array such as [1, 2]")),
        Err(_) => Ok(text.into()),
    }
}

/// `name=default` of every option, for messages.
fn listing(options: &Map) -> String {
    options.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

/// The options that hold for a run: defaults, then the presets that the command line switches on, then its own values.
fn resolve(arguments: &Arguments, defaults: Map, presets: Map) -> Result<Map> {
    let mut options = defaults;
    options.extend(presets.keys().map(|name| (name.clone(), false.into())));
    let names: Vec<&str> = options.keys().map(|k| k.as_str()).collect();
    let mut given = Map::new();
    for (name, text) in &arguments.given {
        let Some(default) = options.get(name.as_str()) else {
            let nearest = did_you_mean(name, &names);
            let message = format!("unknown option `{name}`{nearest}\noptions of this script: {}", listing(&options));
            return Err(Error::new(ErrorKind::Usage, message));
        };
        given.insert(name.into(), parse(name, text, default)?);
    }
    for (name, preset) in presets {
        if given.get(&name).is_some_and(|on| on.as_bool() == Ok(true)) {
            let preset = preset.try_cast::<Map>().unwrap_or_default();
            options = merge(options, preset, &format!("preset {name}"))?;
        }
    }
    options.extend(given);
    if let (Some(seed), false) = (arguments.seed, arguments.given.contains_key("seed")) {
        options.insert("seed".into(), seed.into());
    }
    Ok(options)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The script's options: `defaults`, with the `key=value` arguments of the command line in their place. An argument
    /// that is not among them ends the program with a list of those that are. An option `seed` starts all randomness.
    ///
    /// ```rhai
    /// let o = options(#{ lr: 1e-3, epochs: 30 });
    /// assert_eq(o.lr, 1e-3);       // or what lr=… on the command line says
    /// ```
    #[rhai_fn(return_raw)]
    pub fn options(context: NativeCallContext, defaults: Map) -> ScriptResult<Map> {
        options_with_presets(context, defaults, Map::new())
    }

    /// Options with presets: `lab=true` on the command line puts the preset's values in place of the defaults, and other
    /// arguments still win over it.
    #[rhai_fn(name = "options", return_raw)]
    pub fn options_with_presets(context: NativeCallContext, defaults: Map, presets: Map) -> ScriptResult<Map> {
        let arguments = part::<Arguments>(&context)?;
        if arguments.only_asked.get() {
            arguments.declared.replace(Some(Declared { defaults, presets }));
            return Err(EvalAltResult::ErrorTerminated(Dynamic::UNIT, context.call_position()).into());
        }
        let options = resolve(&arguments, defaults, presets)?;
        if let Some(seed) = options.get("seed").and_then(|s| s.as_int().ok()) {
            random::manual_seed(seed);
        }
        arguments.resolved.replace(options.clone());
        Ok(options)
    }

    /// Like `with_defaults`, for a function that a script may hand its whole `options(…)`: those that are not the function's
    /// own are passed over. In any other map they are an error, as always.
    ///
    /// ```rhai
    /// let o = options(#{ train: 100, lr: 0.1 });
    /// assert_eq(pick_options(#{ train: 2000, test: 2000 }, o, "load"), #{ train: 100, test: 2000 });
    /// assert_throws(|| pick_options(#{ train: 2000 }, #{ trian: 100 }, "load"), "did you mean `train`");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn pick_options(context: NativeCallContext, defaults: Map, given: Map, function: &str) -> ScriptResult<Map> {
        let arguments = part::<Arguments>(&context)?;
        let resolved = arguments.resolved.borrow();
        let whole = !resolved.is_empty() && resolved.keys().all(|name| given.contains_key(name));
        let own =
            given.into_iter().filter(|(name, _)| !whole || defaults.contains_key(name) || !resolved.contains_key(name));
        let own = own.collect();
        Ok(merge(defaults, own, function)?)
    }

    /// # Deprecated API
    /// `pick_options` by its old name, which scripts in run folders call.
    #[rhai_fn(return_raw)]
    pub fn own_options(context: NativeCallContext, defaults: Map, given: Map, function: &str) -> ScriptResult<Map> {
        pick_options(context, defaults, given, function)
    }
}
