//! Arrays and maps as text, as Rhai shows them.

use crate::error::Result;
use crate::memory;
use crate::script::base::{
    ScriptResult,
    length::{room_for_array, room_for_map},
};
use rhai::{Array, Dynamic, ImmutableString, Map, plugin::*};
use std::fmt::Write;

/// The text that the element has by the function `to_debug`, which a type of the program's or of the script's can have its own of.
fn element(context: &NativeCallContext, value: &mut Dynamic, text: &mut String) {
    if let Some(mut array) = value.write_lock::<Array>() {
        return array_text(context, &mut array, text);
    }
    if let Some(mut map) = value.write_lock::<Map>() {
        return map_text(context, &mut map, text);
    }
    match context.call_native_fn_raw("to_debug", true, &mut [value]) {
        Ok(shown) if shown.is_string() => text.push_str(&shown.into_immutable_string().unwrap_or_default()),
        Ok(other) => text.push_str(context.engine().map_type_name(other.type_name())),
        Err(_) => text.push_str(context.engine().map_type_name(&format!("{value:?}"))),
    }
}

fn array_text(context: &NativeCallContext, array: &mut Array, text: &mut String) {
    text.push('[');
    for (i, item) in array.iter_mut().enumerate() {
        text.push_str(if i == 0 { "" } else { ", " });
        element(context, item, text);
    }
    text.push(']');
}

fn map_text(context: &NativeCallContext, map: &mut Map, text: &mut String) {
    text.push_str("#{");
    for (i, (key, item)) in map.iter_mut().enumerate() {
        let _ = write!(text, "{}{key:?}: ", if i == 0 { "" } else { ", " });
        element(context, item, text);
    }
    text.push('}');
}

fn shown_array(context: &NativeCallContext, function: &str, array: &mut Array) -> Result<ImmutableString> {
    room_for_array(function, array)?;
    let mut text = String::new();
    array_text(context, array, &mut text);
    Ok(text.into())
}

fn shown_map(context: &NativeCallContext, function: &str, map: &mut Map) -> Result<ImmutableString> {
    room_for_map(function, map)?;
    let mut text = String::new();
    map_text(context, map, &mut text);
    Ok(text.into())
}

/// Rhai takes an error of `to_string` for a value without such a function, and would make its text itself, within a text in backticks
/// above all: the script is stopped behind it.
fn or_stopped(shown: Result<ImmutableString>) -> ImmutableString {
    shown.unwrap_or_else(|e| {
        memory::refuse(e.message);
        ImmutableString::default()
    })
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Writes a value to standard output, as a line of its own.
    ///
    /// Errors: a text that does not fit into memory.
    ///
    /// ```rhai
    /// print([1, "two"]);
    /// ```
    #[rhai_fn(name = "print", return_raw, pure)]
    pub fn print_array(context: NativeCallContext, array: &mut Array) -> ScriptResult<ImmutableString> {
        Ok(shown_array(&context, "print", array)?)
    }

    #[rhai_fn(name = "print", return_raw, pure)]
    pub fn print_map(context: NativeCallContext, map: &mut Map) -> ScriptResult<ImmutableString> {
        Ok(shown_map(&context, "print", map)?)
    }

    /// Writes a value to standard error, behind the place in the script.
    ///
    /// Errors: a text that does not fit into memory.
    ///
    /// ```rhai
    /// debug([1, "two"]);
    /// ```
    #[rhai_fn(name = "debug", return_raw, pure)]
    pub fn debug_array(context: NativeCallContext, array: &mut Array) -> ScriptResult<ImmutableString> {
        Ok(shown_array(&context, "debug", array)?)
    }

    #[rhai_fn(name = "debug", return_raw, pure)]
    pub fn debug_map(context: NativeCallContext, map: &mut Map) -> ScriptResult<ImmutableString> {
        Ok(shown_map(&context, "debug", map)?)
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn array_to_string(context: NativeCallContext, array: &mut Array) -> ImmutableString {
        or_stopped(shown_array(&context, "to_string", array))
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn map_to_string(context: NativeCallContext, map: &mut Map) -> ImmutableString {
        or_stopped(shown_map(&context, "to_string", map))
    }
}
