//! Where the loop of a training stands, and what of the training is shown there.

use crate::error::Result;
use crate::script::api::handles::TrainingHandle;
use rhai::{Map, Scope};

/// Parts of a training that a pause shows where the loop itself has no variable of that name.
const PARTS: [&str; 4] = ["net", "optimizer", "o", "s"];

/// Epoch and step of the loop: those of its `s`, else of its training.
pub fn place(scope: &Scope) -> Option<(i64, i64)> {
    let s = scope.get("s").and_then(|s| s.clone().try_cast::<Map>());
    let s = s.or_else(|| first::<TrainingHandle>(scope)?.get("s")?.try_cast::<Map>())?;
    let count = |name: &str| s.get(name).and_then(|n| n.as_int().ok());
    Some((count("epoch")?, count("step")?))
}

pub fn first<T: Clone + 'static>(scope: &Scope) -> Option<T> {
    scope.iter_raw().find_map(|(_, _, value)| value.clone().try_cast::<T>())
}

/// Adds the parts of the training that the loop has no variables for.
pub fn show_parts(scope: &mut Scope, training: &TrainingHandle) {
    for name in PARTS.into_iter().filter(|name| !scope.contains(name)).collect::<Vec<_>>() {
        if let Some(value) = training.get(name) {
            scope.push_dynamic(name, value);
        }
    }
}

/// What stands in `o` after a pause are the training's options.
///
/// # Errors
/// Never, where the training has options.
pub fn keep_options(scope: &Scope, training: &TrainingHandle) -> Result<()> {
    match scope.get("o") {
        Some(o) if o.is_map() && training.get("o").is_some() => training.set("o", o.flatten_clone()),
        _ => Ok(()),
    }
}
