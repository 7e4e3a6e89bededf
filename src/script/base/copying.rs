//! Deep copies of what a script holds.

use super::kinds::Kinds;
use super::nesting::{DEEPEST, deeper};
use crate::error::{Error, Result};
use crate::ml::models::{CopyHost, Replica};
use rhai::{Array, Dynamic, FnPtr, Map};
use std::{any::Any, rc::Rc};

/// Where the copies of a fork are kept, so that each object is copied once; it copies what networks hold of a script, too.
pub fn replica(kinds: Kinds) -> Replica {
    Replica::with_host(Rc::new(ScriptValues(kinds)))
}

struct ScriptValues(Kinds);

impl CopyHost for ScriptValues {
    fn copy(&self, value: &dyn Any, replica: &mut Replica) -> Result<Box<dyn Any>> {
        match value.downcast_ref::<Dynamic>() {
            Some(value) => Ok(Box::new(copy(self.0, value, replica)?)),
            None => Err(Error::value("this network holds what is not a script's")),
        }
    }
}

/// A copy of a map and all that can change in it. Data sets are shared, for nothing changes them; a run folder has one
/// owner, and the copy none.
///
/// # Errors
/// Memory that cannot be had; a network that cannot be copied, as one that holds itself; values that are nested too deep.
pub fn copy_map(kinds: Kinds, original: &Map, replica: &mut Replica) -> Result<Map> {
    original.iter().map(|(name, value)| Ok((name.clone(), copy(kinds, value, replica)?))).collect()
}

/// A copy of one value, see [`copy_map`]. What its closures captured is copied with them; a variable that several have captured is
/// one in the copies, too.
///
/// # Errors
/// As [`copy_map`].
pub fn copy(kinds: Kinds, original: &Dynamic, replica: &mut Replica) -> Result<Dynamic> {
    match cell(original) {
        Some(cell) => {
            let empty = || Dynamic::UNIT.into_shared();
            replica.once_filled(cell, empty, |mut place: Dynamic, replica| {
                // It can hold itself: whoever comes here again is given the place.
                let content = copy_content(kinds, original, replica)?;
                if let Some(mut place) = place.write_lock::<Dynamic>() {
                    *place = content;
                }
                Ok(())
            })
        }
        None => copy_content(kinds, original, replica),
    }
}

/// Where the variable stands that closures have captured.
fn cell(value: &Dynamic) -> Option<*const ()> {
    let inside = value.read_lock::<Dynamic>().filter(|_| value.is_shared())?;
    Some(std::ptr::from_ref::<Dynamic>(&inside).cast())
}

fn copy_content(kinds: Kinds, original: &Dynamic, replica: &mut Replica) -> Result<Dynamic> {
    let _level = deeper(DEEPEST)?;
    let value = original.flatten_clone();
    Ok(if let Some(copy) = kinds.of(&value).and_then(|kind| kind.copy) {
        copy(&value, replica)?
    } else if let Some(mut function) = value.clone().try_cast::<FnPtr>() {
        for captured in function.iter_curry_mut() {
            *captured = copy(kinds, captured, replica)?;
        }
        Dynamic::from(function)
    } else if let Some(members) = value.read_lock::<Map>() {
        copy_map(kinds, &members, replica)?.into()
    } else if let Some(array) = value.read_lock::<Array>() {
        array.iter().map(|v| copy(kinds, v, replica)).collect::<Result<Array>>()?.into()
    } else {
        value.clone()
    })
}
