//! Edited functions, for `--watch`.

use super::reload::Watch;
use crate::output::{complain, report};
use crate::script::{
    api::{folder, handles::TrainingHandle},
    base::{ScriptResult, part},
};
use rhai::{NativeCallContext, plugin::*};
use serde_json::json;
use std::path::Path;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// With `--watch`: takes up functions of the script and of the standard library that were edited, from the epoch that
    /// begins now. Closures in the training's options are exchanged for those that stand in their place now, with what they
    /// have captured; what stands outside of functions keeps its value. A file that does not parse is said and left alone. The
    /// run folder keeps what changed, and when.
    ///
    /// ```rhai
    /// training(#{}, #{}).refresh();       // without --watch it does nothing
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn refresh(context: NativeCallContext, training: &mut TrainingHandle) -> ScriptResult<()> {
        let watch = part::<Watch>(&context)?;
        let Some(reload) = watch.reload() else { return Ok(()) };
        let mut rest = training.0.rest.borrow().clone();
        let (changes, broken) = reload.borrow_mut().refresh(context.engine(), &mut rest)?;
        broken.iter().for_each(|text| report(&format!("{text}\n= what was there before stays in force")));
        if changes.is_empty() {
            return Ok(());
        }
        training.0.rest.replace(rest);
        let epoch = training.history().map_or(0, |h| h.into_iter().len()) + 1;
        for change in changes {
            complain(&format!("{} has changed: its functions are new from epoch {epoch} on", change.source));
            let name =
                Path::new(&change.source).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let copy = format!("changes/e{epoch:04}-{name}");
            folder::note_change(training, json!({ "epoch": epoch, "file": change.source, "copy": copy }))?;
            folder::keep_text(training, &copy, &change.text)?;
        }
        Ok(())
    }
}
