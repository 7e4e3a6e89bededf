//! What a script's hook adds by `log(#{ … })`.

use crate::error::{Error, ErrorKind, Result};
use crate::ml::models::duplicate;
use crate::ml::training::Column;
use crate::script::api::handles::TensorHandle;
use crate::script::base::{options::shown, saving};
use rhai::{Dynamic, Map};
use serde_json::json;
use std::cell::RefCell;

/// The hooks under way, the innermost last, each with what it has added.
#[derive(Debug, Default)]
pub struct Logged(RefCell<Vec<Map>>);

impl Logged {
    /// A hook that may add columns begins.
    pub fn begin(&self) {
        self.0.borrow_mut().push(Map::new());
    }

    /// It is over: what it has added.
    pub fn end(&self) -> Map {
        self.0.borrow_mut().pop().unwrap_or_default()
    }

    /// # Errors
    /// Outside of such a hook; a value that is no column.
    pub fn add(&self, columns: Map) -> Result<()> {
        let mut hooks = self.0.borrow_mut();
        let hook = hooks.last_mut().ok_or_else(|| {
            Error::value(
                "log(#{ … }) adds columns inside of on_step, on_epoch and on_end of a training: here is none of them",
            )
        })?;
        for (name, value) in &columns {
            column(name, value)?;
        }
        hook.extend(columns);
        Ok(())
    }
}

/// A value as a column: a number, a text, a truth value or `()`, or a tensor of one element.
pub fn column(name: &str, value: &Dynamic) -> Result<Column> {
    let wrong = || {
        let message = format!("log: `{name}` takes a number, a text or a tensor of one element, got {}", shown(value));
        Error::new(ErrorKind::Option, message)
    };
    if let Some(tensor) = value.flatten_clone().try_cast::<TensorHandle>() {
        if tensor.numel() != 1 {
            return Err(wrong());
        }
        return Ok(Column::Tensor(duplicate(&tensor)?));
    }
    saving::plain(&value.flatten_clone()).map(Column::Plain).ok_or_else(wrong)
}

/// The same at once: waits for the device where it is a tensor.
pub fn value(name: &str, value: &Dynamic) -> Result<Dynamic> {
    Ok(match column(name, value)? {
        Column::Plain(plain) => saving::restored(&plain),
        Column::Tensor(tensor) => saving::restored(&json!(f64::try_from(&tensor)?)),
    })
}
