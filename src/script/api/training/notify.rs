//! Tells those who are told of a training.

use super::checkpoints::keep_checkpoint;
use super::listeners::{Host, Told, check, each};
use crate::error::{Error, ErrorKind};
use crate::script::api::{
    handles::{MeterHandle, TrainingHandle},
    meter::as_map,
    run::record,
};
use crate::script::base::{ScriptResult, saving::restored};
use rhai::{Array, Dynamic, Map, plugin::*};

/// What [`api::notify`] can be asked to tell.
const HOOKS: [&str; 6] = ["on_epoch_begin", "on_step", "on_epoch", "on_log", "on_restore", "on_end"];

fn tell(
    context: &NativeCallContext,
    training: &TrainingHandle,
    hook: &str,
    what: Dynamic,
    text: &str,
) -> ScriptResult<Map> {
    let reading = match what.clone().try_cast::<MeterHandle>() {
        Some(meter) => Some(meter.0.borrow_mut().read()?),
        None => None,
    };
    let what = reading.as_ref().map_or(what, |reading| as_map(reading).into());
    let mut row = what.read_lock::<Map>().map(|row| record(&row)).unwrap_or_default();
    let mut told = Told::new(training, Host::Call(context), what, text, keep_checkpoint);
    told.begins = hook == "on_epoch_begin";
    let mut columns = Map::new();
    match hook {
        "on_epoch_begin" => each(&told, |_, listener| listener.on_epoch_begin(&told))?,
        "on_step" => {
            let asked = training.0.asked.take();
            let seen = reading.unwrap_or_default();
            each(
                &told,
                |i, listener| {
                    if asked.get(i) == Some(&true) { listener.on_step(&told, &seen) } else { Ok(()) }
                },
            )?;
        }
        "on_epoch" => each(&told, |_, listener| {
            let more = listener.on_epoch(&told, &row)?;
            columns.extend(more.iter().map(|(name, value)| (name.as_str().into(), restored(value))));
            // The next ones see them, and can give none of the same name.
            row.extend(more);
            Ok(())
        })?,
        "on_log" => each(&told, |_, listener| listener.on_log(&told, &row))?,
        "on_restore" => each(&told, |_, listener| listener.on_restore(&told))?,
        "on_end" => each(&told, |_, listener| {
            let more = listener.on_end(&told)?;
            columns.extend(more.iter().map(|(name, value)| (name.as_str().into(), restored(value))));
            Ok(())
        })?,
        other => return Err(Error::unknown(ErrorKind::Value, "hook", other, &HOOKS).into()),
    }
    Ok(columns)
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Tells those who are told of a training: first its `o.callbacks`, in their order (see `train::fit`), then the progress bar, the
    /// run folder and the checkpoints. `what` stands for the second argument of the callbacks' hook: `s` at `"on_epoch_begin"`, the
    /// meter at `"on_step"`, the row at `"on_epoch"` and `"on_log"`, `()` at `"on_restore"` and `"on_end"`; `text` is the same in words, for the
    /// progress bar. Gives the columns that `"on_epoch"` adds to the row, and those that `"on_end"` adds to the result.
    ///
    /// Random numbers and the networks' modes are then as they were.
    ///
    /// Errors: another hook; what a callback raises, with its name.
    ///
    /// ```rhai
    /// let gap = #{ on_epoch: |t, row| #{ gap: row.train_acc - row.test_acc } };
    /// let t = training(#{ s: #{ epoch: 1, step: 8, history: history() } }, #{ o: #{ callbacks: [gap] } });
    /// assert_eq(t.notify("on_epoch", #{ train_acc: 0.75, test_acc: 0.5 }), #{ gap: 0.25 });
    /// ```
    #[rhai_fn(name = "notify", return_raw, pure)]
    pub fn notify_with_text(
        context: NativeCallContext,
        training: &mut TrainingHandle,
        hook: &str,
        what: Dynamic,
        text: &str,
    ) -> ScriptResult<Map> {
        tell(&context, training, hook, what, text)
    }

    #[rhai_fn(return_raw, pure)]
    pub fn notify(
        context: NativeCallContext,
        training: &mut TrainingHandle,
        hook: &str,
        what: Dynamic,
    ) -> ScriptResult<Map> {
        tell(&context, training, hook, what, "")
    }

    /// Whether any of those who are told of a training asks for the figures of this step; `notify("on_step", …)` then tells them. A
    /// meter is read only where somebody does, for the program waits for the device.
    ///
    /// ```rhai
    /// assert(!training(#{}, #{}).any_due());
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn any_due(context: NativeCallContext, training: &mut TrainingHandle) -> ScriptResult<bool> {
        let told = Told::new(training, Host::Call(&context), Dynamic::UNIT, "", keep_checkpoint);
        let mut asked = Vec::new();
        each(&told, |_, listener| {
            asked.push(listener.due(&told)?);
            Ok(())
        })?;
        let any = asked.contains(&true);
        training.0.asked.replace(asked);
        Ok(any)
    }

    /// Throws where `callbacks` is not what `train::fit` takes under this name, with the callback's name or its number.
    ///
    /// ```rhai
    /// check_callbacks([#{ on_log: |t, row| print(row.epoch) }]);
    /// assert_throws(|| check_callbacks([#{ on_epok: |t, row| row }]), "did you mean `on_epoch`");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn check_callbacks(callbacks: Array) -> ScriptResult<()> {
        Ok(check(&callbacks)?)
    }
}
