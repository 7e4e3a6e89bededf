//! Arrays: sorted, in pairs, in groups, as one text.

use crate::error::{Error, ErrorKind};
use crate::memory::room_for_values;
use crate::script::base::ScriptResult;
use crate::script::base::options::{number, shown};
use rhai::{Array, Dynamic, FnPtr, ImmutableString, Map, NativeCallContext, plugin::*};
use std::cmp::Ordering;

/// Numbers by their size, NaN last; texts by their signs; `false` before `true`; arrays element by element.
fn compared(function: &str, a: &Dynamic, b: &Dynamic) -> Result<Ordering, Error> {
    let ordering = if let (Some(x), Some(y)) = (number(a), number(b)) {
        // Large whole numbers are no floats.
        Some(match (a.as_int(), b.as_int()) {
            (Ok(x), Ok(y)) => x.cmp(&y),
            _ => x.is_nan().cmp(&y.is_nan()).then(x.partial_cmp(&y).unwrap_or(Ordering::Equal)),
        })
    } else if let (Some(x), Some(y)) = (a.read_lock::<ImmutableString>(), b.read_lock::<ImmutableString>()) {
        Some(x.as_str().cmp(y.as_str()))
    } else if let (Ok(x), Ok(y)) = (a.as_bool(), b.as_bool()) {
        Some(x.cmp(&y))
    } else if let (Some(x), Some(y)) = (a.read_lock::<Array>(), b.read_lock::<Array>()) {
        for (x, y) in x.iter().zip(y.iter()) {
            match compared(function, x, y)? {
                Ordering::Equal => {}
                other => return Ok(other),
            }
        }
        Some(x.len().cmp(&y.len()))
    } else {
        None
    };
    ordering.ok_or_else(|| {
        let message = format!(
            "{function} compares numbers, texts, bools and arrays of such with their like, got {} and {}",
            shown(a),
            shown(b)
        );
        Error::value(message)
    })
}

fn sorted_by(function: &str, keyed: &mut [(Dynamic, Dynamic)]) -> ScriptResult<()> {
    let mut failed = None;
    keyed.sort_by(|(a, _), (b, _)| {
        compared(function, a, b).unwrap_or_else(|error| {
            failed.get_or_insert(error);
            Ordering::Equal
        })
    });
    failed.map_or(Ok(()), |error| Err(error.into()))
}

/// What a function says of each element.
fn keys(context: &NativeCallContext, array: Array, f: &FnPtr) -> ScriptResult<Vec<(Dynamic, Dynamic)>> {
    let key = |item: Dynamic| Ok((f.call_within_context::<Dynamic>(context, (item.clone(),))?, item));
    array.into_iter().map(key).collect()
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The elements as one text, with `between` between them.
    ///
    /// Errors: more than fits into memory.
    ///
    /// ```rhai
    /// assert_eq(["a", 2, 0.5].join(", "), "a, 2, 0.5");
    /// assert_eq([].join("-"), "");
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn join(array: &mut Array, between: &str) -> ScriptResult<String> {
        let texts: Vec<String> = array.iter().map(ToString::to_string).collect();
        let bytes = texts.iter().fold(0_u64, |all, text| all.saturating_add((text.len() + between.len()) as u64));
        room_for_values("join: a text", bytes)?;
        Ok(texts.join(between))
    }

    /// Each element with its index, `[i, x]`.
    ///
    /// ```rhai
    /// assert_eq(["a", "b"].enumerate(), [[0, "a"], [1, "b"]]);
    /// for pair in ["a", "b"].enumerate() { assert_eq(pair[1], "ab"[pair[0]].to_string()); }
    /// ```
    #[rhai_fn(pure)]
    pub fn enumerate(array: &mut Array) -> Array {
        (0_i64..).zip(array.iter()).map(|(i, item)| vec![i.into(), item.clone()].into()).collect()
    }

    /// Pairs of the elements of two arrays, `[x, y]`.
    ///
    /// Errors: arrays of other lengths.
    ///
    /// ```rhai
    /// assert_eq(zip([1, 2], ["a", "b"]), [[1, "a"], [2, "b"]]);
    /// assert_throws(|| zip([1], []), "1 and 0");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn zip(a: Array, b: Array) -> ScriptResult<Array> {
        if a.len() != b.len() {
            let message = format!("zip takes arrays of one length, got {} and {} elements", a.len(), b.len());
            return Err(Error::new(ErrorKind::Shape, message).into());
        }
        Ok(a.into_iter().zip(b).map(|(x, y)| vec![x, y].into()).collect())
    }

    /// The elements in order, the smallest first; the array itself stays as it is. Numbers are ordered by their size, NaN last, texts by their signs, arrays element by element.
    /// With a function, `|x| key`, by what that says of each; those of which it says the same stay in their order. `reverse()` turns the order around.
    ///
    /// Errors: elements that cannot be compared.
    ///
    /// ```rhai
    /// let runs = [#{ lr: 0.1, acc: 0.7 }, #{ lr: 0.01, acc: 0.9 }];
    /// assert_eq(runs.sorted(|r| -r.acc)[0].lr, 0.01);
    /// assert_eq([3, 1.5, 2].sorted(), [1.5, 2, 3]);
    /// assert_throws(|| [1, "a"].sorted(), "got");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sorted(array: Array) -> ScriptResult<Array> {
        let mut keyed: Vec<(Dynamic, Dynamic)> = array.into_iter().map(|item| (item, Dynamic::UNIT)).collect();
        sorted_by("sorted", &mut keyed)?;
        Ok(keyed.into_iter().map(|(item, _)| item).collect())
    }

    #[rhai_fn(name = "sorted", return_raw)]
    pub fn sorted_by_key(context: NativeCallContext, array: Array, f: FnPtr) -> ScriptResult<Array> {
        let mut keyed = keys(&context, array, &f)?;
        sorted_by("sorted", &mut keyed)?;
        Ok(keyed.into_iter().map(|(_, item)| item).collect())
    }

    /// The elements in groups by what a function says of each, `|x| key`: a map of arrays, whose keys are what it said as texts.
    ///
    /// ```rhai
    /// let runs = [#{ lr: 0.1, seed: 1 }, #{ lr: 0.01, seed: 1 }, #{ lr: 0.1, seed: 2 }];
    /// let groups = runs.group_by(|r| r.lr);
    /// assert_eq(groups["0.1"].map(|r| r.seed), [1, 2]);
    /// assert_eq(groups.len(), 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn group_by(context: NativeCallContext, array: Array, f: FnPtr) -> ScriptResult<Map> {
        let mut groups = Map::new();
        for (key, item) in keys(&context, array, &f)? {
            let group = groups.entry(key.to_string().into()).or_insert_with(|| Array::new().into());
            if let Some(mut group) = group.write_lock::<Array>() {
                group.push(item);
            }
        }
        Ok(groups)
    }
}
