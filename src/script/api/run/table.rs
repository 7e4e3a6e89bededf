//! Runs side by side, for scripts.

use crate::error::{Error, ErrorKind, Result};
use crate::runs::list::{Request, list};
use crate::script::base::{
    ScriptResult,
    options::{Options, shown},
};
use rhai::{Array, Dynamic, Map, plugin::*};
use serde_json::json;
use std::path::Path;

fn request(options: Map) -> Result<Request> {
    let mut options = Options::new("runs::table", options);
    let mut text =
        |name| -> Result<Option<String>> { Ok(Some(options.string(name, "")?).filter(|text| !text.is_empty())) };
    let (filter, sort) = (text("filter")?, text("sort")?);
    let columns = options.take("columns").map(|columns| {
        let wrong = format!("runs::table: option `columns` takes an array of texts, got {}", shown(&columns));
        columns.into_typed_array::<String>().map_err(|_| Error::new(ErrorKind::Option, wrong))
    });
    let columns = columns.transpose()?;
    options.done()?;
    Ok(Request { filter, sort, columns })
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The runs below `folder` as maps, which `runs::table` gives.
    ///
    /// ```rhai
    /// let run = run_folder(#{}, #{});
    /// assert_eq(read_runs(run.path, #{ columns: ["status"] }), [#{ status: "running" }]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_runs(folder: &str, options: Map) -> ScriptResult<Array> {
        let request = request(options)?;
        let has_columns = request.columns.is_some();
        let list = list(Path::new(folder), &request)?;
        let rows = if has_columns { json!(list.flat()) } else { json!(list.whole()) };
        let rows: Dynamic = rhai::serde::to_dynamic(rows)?;
        Ok(rows.try_cast::<Array>().unwrap_or_default())
    }
}
