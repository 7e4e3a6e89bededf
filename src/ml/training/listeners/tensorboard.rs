//! What TensorBoard shows of a training while it goes on: a file in the run folder, to which each epoch is appended. Option `tensorboard`.
//!
//! It is made of the history and of `steps.jsonl`, and has no state in checkpoints: a training that is put back, or goes on in another process, begins a new file with all that holds by then.

use super::super::{Listener, View};
use super::options;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::models::named_parameters;
use crate::ml::run::{How, Record, Run, Summary, TENSORBOARD, settings};
use crate::ml::tensorboard::{
    EventFile, Events, Steps, Times, histogram, hparams, now, picture, picture_files, scalars, step_events,
};
use crate::output::complain;
use std::cell::RefCell;
use std::path::Path;

/// The one whose files they are: the folder is the run's.
const OWNER: &str = "run";

#[derive(Default)]
pub struct TensorBoard {
    written: RefCell<Option<Written>>,
}

struct Written {
    file: EventFile,
    /// How many rows are in it.
    rows: usize,
    steps: Steps,
    /// When the run began.
    began: f64,
}

/// The run whose folder is written, where that is asked for.
fn asked(at: &dyn View) -> Result<Option<&Run>> {
    if !options::truth(at, "tensorboard")? {
        return Ok(None);
    }
    // A fork of a training has the options of one that has a folder, and none itself.
    if at.run().is_none() && at.option("run") == false {
        let message = "train::fit: `tensorboard: true` writes into the run folder, which this training does not have";
        return Err(Error::new(ErrorKind::Option, message));
    }
    Ok(at.run())
}

impl TensorBoard {
    /// Writes what is not written yet.
    fn write(&self, run: &Path, history: &[Record]) -> Result<()> {
        let folder = run.join(TENSORBOARD);
        // Where it fails, the next one begins anew.
        let written = self.written.take();
        let kept = written.filter(|w| w.rows <= history.len() && w.file.is_whole_in(&folder));
        let going_on = match kept {
            Some(mut written) => written.steps.read_on(run)?.map(|lines| (written, lines)),
            None => None,
        };
        let put = |events: &mut Events, from: usize, lines: &[Record], began: f64| {
            let times = Times::new(began, history).until(now());
            for (index, row) in history.iter().enumerate().skip(from) {
                events.put(&scalars::of_epoch(times.epoch(index), row, index))?;
            }
            step_events(lines, history, &times).try_for_each(|event| events.put(&event))
        };
        let written = match going_on {
            Some((mut written, lines)) => {
                written.file.append(|events| put(events, written.rows, &lines, written.began))?;
                Written { rows: history.len(), ..written }
            }
            None => {
                let found = Summary::read(run);
                let began = Times::of(&found).began();
                let mut steps = Steps::default();
                let lines = steps.read_on(run)?.unwrap_or_default();
                let file = EventFile::begin(&folder, OWNER, |events| {
                    events.put(&hparams::start(&settings(&found.config), began))?;
                    put(events, 0, &lines, began)
                })?;
                Written { file, rows: history.len(), steps, began }
            }
        };
        self.written.replace(Some(written));
        Ok(())
    }

    /// Writes what the end of a training has besides: weights, pictures, and that it came to its end.
    fn write_end(&self, at: &dyn View, run: &Path) -> Result<()> {
        let history = at.history();
        self.write(run, &history)?;
        let Some(mut written) = self.written.take() else { return Ok(()) };
        let (now, step) = (now(), history.last().map_or(0, |row| scalars::epoch_of(row, history.len() - 1)));
        for (name, tensor) in at.network().iter().flat_map(|network| named_parameters(network.as_ref())) {
            if let (Some(event), _) = histogram(now, step, &name, &tensor)? {
                written.file.append(|events| events.put(&event))?;
            }
        }
        for file in picture_files(run) {
            match picture(now, step, &file) {
                Ok(event) => written.file.append(|events| events.put(&event))?,
                Err(error) => complain(&error.message),
            }
        }
        if let Some(event) = hparams::end(How::Finished, now) {
            written.file.append(|events| events.put(&event))?;
        }
        self.written.replace(Some(written));
        Ok(())
    }
}

impl Listener for TensorBoard {
    fn name(&self) -> &str {
        "train::tensorboard"
    }

    fn on_log(&self, at: &dyn View, _row: &Record) -> Result<()> {
        asked(at)?.map_or(Ok(()), |run| run.write_tensorboard(|folder| self.write(folder, &at.history())))
    }

    fn on_end(&self, at: &dyn View) -> Result<Record> {
        if let Some(run) = asked(at)? {
            // Among the pictures are the curves, which are drawn now and then only.
            run.draw(&at.history())?;
            run.write_tensorboard(|folder| self.write_end(at, folder))?;
        }
        Ok(Record::new())
    }

    fn on_restore(&self, _at: &dyn View) -> Result<()> {
        self.written.take();
        Ok(())
    }
}
