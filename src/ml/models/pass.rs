//! What travels with one forward pass.

use crate::error::{Error, ErrorKind, Result};
use crate::ml::batch::Value;
use std::{any::Any, cell::RefCell};

/// Runs a forward function that is not Rust: the script layer's closures. Keeps the script language out of `ml`.
pub trait Host {
    /// Calls `closure`, whatever the script layer stored in its network, with `input`.
    ///
    /// # Errors
    /// Whatever the closure raises.
    fn call(&self, closure: &dyn Any, input: &Value) -> Result<Value>;
}

/// Layers, told apart by their address, with the shape of each output.
type Seen = Vec<(*const (), Vec<i64>)>;

thread_local! {
    /// Where outputs are recorded while a [`Trace`] is taken. Not a field of the pass: a closure in a script runs the
    /// networks inside by passes of its own.
    static SEEN: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

/// One forward pass: who can run script closures.
#[derive(Default)]
pub struct Pass<'a> {
    host: Option<&'a dyn Host>,
}

impl<'a> Pass<'a> {
    pub fn new(host: Option<&'a dyn Host>) -> Self {
        Pass { host }
    }

    /// # Errors
    /// Where this pass was started by Rust code, which has no script to run closures with.
    pub fn host(&self) -> Result<&'a dyn Host> {
        self.host.ok_or_else(|| Error::new(ErrorKind::Value, "this network has parts written in a script"))
    }
}

/// The output shapes of all layers that ran while it was taken.
#[derive(Debug, Default)]
pub struct Trace(Seen);

impl Trace {
    /// Runs `f` and records the output shape of every layer that runs in it.
    pub fn of<T>(f: impl FnOnce() -> T) -> (T, Trace) {
        let outer = SEEN.replace(Some(Seen::new()));
        let result = f();
        let seen = SEEN.replace(outer).unwrap_or_default();
        (result, Trace(seen))
    }

    /// The shape that was seen last for the layer at `address`.
    pub(super) fn shape_at(&self, address: *const ()) -> Option<Vec<i64>> {
        self.0.iter().rev().find(|(seen, _)| *seen == address).map(|(_, shape)| shape.clone())
    }
}

/// Records the output of the layer at `address`, where a [`Trace`] is taken.
pub(super) fn record(address: *const (), output: &Value) {
    SEEN.with_borrow_mut(|seen| {
        if let Some(seen) = seen {
            seen.push((address, output.shape()));
        }
    });
}
