//! A listener that a script wrote: a map of closures.

use super::logged::{self, Logged};
use super::told::Told;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::{
    meter::Reading,
    models::Modes,
    random,
    run::Record,
    training::{Listener, State, View},
};
use crate::script::api::handles::KINDS;
use crate::script::base::error::message_of;
use crate::script::base::{parts::lent, saving};
use rhai::{Array, Dynamic, EvalAltResult, FnPtr, Map, Position};

/// What can stand in the map, beside its `name`.
const HOOKS: [&str; 9] =
    ["on_epoch_begin", "due", "on_step", "on_epoch", "on_log", "on_restore", "on_end", "state", "load"];
const NAME: &str = "name";

/// The name of the hooks that are options themselves.
pub const OF_OPTIONS: &str = "of train::fit";

/// What is of use only with another.
const PAIRS: [(&str, &str); 4] = [("on_step", "due"), ("due", "on_step"), ("state", "load"), ("load", "state")];

/// A callback with its name: its own, or its number.
pub fn named(callbacks: &Array) -> Result<Vec<(String, Map)>> {
    let each = |(i, callback): (usize, &Dynamic)| {
        let hooks = callback.flatten_clone().try_cast::<Map>();
        let hooks = hooks.ok_or_else(|| Error::value(format!("callback {} is no map of functions", i + 1)))?;
        let name = hooks.get(NAME).map_or_else(|| (i + 1).to_string(), ToString::to_string);
        Ok((name, hooks))
    };
    callbacks.iter().enumerate().map(each).collect()
}

/// Refuses what is no callback.
///
/// # Errors
/// No map, an unknown hook, a hook that is no function, one that is of no use alone, two callbacks of one name.
pub fn check(callbacks: &Array) -> Result<()> {
    let named = named(callbacks)?;
    for (i, (name, hooks)) in named.iter().enumerate() {
        let bad = |message: String| Err(Error::new(ErrorKind::Option, format!("callback {name}: {message}")));
        for (hook, value) in hooks.iter().filter(|(hook, _)| *hook != NAME) {
            if !HOOKS.contains(&hook.as_str()) {
                return Err(Error::unknown(ErrorKind::Option, "hook", hook, &HOOKS).within(&format!("callback {name}")));
            }
            if !value.is::<FnPtr>() {
                return bad(format!("{hook} is no function"));
            }
        }
        if hooks.get(NAME).is_some_and(|name| !name.is_string()) {
            return bad(format!("its {NAME} is no text"));
        }
        for (hook, other) in PAIRS {
            if hooks.contains_key(hook) && !hooks.contains_key(other) {
                return bad(format!("{hook} goes with {other}, which it has not"));
            }
        }
        if named[..i].iter().any(|(other, _)| other == name) {
            return bad("two have this name".to_string());
        }
    }
    Ok(())
}

/// A callback that is told something.
pub struct Callback<'a> {
    pub name: String,
    pub hooks: Map,
    pub told: &'a Told<'a>,
}

impl Callback<'_> {
    /// What a hook gives, where there is one.
    fn call(&self, hook: &str, arguments: Vec<Dynamic>) -> Result<Option<Dynamic>> {
        let Some(function) = self.hooks.get(hook).and_then(|hook| hook.flatten_clone().try_cast::<FnPtr>()) else {
            return Ok(None);
        };
        // Whatever it draws or evaluates changes nothing in the training.
        let before = random::state();
        let modes = self.told.network().map(|network| Modes::of(&network));
        let result = self.told.host.call(&function, arguments);
        random::set_state(before);
        modes.iter().for_each(Modes::restore);
        result.map(Some).map_err(|raised| self.told.raise(of_callback(&self.name, *raised).into()))
    }

    /// What a hook gives, and the columns that it adds by `log`.
    pub fn call_logged(&self, hook: &str, arguments: Vec<Dynamic>) -> Result<(Option<Dynamic>, Map)> {
        let logged = lent::<Logged>(self.told.host.tag());
        logged.iter().for_each(|logged| logged.begin());
        let result = self.call(hook, arguments);
        let columns = logged.map(|logged| logged.end()).unwrap_or_default();
        Ok((result?, columns))
    }

    /// A hook that is called with the training, and with what is told.
    fn tell(&self, hook: &str) -> Result<()> {
        self.call(hook, vec![self.training(), self.told.what.clone()]).map(drop)
    }

    /// A hook that is called with the training alone.
    fn say(&self, hook: &str) -> Result<Option<Dynamic>> {
        self.call(hook, vec![self.training()])
    }

    fn training(&self) -> Dynamic {
        Dynamic::from(self.told.training.clone())
    }

    /// Columns as they are kept.
    fn plain(&self, columns: &Map) -> Result<Record> {
        let plain = |(name, value): (&rhai::Identifier, &Dynamic)| {
            let value = logged::value(name, value)?;
            Ok((name.to_string(), saving::plain(&value).unwrap_or_default()))
        };
        columns.iter().map(plain).collect()
    }

    fn bad(&self, message: &str) -> Error {
        Error::value(format!("callback {}: {message}", self.name))
    }

    /// The map that `state` gives.
    fn members(&self) -> Result<Option<Map>> {
        let Some(state) = self.call("state", Vec::new())? else { return Ok(None) };
        state.flatten_clone().try_cast::<Map>().map(Some).ok_or_else(|| self.bad("state gives no map"))
    }
}

impl Listener for Callback<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn on_epoch_begin(&self, _at: &dyn View) -> Result<()> {
        self.tell("on_epoch_begin")
    }

    fn due(&self, _at: &dyn View) -> Result<bool> {
        let due = self.say("due")?;
        due.map_or(Ok(false), |due| due.as_bool().map_err(|_| self.bad("due gives neither true nor false")))
    }

    fn on_step(&self, _at: &dyn View, _seen: &Reading) -> Result<()> {
        self.tell("on_step")
    }

    fn on_epoch(&self, _at: &dyn View, row: &Record) -> Result<Record> {
        let (given, logged) = self.call_logged("on_epoch", vec![self.training(), self.told.what.clone()])?;
        let given = given.unwrap_or_default();
        let of = |value: &Dynamic| saving::plain(value).or_else(|| rhai::serde::from_dynamic(value).ok());
        let columns = if given.is_unit() { Some(Map::new()) } else { given.flatten_clone().try_cast::<Map>() };
        let columns = columns.and_then(|columns| {
            columns.iter().map(|(name, value)| Some((name.to_string(), of(value)?))).collect::<Option<Record>>()
        });
        let mut columns =
            columns.ok_or_else(|| self.bad("on_epoch gives neither a map of numbers and texts nor ()"))?;
        columns.extend(self.plain(&logged)?);
        match columns.keys().find(|name| row.contains_key(name.as_str())) {
            Some(name) => Err(self.bad(&format!("on_epoch gives the column {name}, which the row has already"))),
            None => Ok(columns),
        }
    }

    fn on_log(&self, _at: &dyn View, _row: &Record) -> Result<()> {
        self.tell("on_log")
    }

    fn on_restore(&self, _at: &dyn View) -> Result<()> {
        self.say("on_restore").map(drop)
    }

    fn on_end(&self, _at: &dyn View) -> Result<Record> {
        let (_, logged) = self.call_logged("on_end", vec![self.training()])?;
        self.plain(&logged)
    }

    fn state(&self) -> Result<Option<State>> {
        self.members()?.map(|members| saving::save(KINDS, &members)?.detached()).transpose()
    }

    /// `load` is called with what `state` gives now, its tensors and handles put to what they were.
    fn load(&self, state: &State) -> Result<()> {
        let Some(mut members) = self.members()? else { return Ok(()) };
        saving::load(KINDS, state, &mut members)?;
        self.call("load", vec![members.into()]).map(drop)
    }
}

/// An error with the name of the callback that raised it.
fn of_callback(name: &str, error: EvalAltResult) -> EvalAltResult {
    use EvalAltResult::{ErrorInFunctionCall, ErrorInModule, ErrorRuntime, ErrorTerminated, Exit};
    match error {
        ErrorInFunctionCall(function, source, inner, position) => {
            ErrorInFunctionCall(function, source, of_callback(name, *inner).into(), position)
        }
        ErrorInModule(module, inner, position) => ErrorInModule(module, of_callback(name, *inner).into(), position),
        ErrorRuntime(thrown, position) => {
            let message = format!("callback {name}: {}", message_of(&thrown));
            let thrown = match thrown.try_cast::<Map>() {
                Some(mut map) => {
                    map.insert("message".into(), message.into());
                    map.into()
                }
                None => message.into(),
            };
            ErrorRuntime(thrown, position)
        }
        interrupted @ (ErrorTerminated(..) | Exit(..)) => interrupted,
        // The interpreter's own, whose words depend on what they are.
        other => ErrorInFunctionCall(format!("callback {name}"), String::new(), other.into(), Position::NONE),
    }
}
