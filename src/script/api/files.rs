//! Files that scripts read and write.

use crate::access;
use crate::error::Error;
use crate::ml::files::write_atomically;
use crate::script::base::ScriptResult;
use rhai::{Array, Dynamic, Map, plugin::*};
use std::path::Path;

/// The values in a file of JSON lines.
fn lines(path: &Path) -> ScriptResult<Array> {
    let text = access::read_to_string(path)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let value = |(i, line): (usize, &str)| {
        let value: serde_json::Value = serde_json::from_str(line)
            .map_err(|e| Error::data(format!("{}, line {}, is not JSON: {e}", path.display(), i + 1)))?;
        rhai::serde::to_dynamic(value)
    };
    lines.map(value).collect()
}

/// The rows of a run, in its `metrics.jsonl`.
pub fn json_lines(path: &Path) -> ScriptResult<Vec<Map>> {
    let rows = lines(path)?.into_iter().map(Dynamic::try_cast::<Map>).collect::<Option<Vec<Map>>>();
    rows.ok_or_else(|| Error::data(format!("{}: a line is no object", path.display())).into())
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The text of a file.
    ///
    /// Errors: a file that is not there, or not in UTF-8.
    ///
    /// ```rhai
    /// write_text("imdbsh-doc.txt", "a line\n");
    /// assert_eq(read_text("imdbsh-doc.txt"), "a line\n");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_text(path: &str) -> ScriptResult<String> {
        Ok(access::read_to_string(Path::new(path))?)
    }

    /// Writes a text into a file, which is replaced only when the new one is complete.
    ///
    /// ```rhai
    /// write_text("imdbsh-doc.txt", "a line\n");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn write_text(path: &str, text: &str) -> ScriptResult<()> {
        Ok(write_atomically(Path::new(path), |file| file.write_all(text.as_bytes()))?)
    }

    /// The value in a JSON file: maps, arrays, numbers, texts; null is `()`.
    ///
    /// Errors: a file that is not there, or not JSON (the line is named).
    ///
    /// ```rhai
    /// write_text("imdbsh-doc.json", "{\"lr\": 0.5, \"names\": [\"neg\", \"pos\"]}");
    /// assert_eq(read_json("imdbsh-doc.json"), #{ lr: 0.5, names: ["neg", "pos"] });
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_json(path: &str) -> ScriptResult<Dynamic> {
        let value: serde_json::Value = serde_json::from_str(&access::read_to_string(Path::new(path))?)
            .map_err(|e| Error::data(format!("{path} is not JSON: {e}")))?;
        rhai::serde::to_dynamic(value)
    }

    /// The values in a file of JSON lines, such as a run's `metrics.jsonl`: an array with one for each line.
    ///
    /// Errors: a file that is not there, or a line that is not JSON (it is named).
    ///
    /// ```rhai
    /// write_text("imdbsh-doc.jsonl", "{\"epoch\": 1}\n{\"epoch\": 2}\n");
    /// assert_eq(read_json_lines("imdbsh-doc.jsonl").map(|row| row.epoch), [1, 2]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_json_lines(path: &str) -> ScriptResult<Array> {
        lines(Path::new(path))
    }

    /// Whether a file or folder is there.
    ///
    /// ```rhai
    /// assert(!path_exists("/no/such/place"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn path_exists(path: &str) -> ScriptResult<bool> {
        Ok(access::exists(Path::new(path))?)
    }

    /// The names of the files and folders in a folder, in alphabetical order.
    ///
    /// Errors: a folder that is not there.
    ///
    /// ```rhai
    /// assert_throws(|| list_folder("/no/such/place"), "/no/such/place");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn list_folder(path: &str) -> ScriptResult<Array> {
        let names = access::list(Path::new(path))?;
        Ok(names.into_iter().map(|name| Dynamic::from(name.to_string_lossy().into_owned())).collect())
    }

    /// Makes a folder, and those above it that are not there.
    ///
    /// ```rhai
    /// make_folder("imdbsh-doc");
    /// assert(path_exists("imdbsh-doc"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn make_folder(path: &str) -> ScriptResult<()> {
        Ok(access::create_dir_all(Path::new(path))?)
    }
}
