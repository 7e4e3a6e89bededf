//! A script's command-line options, and option maps of functions written in Rhai.

use crate::error::{Error, ErrorKind, Result, did_you_mean};
use crate::ml::random;
use crate::script::{
    ScriptResult, Settings,
    options::{number, shown},
    settings,
};
use rhai::{Dynamic, FnPtr, Map, NativeCallContext, plugin::*};

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
fn resolve(settings: &Settings, defaults: Map, presets: Map) -> Result<Map> {
    let mut options = defaults;
    options.extend(presets.keys().map(|name| (name.clone(), false.into())));
    let names: Vec<&str> = options.keys().map(|k| k.as_str()).collect();
    let mut given = Map::new();
    for (name, text) in &settings.arguments {
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
    if let (Some(seed), false) = (settings.seed, settings.arguments.contains_key("seed")) {
        options.insert("seed".into(), seed.into());
    }
    Ok(options)
}

/// `defaults` with the values of `given` in their place.
fn merge(defaults: Map, given: Map, function: &str) -> Result<Map> {
    let mut merged = defaults;
    for (name, value) in given {
        let Some(default) = merged.get(&name) else {
            let known: Vec<&str> = merged.keys().map(|k| k.as_str()).collect();
            return Err(Error::unknown(ErrorKind::Option, "option", &name, &known).within(function));
        };
        if value.is_unit() {
            continue;
        }
        let value = fit(value, default).map_err(|(what, value)| {
            let message = format!("{function}: option `{name}` takes {what}, got {}", shown(&value));
            Error::new(ErrorKind::Option, message)
        })?;
        merged.insert(name, value);
    }
    Ok(merged)
}

/// `value` as the default's type: an integer serves for a float. The error says what would fit.
fn fit(value: Dynamic, default: &Dynamic) -> std::result::Result<Dynamic, (&'static str, Dynamic)> {
    let fits = |ok: bool, what| if ok { Ok(value.clone()) } else { Err((what, value.clone())) };
    if default.is_float() {
        return number(&value).map(Dynamic::from_float).ok_or(("a number", value));
    }
    match () {
        () if default.is_int() => fits(value.is_int(), "an integer"),
        () if default.is_bool() => fits(value.is_bool(), "true or false"),
        () if default.is_string() => fits(value.is_string(), "a string"),
        () if default.is_array() => fits(value.is_array(), "an array"),
        () if default.is_map() => fits(value.is_map(), "a map"),
        () if default.is::<FnPtr>() => fits(value.is::<FnPtr>(), "a function"),
        () => Ok(value),
    }
}

#[export_module]
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
        let settings = settings(&context)?;
        let options = resolve(&settings, defaults, presets)?;
        if let Some(seed) = options.get("seed").and_then(|s| s.as_int().ok()) {
            random::manual_seed(seed);
        }
        settings.resolved.replace(options.clone());
        Ok(options)
    }

    /// `defaults` with the values of `given` in their place, for functions that take an option map. An integer serves for
    /// a float; a default of `()` takes any value; `function` is named in errors.
    ///
    /// Errors: an option that `defaults` does not have (the nearest is named), or a value of another type.
    ///
    /// ```rhai
    /// let o = with_defaults(#{ lr: 0.1, clip: 0.0 }, #{ clip: 1 }, "fit");
    /// assert_eq(o, #{ lr: 0.1, clip: 1.0 });
    /// assert_throws(|| with_defaults(#{ lr: 0.1 }, #{ rl: 1 }, "fit"), "did you mean `lr`");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn with_defaults(defaults: Map, given: Map, function: &str) -> ScriptResult<Map> {
        Ok(merge(defaults, given, function)?)
    }

    /// Like `with_defaults`, for a function that a script may hand its whole `options(…)`: those that are not the function's
    /// own are passed over. In any other map they are an error, as always.
    ///
    /// ```rhai
    /// let o = options(#{ train: 100, lr: 0.1 });
    /// assert_eq(own_options(#{ train: 2000, test: 2000 }, o, "load"), #{ train: 100, test: 2000 });
    /// assert_throws(|| own_options(#{ train: 2000 }, #{ trian: 100 }, "load"), "did you mean `train`");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn own_options(context: NativeCallContext, defaults: Map, given: Map, function: &str) -> ScriptResult<Map> {
        let settings = settings(&context)?;
        let resolved = settings.resolved.borrow();
        let whole = !resolved.is_empty() && resolved.keys().all(|name| given.contains_key(name));
        let own =
            given.into_iter().filter(|(name, _)| !whole || defaults.contains_key(name) || !resolved.contains_key(name));
        let own = own.collect();
        Ok(merge(defaults, own, function)?)
    }
}
