//! A panic in what a script calls is an error that it can catch. All functions of the program's are registered through this file:
//! `#[export_module(root = "crate::script::base::guard")]` finds here what it else takes from rhai, under the same names.
//!
//! It has to be caught before it reaches the interpreter, which has taken the first argument out of its variable for the call, and
//! would end the program rather than unwind.

use super::ScriptResult;
use crate::error::{Error, ErrorKind, Result};
use rhai::plugin::{PluginFunc, RhaiFunc, RhaiResult, TypeId};
use rhai::{Identifier, RhaiNativeFunc, Shared};
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

pub use rhai::{Dynamic, FnNamespace, ImmutableString, Module, NativeCallContext, plugin};

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}
/// The last panic of any thread: one that computes for another hands on no place.
static LAST: Mutex<String> = Mutex::new(String::new());

/// Keeps a panic's text for the report instead of printing it.
pub fn quiet_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        let text = format!("{place} ({})", info.payload_as_str().unwrap_or("no text"));
        LAST.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&text);
        PANIC.set(text);
    }));
}

/// Runs `f`, whose panic is an error.
///
/// # Errors
/// Kind `internal`: it panicked.
pub fn caught<T>(f: impl FnOnce() -> T) -> Result<T> {
    panic::catch_unwind(AssertUnwindSafe(f)).map_err(|panic| {
        let own = PANIC.take();
        let last = || LAST.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let said = || panic.downcast_ref::<String>().cloned().unwrap_or_default();
        let place = [own, last(), said()].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        let message = format!("imdbsh itself failed, in {place}; please report this with the script that led to it");
        Error::new(ErrorKind::Internal, message)
    })
}

/// How a function gets into a module, as rhai's own of this name.
pub struct FuncRegistration {
    name: Identifier,
    inner: rhai::FuncRegistration,
}

impl FuncRegistration {
    pub fn new(name: impl Into<Identifier>) -> Self {
        let name = name.into();
        FuncRegistration { inner: rhai::FuncRegistration::new(name.clone()), name }
    }

    pub fn with_namespace(self, namespace: FnNamespace) -> Self {
        FuncRegistration { inner: self.inner.with_namespace(namespace), ..self }
    }

    pub fn with_params_info<S: AsRef<str>>(self, parameters: impl IntoIterator<Item = S>) -> Self {
        FuncRegistration { inner: self.inner.with_params_info(parameters), ..self }
    }

    pub fn with_comments<S: AsRef<str>>(self, comments: impl IntoIterator<Item = S>) -> Self {
        FuncRegistration { inner: self.inner.with_comments(comments), ..self }
    }

    /// A function of Rust's, which leaves a constant as it is.
    pub fn set_into_module<A: 'static, const N: usize, const X: bool, R: 'static, const F: bool>(
        self,
        module: &mut Module,
        function: impl RhaiNativeFunc<A, N, X, R, F> + 'static,
    ) {
        fn types<A: 'static, const N: usize, const X: bool, R: 'static, const F: bool, T>(_: &T) -> [TypeId; N]
        where
            T: RhaiNativeFunc<A, N, X, R, F>,
        {
            T::param_types()
        }
        let types = types(&function);
        self.set_into_module_raw(module, types, function.into_rhai_function(true, false));
    }

    pub fn set_into_module_raw(self, module: &mut Module, types: impl AsRef<[TypeId]>, function: RhaiFunc) {
        self.inner.set_into_module_raw(module, types, guarded(&self.name, function));
    }
}

fn guarded(name: &str, function: RhaiFunc) -> RhaiFunc {
    match function {
        RhaiFunc::Plugin { func } => Guarded { name: name.into(), func }.into(),
        RhaiFunc::Pure { func, has_context, is_pure, is_volatile } => {
            let name: Identifier = name.into();
            let func = Shared::new(move |context: Option<NativeCallContext<'_>>, arguments: &mut [&mut Dynamic]| {
                call(&name, || func(context, arguments))
            });
            RhaiFunc::Pure { func, has_context, is_pure, is_volatile }
        }
        RhaiFunc::Method { func, has_context, is_pure, is_volatile } => {
            let name: Identifier = name.into();
            let func = Shared::new(move |context: Option<NativeCallContext<'_>>, arguments: &mut [&mut Dynamic]| {
                call(&name, || func(context, arguments))
            });
            RhaiFunc::Method { func, has_context, is_pure, is_volatile }
        }
        other => other,
    }
}

fn call(name: &str, f: impl FnOnce() -> RhaiResult) -> RhaiResult {
    caught(|| {
        fault::come(name);
        f()
    })?
}

struct Guarded<P: ?Sized> {
    name: Identifier,
    func: Shared<P>,
}

impl<P: PluginFunc + ?Sized> PluginFunc for Guarded<P> {
    fn call(&self, context: Option<NativeCallContext>, arguments: &mut [&mut Dynamic]) -> RhaiResult {
        call(&self.name, || self.func.call(context, arguments))
    }

    fn is_method_call(&self) -> bool {
        self.func.is_method_call()
    }

    fn has_context(&self) -> bool {
        self.func.has_context()
    }

    fn is_pure(&self) -> bool {
        self.func.is_pure()
    }

    fn is_volatile(&self) -> bool {
        self.func.is_volatile()
    }
}

/// What a `for` goes through: a panic ends it with an error.
pub fn steps<T>(of: impl Iterator<Item = ScriptResult<T>>) -> impl Iterator<Item = ScriptResult<T>> {
    let mut of = Some(of);
    std::iter::from_fn(move || {
        let next = caught(|| {
            fault::come("iterator");
            of.as_mut()?.next()
        });
        next.unwrap_or_else(|error| {
            of = None;
            Some(Err(error.into()))
        })
    })
}

/// Faults for tests.
#[cfg(test)]
pub mod fault {
    use std::cell::Cell;

    thread_local! {
        static BROKEN: Cell<bool> = const { Cell::new(false) };
    }

    /// Runs `f` while each function but those of tests panics in its call.
    pub fn in_all<T>(f: impl FnOnce() -> T) -> T {
        BROKEN.set(true);
        let value = f();
        BROKEN.set(false);
        value
    }

    pub fn come(name: &str) {
        assert!(!BROKEN.get(), "a fault in {name}");
    }
}

#[cfg(not(test))]
mod fault {
    #[inline(always)]
    pub fn come(_: &str) {}
}
