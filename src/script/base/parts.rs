//! What a session lends to the functions that scripts call. Each function asks by type for its own part, and knows no other.
//!
//! The parts travel in the engine's tag, which the interpreter hands to every call.

use super::error::ScriptResult;
use crate::error::Error;
use rhai::{Dynamic, NativeCallContext};
use std::{
    any::{Any, TypeId, type_name},
    collections::HashMap,
    rc::Rc,
};

/// One part, under its type.
pub type Entry = (TypeId, Rc<dyn Any>);

/// `part` as [`Parts::of`] takes it.
pub fn entry<T: 'static>(part: &Rc<T>) -> Entry {
    (TypeId::of::<T>(), part.clone())
}

/// All that a session lends; copies are the same parts.
#[derive(Clone, Default)]
pub struct Parts(Rc<HashMap<TypeId, Rc<dyn Any>>>);

impl Parts {
    pub fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        Parts(Rc::new(entries.into_iter().collect()))
    }

    /// These with others in the place of those of the same types.
    #[must_use]
    pub fn with(&self, entries: impl IntoIterator<Item = Entry>) -> Self {
        Parts(Rc::new(self.0.iter().map(|(id, part)| (*id, part.clone())).chain(entries).collect()))
    }

    pub fn get<T: 'static>(&self) -> Option<Rc<T>> {
        self.0.get(&TypeId::of::<T>())?.clone().downcast().ok()
    }
}

/// The part of type `T` of the session that made the call.
///
/// # Errors
/// An engine that no session made, or whose session lends no such part.
pub fn part<T: 'static>(context: &NativeCallContext) -> ScriptResult<Rc<T>> {
    lent(context.tag()).ok_or_else(|| {
        let needed = type_name::<T>().rsplit("::").next().unwrap_or_default();
        Error::value(format!("this function needs a session that lends {needed}")).into()
    })
}

/// The part of type `T` in an engine's tag, where there is one.
pub fn lent<T: 'static>(tag: Option<&Dynamic>) -> Option<Rc<T>> {
    tag?.read_lock::<Parts>()?.get()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::{Engine, EvalAltResult, FuncRegistration, Module};

    struct Name(&'static str);
    struct Size(i64);

    fn engine() -> Engine {
        let mut module = Module::new();
        FuncRegistration::new("name")
            .set_into_module(&mut module, |context: NativeCallContext| -> Result<String, Box<EvalAltResult>> {
                Ok(part::<Name>(&context)?.0.into())
            });
        FuncRegistration::new("size")
            .set_into_module(&mut module, |context: NativeCallContext| -> Result<i64, Box<EvalAltResult>> {
                Ok(part::<Size>(&context)?.0)
            });
        let mut engine = Engine::new();
        engine.register_global_module(module.into());
        engine
    }

    #[test]
    fn a_function_finds_its_part_by_type_also_inside_a_closure() {
        let mut engine = engine();
        let parts = Parts::of([entry(&Rc::new(Name("a"))), entry(&Rc::new(Size(3)))]);
        engine.set_default_tag(Dynamic::from(parts));
        assert_eq!(engine.eval::<String>("name()").unwrap(), "a");
        assert_eq!(engine.eval::<i64>("[1].map(|x| size())[0]").unwrap(), 3);
    }

    #[test]
    fn a_part_that_nobody_lends_is_an_error_that_names_it() {
        let mut engine = engine();
        let message = |engine: &Engine| engine.eval::<i64>("try { size() } catch (e) { throw e.message }").unwrap_err();
        assert!(message(&engine).to_string().contains("lends Size"));
        engine.set_default_tag(Dynamic::from(Parts::of([entry(&Rc::new(Name("a")))])));
        assert!(message(&engine).to_string().contains("lends Size"));
    }
}
