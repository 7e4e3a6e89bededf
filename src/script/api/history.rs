//! What a training went through: a row of numbers for each epoch.

use super::handles::History;
use crate::error::Error;
use crate::script::base::{ScriptResult, nesting, options::shown};
use rhai::{Array, Dynamic, Engine, FnPtr, Map, NativeCallContext, exported_module, plugin::*};

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<History>("History");
    engine.register_iterator::<History>();
    engine.register_global_module(exported_module!(api).into());
}

/// The rows of a history, or of an array of rows such as a script writes down.
pub fn rows(history: &Dynamic) -> ScriptResult<Vec<Map>> {
    if let Some(history) = history.clone().try_cast::<History>() {
        return Ok(history.0.borrow().clone());
    }
    let rows = history.read_lock::<Array>().and_then(|a| a.iter().map(|r| r.clone().try_cast::<Map>()).collect());
    rows.ok_or_else(|| Error::value(format!("expected a history or an array of maps, got {}", shown(history))).into())
}

/// What the function of arrays of that name gives for the rows.
fn by_array(
    context: &NativeCallContext,
    name: &str,
    history: &History,
    given: Option<Dynamic>,
) -> ScriptResult<Dynamic> {
    let mut rows: Dynamic = history.0.borrow().iter().cloned().map(Dynamic::from_map).collect::<Array>().into();
    match given {
        Some(mut given) => context.call_native_fn_raw(name, true, &mut [&mut rows, &mut given]),
        None => context.call_native_fn_raw(name, true, &mut [&mut rows]),
    }
}

#[export_module(root = "crate::script::base::guard")]
mod api {
    /// An empty history. Copies of it are the same history.
    ///
    /// ```rhai
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// assert_eq(h.len(), 1);
    /// assert_eq(h[-1].train_loss, 0.7);
    /// ```
    pub fn history() -> History {
        History::default()
    }

    /// Adds an epoch's row.
    ///
    /// ```rhai
    /// let h = history();
    /// h.push(#{ epoch: 1 });
    /// assert_eq(h.len(), 1);
    /// ```
    #[rhai_fn(pure)]
    pub fn push(history: &mut History, row: Map) {
        history.0.borrow_mut().push(row);
    }

    /// The number of epochs in a history.
    #[rhai_fn(pure)]
    pub fn len(history: &mut History) -> i64 {
        history.0.borrow().len() as i64
    }

    /// The values of one column, an array with an element for each epoch that has it.
    ///
    /// ```rhai
    /// let h = history();
    /// h.push(#{ epoch: 1, test_acc: 0.8 });
    /// assert_eq(h.column("test_acc"), [0.8]);
    /// ```
    #[rhai_fn(pure)]
    pub fn column(history: &mut History, name: &str) -> Array {
        history.0.borrow().iter().filter_map(|row| row.get(name).cloned()).collect()
    }

    /// The rows of a history as an array of maps.
    ///
    /// ```rhai
    /// let h = history();
    /// h.push(#{ epoch: 1 });
    /// assert_eq(h.to_array(), [#{ epoch: 1 }]);
    /// ```
    #[rhai_fn(pure)]
    pub fn to_array(history: &mut History) -> Array {
        history.0.borrow().iter().cloned().map(Dynamic::from_map).collect()
    }

    /// What a function makes of each row of a history, an array: `|row| …`, or `|row, i| …` with the index.
    ///
    /// ```rhai
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// h.push(#{ epoch: 2, train_loss: 0.5 });
    /// assert_eq(h.map(|row| row.train_loss), [0.7, 0.5]);
    /// ```
    #[rhai_fn(name = "map", return_raw, pure)]
    pub fn map_of_history(context: NativeCallContext, history: &mut History, f: FnPtr) -> ScriptResult<Dynamic> {
        by_array(&context, "map", history, Some(f.into()))
    }

    /// Those rows of a history of which a function says `true`, an array of maps.
    ///
    /// ```rhai
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// h.push(#{ epoch: 2, train_loss: 0.5 });
    /// assert_eq(h.filter(|row| row.train_loss < 0.6).len(), 1);
    /// ```
    #[rhai_fn(name = "filter", return_raw, pure)]
    pub fn filter_of_history(context: NativeCallContext, history: &mut History, f: FnPtr) -> ScriptResult<Dynamic> {
        by_array(&context, "filter", history, Some(f.into()))
    }

    /// Calls a function with each row of a history, in their order.
    ///
    /// ```rhai
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// h.push(#{ epoch: 2, train_loss: 0.5 });
    /// let sum = 0.0;
    /// h.for_each(|row| sum += row.train_loss);
    /// assert_close(sum, 1.2, 1e-9);
    /// ```
    #[rhai_fn(name = "for_each", return_raw, pure)]
    pub fn for_each_of_history(context: NativeCallContext, history: &mut History, f: FnPtr) -> ScriptResult<Dynamic> {
        by_array(&context, "for_each", history, Some(f.into()))
    }

    /// The rows of a history by what a function makes of each, the least first, an array of maps.
    ///
    /// ```rhai
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// h.push(#{ epoch: 2, train_loss: 0.5 });
    /// assert_eq(h.sorted(|row| row.train_loss)[0].epoch, 2);
    /// ```
    #[rhai_fn(name = "sorted", return_raw, pure)]
    pub fn sorted_of_history(context: NativeCallContext, history: &mut History, f: FnPtr) -> ScriptResult<Dynamic> {
        by_array(&context, "sorted", history, Some(f.into()))
    }

    /// The rows of a history as a table with aligned columns, those of `columns` or all.
    ///
    /// ```rhai
    /// let h = history();
    /// h.push(#{ epoch: 1, train_loss: 0.7 });
    /// assert_eq(table(h, ["epoch", "train_loss"]), "epoch  train_loss\n    1      0.7000");
    /// ```
    #[rhai_fn(name = "table", return_raw, pure)]
    pub fn table_of_history(
        context: NativeCallContext,
        history: &mut History,
        columns: Array,
    ) -> ScriptResult<Dynamic> {
        by_array(&context, "table", history, Some(columns.into()))
    }

    #[rhai_fn(name = "table", return_raw, pure)]
    pub fn table_of_whole_history(context: NativeCallContext, history: &mut History) -> ScriptResult<Dynamic> {
        by_array(&context, "table", history, None)
    }

    #[rhai_fn(index_get, return_raw, pure)]
    pub fn row(history: &mut History, index: i64) -> ScriptResult<Map> {
        let rows = history.0.borrow();
        let n = rows.len() as i64;
        let at = if index < 0 { index + n } else { index };
        let row = usize::try_from(at).ok().and_then(|at| rows.get(at)).cloned();
        row.ok_or_else(|| Error::value(format!("row {index} of a history of {n} epochs")).into())
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print(history: &mut History) -> String {
        let rows = history.0.borrow();
        let lines: Vec<String> = rows.iter().map(|row| nesting::text(&Dynamic::from(row.clone()))).collect();
        format!("history of {} epochs\n{}", rows.len(), lines.join("\n")).trim_end().to_string()
    }
}
