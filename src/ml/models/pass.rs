//! What travels with one forward pass.

use super::{Module, Value};
use crate::error::{Error, ErrorKind, Result};
use std::{any::Any, cell::RefCell, rc::Rc};

/// Runs a forward function that is not Rust: the script layer's closures. Keeps the script language out of `ml`.
pub trait Host {
    /// Calls `closure` (whatever the script layer stored in its network) with `members` as its `this`.
    fn call(&self, closure: &dyn Any, members: &dyn Any, input: &Value) -> Result<Value>;
}

/// One forward pass: who can run script closures, and who wants to see each layer's output.
#[derive(Default)]
pub struct Pass<'a> {
    host: Option<&'a dyn Host>,
    seen: Option<RefCell<Vec<(*const (), Vec<i64>)>>>,
}

impl<'a> Pass<'a> {
    pub fn new(host: Option<&'a dyn Host>) -> Self {
        Pass { host, seen: None }
    }

    /// A pass that records the output shape of every layer it runs.
    pub fn tracing(host: Option<&'a dyn Host>) -> Self {
        Pass { host, seen: Some(RefCell::default()) }
    }

    /// Runs one layer. Networks run their children through this, never by `forward`, so that a trace sees them all.
    pub fn run(&self, module: &Rc<dyn Module>, input: &Value) -> Result<Value> {
        let output = module.forward(input, self)?;
        if let Some(seen) = &self.seen {
            seen.borrow_mut().push((Rc::as_ptr(module).cast(), output.shape()));
        }
        Ok(output)
    }

    /// The output shape that a traced pass saw last for `module`.
    pub fn shape_of(&self, module: &Rc<dyn Module>) -> Option<Vec<i64>> {
        let seen = self.seen.as_ref()?.borrow();
        let wanted: *const () = Rc::as_ptr(module).cast();
        seen.iter().rev().find(|(m, _)| *m == wanted).map(|(_, shape)| shape.clone())
    }

    /// # Errors
    /// Where this pass was started by Rust code, which has no script to run closures with.
    pub fn host(&self) -> Result<&'a dyn Host> {
        self.host.ok_or_else(|| Error::new(ErrorKind::Value, "this network has parts written in a script"))
    }
}
