//! A function for each element: its parameters are the element and, where it has two, the index; of a map, key and value. Without parameters the element is `this`.

use crate::error::Error;
use crate::script::base::ScriptResult;
use crate::script::base::options::shown;
use rhai::{Array, Dynamic, FnPtr, Map, NativeCallContext, plugin::*};
use std::ops::{Range, RangeInclusive};

fn called(context: &NativeCallContext, name: &str, f: &FnPtr, item: &mut Dynamic, at: i64) -> ScriptResult<Dynamic> {
    f.call_raw_with_extra_args(name, context, Some(item), [], [at.into()], Some(0))
}

fn all(context: &NativeCallContext, name: &str, f: &FnPtr, items: impl Iterator<Item = i64>) -> ScriptResult<Array> {
    (0..).zip(items).map(|(at, item)| called(context, name, f, &mut item.into(), at)).collect()
}

fn kept(context: &NativeCallContext, f: &FnPtr, items: impl Iterator<Item = i64>) -> ScriptResult<Array> {
    let mut kept = Array::new();
    for (at, item) in (0..).zip(items) {
        let said = called(context, "filter", f, &mut item.into(), at)?;
        if said
            .as_bool()
            .map_err(|_| Error::value(format!("filter: its function gives true or false, got {}", shown(&said))))?
        {
            kept.push(item.into());
        }
    }
    Ok(kept)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Calls a function with each element of an array, in its order: `|x| …`, or `|x, i| …` with the index. Of a function without parameters the element is `this`,
    /// which can be changed in place.
    ///
    /// ```rhai
    /// let seen = [];
    /// ["a", "b"].for_each(|x| seen.push(x));
    /// ["c"].for_each(|x, i| seen.push(`${i} ${x}`));
    /// assert_eq(seen, ["a", "b", "0 c"]);
    /// let numbers = [1, 2];
    /// numbers.for_each(|| this *= 10);
    /// assert_eq(numbers, [10, 20]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn for_each(context: NativeCallContext, array: &mut Array, f: FnPtr) -> ScriptResult<()> {
        (0..).zip(array.iter_mut()).try_for_each(|(at, item)| called(&context, "for_each", &f, item, at).map(drop))
    }

    #[rhai_fn(name = "for_each", return_raw)]
    pub fn for_each_of_range(context: NativeCallContext, range: Range<i64>, f: FnPtr) -> ScriptResult<()> {
        all(&context, "for_each", &f, range).map(drop)
    }

    #[rhai_fn(name = "for_each", return_raw)]
    pub fn for_each_of_inclusive(context: NativeCallContext, range: RangeInclusive<i64>, f: FnPtr) -> ScriptResult<()> {
        all(&context, "for_each", &f, range).map(drop)
    }

    /// Calls a function with each key and value of a map, in the order of the keys.
    ///
    /// ```rhai
    /// let seen = [];
    /// #{ b: 2, a: 1 }.for_each(|key, value| seen.push(`${key}=${value}`));
    /// assert_eq(seen, ["a=1", "b=2"]);
    /// ```
    #[rhai_fn(name = "for_each", return_raw, pure)]
    pub fn for_each_of_map(context: NativeCallContext, map: &mut Map, f: FnPtr) -> ScriptResult<()> {
        map.iter_mut().try_for_each(|(key, value)| {
            let key: Dynamic = key.clone().into();
            f.call_raw_with_extra_args("for_each", &context, Some(value), [key], [], Some(1)).map(drop)
        })
    }

    /// The whole numbers from 0 on, so many of them: what `0..count` is.
    ///
    /// ```rhai
    /// let seen = [];
    /// for i in range(3) { seen.push(i); }
    /// assert_eq(seen, [0, 1, 2]);
    /// ```
    #[rhai_fn(name = "range")]
    pub fn range_from_zero(count: i64) -> Range<i64> {
        0..count
    }

    /// What a function makes of each whole number of a range, an array: `|x| …`, or `|x, i| …` with the index.
    ///
    /// ```rhai
    /// assert_eq((1..4).map(|n| n * n), [1, 4, 9]);
    /// assert_eq((1..=3).map(|n, i| n * i), [0, 2, 6]);
    /// ```
    #[rhai_fn(name = "map", return_raw)]
    pub fn map_of_range(context: NativeCallContext, range: Range<i64>, f: FnPtr) -> ScriptResult<Array> {
        all(&context, "map", &f, range)
    }

    #[rhai_fn(name = "map", return_raw)]
    pub fn map_of_inclusive(context: NativeCallContext, range: RangeInclusive<i64>, f: FnPtr) -> ScriptResult<Array> {
        all(&context, "map", &f, range)
    }

    /// Those whole numbers of a range of which a function says `true`, an array.
    ///
    /// ```rhai
    /// assert_eq((0..10).filter(|n| n % 3 == 0), [0, 3, 6, 9]);
    /// ```
    #[rhai_fn(name = "filter", return_raw)]
    pub fn filter_of_range(context: NativeCallContext, range: Range<i64>, f: FnPtr) -> ScriptResult<Array> {
        kept(&context, &f, range)
    }

    #[rhai_fn(name = "filter", return_raw)]
    pub fn filter_of_inclusive(
        context: NativeCallContext,
        range: RangeInclusive<i64>,
        f: FnPtr,
    ) -> ScriptResult<Array> {
        kept(&context, &f, range)
    }
}
