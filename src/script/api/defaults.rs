//! Option maps of functions written in Rhai.

use crate::error::{Error, ErrorKind, Result};
use crate::script::base::{
    ScriptResult,
    options::{number, shown},
};
use rhai::{Array, Dynamic, FnPtr, Map, plugin::*};

/// `defaults` with the values of `given` in their place.
///
/// # Errors
/// A name that `defaults` does not have, or a value of another type; `function` is named.
pub fn merge(defaults: Map, given: Map, function: &str) -> Result<Map> {
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

#[export_module(root = "crate::script::base::guard")]
pub mod api {
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

    /// Throws where `given` has a name that is not among `known`: says the nearest that is, what it is a name of, and which function asks.
    ///
    /// ```rhai
    /// check_names("fit", "set", #{ train: 1 }, ["train", "valid"]);
    /// assert_throws(|| check_names("fit", "set", #{ vaild: 1 }, ["train", "valid"]), "fit: unknown set `vaild`; did you mean `valid`?");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn check_names(function: &str, what: &str, given: Map, known: Array) -> ScriptResult<()> {
        let known: Vec<String> = known.iter().map(ToString::to_string).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        match given.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(Error::unknown(ErrorKind::Option, what, name, &known).within(function).into()),
            None => Ok(()),
        }
    }
}
