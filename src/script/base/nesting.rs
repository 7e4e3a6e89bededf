//! Values that hold values. A closure holds what it has captured, itself included: whoever walks through values counts how deep
//! that goes, for the stack has an end.

use crate::error::{Error, Result};
use rhai::{Array, Dynamic, FnPtr, Map};
use serde::Serialize;
use std::cell::Cell;
use std::fmt::Write;

/// How deep values are walked.
pub const DEEPEST: usize = 1000;
/// How deep what becomes JSON may be: readers stop at 128.
pub const DEEPEST_JSON: usize = 100;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// One level of a walk, while it lives.
pub struct Level(());

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Goes one level down.
///
/// # Errors
/// More than `most` levels, as those of a value have that holds itself.
pub fn deeper(most: usize) -> Result<Level> {
    if DEPTH.get() >= most {
        let message = format!("values are nested more than {most} deep here: does a closure hold what holds it?");
        return Err(Error::value(message));
    }
    DEPTH.set(DEPTH.get() + 1);
    Ok(Level(()))
}

/// Whether what becomes JSON would be nested deeper than it can be read again.
pub fn nested_too_deep(value: &Dynamic) -> bool {
    let Ok(_level) = deeper(DEEPEST_JSON) else { return true };
    if let Some(array) = value.read_lock::<Array>() {
        return array.iter().any(nested_too_deep);
    }
    value.read_lock::<Map>().is_some_and(|map| map.values().any(nested_too_deep))
}

/// A value as messages show it: as `print` does, cut where nobody reads on.
pub fn text(value: &Dynamic) -> String {
    let mut text = String::new();
    match value.is_string() {
        true => text.push_str(&value.to_string()),
        false => add(value, &mut text),
    }
    text
}

/// How much of a value a message shows.
const LONGEST: usize = 100_000;
const LEVELS: usize = 100;

fn add(value: &Dynamic, text: &mut String) {
    let level = deeper(LEVELS);
    if level.is_err() || text.len() > LONGEST {
        if !text.ends_with('…') {
            text.push('…');
        }
        return;
    }
    if let Some(array) = value.read_lock::<Array>() {
        text.push('[');
        each(array.iter(), text, add);
        text.push(']');
    } else if let Some(map) = value.read_lock::<Map>() {
        text.push_str("#{");
        each(map.iter(), text, |(name, value), text| {
            let _ = write!(text, "{name:?}: ");
            add(value, text);
        });
        text.push('}');
    } else if let Some(function) = value.read_lock::<FnPtr>() {
        let _ = write!(text, "Fn({})", function.fn_name());
    } else {
        let _ = write!(text, "{:?}", value.flatten_clone());
    }
}

/// What `add` writes for each, with commas between; the rest of what is too long is left out.
fn each<T>(values: impl Iterator<Item = T>, text: &mut String, add: impl Fn(T, &mut String)) {
    for (i, value) in values.enumerate() {
        if i > 0 {
            text.push_str(", ");
        }
        add(value, text);
        if text.len() > LONGEST {
            break;
        }
    }
}

/// A map as JSON: as Rhai's own `to_json` writes it, which follows a value that holds itself for ever.
///
/// # Errors
/// A value that is nested too deep; memory that is not to be had.
pub fn json(map: &Map) -> Result<String> {
    let mut text = String::new();
    add_map(map, &mut text)?;
    Ok(text)
}

fn add_map(map: &Map, text: &mut String) -> Result<()> {
    text.push('{');
    for (i, (name, value)) in map.iter().enumerate() {
        text.push_str(if i > 0 { "," } else { "" });
        text.push_str(&written(name.as_str()));
        text.push(':');
        add_json(value, text)?;
    }
    text.push('}');
    Ok(())
}

fn add_json(value: &Dynamic, text: &mut String) -> Result<()> {
    let _level = deeper(DEEPEST)?;
    // What captures twice what has captured twice doubles with each level.
    crate::interrupt::check()?;
    crate::memory::room_for_values("to_json: this text", text.len() as u64)?;
    if let Some(map) = value.read_lock::<Map>() {
        return add_map(&map, text);
    }
    let mut list = |values: &mut dyn Iterator<Item = &Dynamic>, first: Option<String>| {
        text.push('[');
        text.push_str(first.as_deref().unwrap_or_default());
        for (i, value) in values.enumerate() {
            if i > 0 || first.is_some() {
                text.push(',');
            }
            add_json(value, text)?;
        }
        text.push(']');
        Ok(())
    };
    if let Some(array) = value.read_lock::<Array>() {
        return list(&mut array.iter(), None);
    }
    if let Some(function) = value.read_lock::<FnPtr>().filter(|function| function.is_curried()) {
        return list(&mut function.iter_curry(), Some(written(&function.fn_name())));
    }
    text.push_str(&written(value));
    Ok(())
}

/// What holds nothing else, as JSON.
fn written(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::Engine;

    fn value(text: &str) -> Dynamic {
        Engine::new().eval(text).unwrap()
    }

    #[test]
    fn what_holds_itself_is_shown_and_is_no_json() {
        let a = value("let a = #{ n: [1, 2.0, \"x\", ()] }; let f = || a; a.f = f; a.n.push(f); a");
        let shown = super::text(&a);
        assert!(shown.starts_with("#{\"f\": Fn(anon$") && shown.ends_with(")]}"), "{shown}");
        assert!(json(&a.cast::<Map>()).unwrap_err().message.contains("1000 deep"));
        assert!(DEPTH.get() == 0);
    }

    #[test]
    fn other_maps_are_the_same_json_as_rhais() {
        let texts = [
            "#{}",
            "#{ a: 1, b: [1.5, true, (), \"a\\\"b\", 'c'], \"c d\": #{ e: [] } }",
            "#{ f: Fn(\"g\"), t: timestamp(), r: 0..3, \"\\x01\": 0.0 / 0.0 }",
        ];
        for text in texts.into_iter().chain(["let x = 1; #{ f: || x }", "#{ b: blob(3, 7) }"]) {
            let map = value(text).cast::<Map>();
            assert_eq!(json(&map).unwrap(), serde_json::to_string(&map).unwrap(), "{text}");
        }
    }

    /// Notes where the stack is as it is copied and freed.
    struct Probe;

    thread_local! {
        static LOWEST: Cell<usize> = const { Cell::new(usize::MAX) };
    }

    fn note() {
        let here = 0_u8;
        LOWEST.set(LOWEST.get().min(&raw const here as usize));
    }

    impl Clone for Probe {
        fn clone(&self) -> Self {
            note();
            Probe
        }
    }

    impl Drop for Probe {
        fn drop(&mut self) {
            note();
        }
    }

    #[test]
    fn the_stack_is_as_deep_as_values_can_be_nested() {
        type Wrap = fn(Dynamic) -> Dynamic;
        let array: Wrap = |value| Dynamic::from_array(vec![value]);
        let map: Wrap = |value| Dynamic::from_map([("a".into(), value)].into());
        let function: Wrap = |value| Dynamic::from(FnPtr::new("f").unwrap().add_curry(value).clone());
        let shared: Wrap = |value| Dynamic::from_array(vec![value.into_shared()]);
        // The least that a level takes of memory.
        let (pointer, value) = (size_of::<usize>(), size_of::<Dynamic>());
        let of_array = size_of::<Array>() + value;
        for (name, wrap, bytes) in [
            ("array", array, of_array),
            ("map", map, size_of::<Map>() + 11 * (value + 3 * pointer)),
            ("function", function, size_of::<FnPtr>() + value),
            ("shared", shared, of_array + 3 * pointer + value),
        ] {
            let lowest = |depth: usize, act: fn(Dynamic)| {
                let nested = (0..depth).fold(Dynamic::from(std::rc::Rc::new(Probe)), |value, _| wrap(value));
                LOWEST.set(usize::MAX);
                act(nested);
                LOWEST.get()
            };
            for act in [(|value| drop(value)) as fn(Dynamic), |value| drop(value.clone())] {
                let level = (lowest(100, act) - lowest(600, act)) / 500;
                let room = crate::memory::STACK_OF_A_BYTE as usize * bytes;
                assert!(level <= room, "{name}: {level} bytes of stack for {bytes} of memory");
            }
        }
    }

    #[test]
    fn what_is_long_or_deep_is_cut() {
        let mut deep = Dynamic::UNIT;
        for _ in 0..1000 {
            deep = Dynamic::from(vec![deep]);
        }
        assert!(super::text(&deep).contains("[[[…]]]"));
        let long = Dynamic::from_array(vec![Dynamic::from("x".repeat(1000)); 1000]);
        assert!(super::text(&long).len() < 2 * LONGEST);
    }
}
