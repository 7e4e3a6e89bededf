//! A line each `log_every` steps in `steps.jsonl`. What a step came to stays on the device until somebody waits for that anyway (the progress bar, a checkpoint, the
//! end of an epoch), and is fetched after a second at the latest, all lines at once.

use super::super::{Column, Listener, State, Step, View};
use super::options;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::{
    meter::{Reading, numbers},
    run::{Record, Steps, line},
    tensor::During,
};
use serde_json::{Value, json};
use std::{
    cell::{Cell, RefCell},
    time::{Duration, Instant},
};
use tch::{Kind, Tensor};

const INTERVAL: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct StepLog {
    steps: RefCell<Steps>,
    waiting: RefCell<Vec<Line>>,
    /// When the first of those that wait was put there.
    since: Cell<Option<Instant>>,
    /// What came since the last line, and what the epoch's stopwatch showed there.
    words: Cell<i64>,
    seconds: Cell<f64>,
    columns: RefCell<Record>,
    tensors: RefCell<Vec<(String, Tensor)>>,
    loaded: Cell<bool>,
}

/// A line, part of which is still on the device.
struct Line {
    record: Record,
    tensors: Vec<(String, Tensor)>,
}

/// The columns that each line has.
const OWN: [&str; 6] = ["epoch", "step", "lr", "loss", "grad_norm", "tokens_per_second"];

impl StepLog {
    /// Keeps what a script adds for the next line.
    fn add_columns(&self, step: &Step) -> Result<()> {
        for (name, column) in &step.columns {
            if OWN.contains(&name.as_str()) {
                return Err(Error::new(ErrorKind::Option, format!("log: a step has the column `{name}` already")));
            }
            self.tensors.borrow_mut().retain(|(other, _)| other != name);
            match column {
                Column::Plain(value) => drop(self.columns.borrow_mut().insert(name.clone(), value.clone())),
                Column::Tensor(tensor) => {
                    self.columns.borrow_mut().remove(name);
                    self.tensors.borrow_mut().push((name.clone(), tensor.shallow_clone()));
                }
            }
        }
        Ok(())
    }

    /// Fetches all that waits, and writes it.
    fn flush(&self, at: &dyn View) -> Result<()> {
        let Some(run) = at.run() else { return Ok(()) };
        let lines = self.waiting.take();
        self.since.set(None);
        let tensors: Vec<&Tensor> = lines.iter().flat_map(|line| &line.tensors).map(|(_, tensor)| tensor).collect();
        let mut values = fetched(&tensors)?.into_iter();
        let mut steps = self.steps.borrow_mut();
        for Line { mut record, tensors } in lines {
            record.extend(tensors.into_iter().zip(values.by_ref()).map(|((name, _), value)| (name, json!(value))));
            let own = OWN.iter().filter_map(|name| record.get(*name).map(|value| (name.to_string(), value.clone())));
            let more = record.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
            steps.add(line(&own.chain(more.map(|(name, value)| (name.clone(), value.clone()))).collect())?);
        }
        run.write_steps(&mut steps)
    }
}

/// The numbers of tensors of one element, from wherever they are.
fn fetched(tensors: &[&Tensor]) -> Result<Vec<f64>> {
    let Some(first) = tensors.first() else { return Ok(Vec::new()) };
    let there = |t: &&Tensor| t.f_to_kind(Kind::Double).and_then(|t| t.f_to_device(first.device()));
    numbers(&tensors.iter().map(there).collect::<std::result::Result<Vec<_>, _>>().during("steps", &[])?)
}

impl Listener for StepLog {
    fn name(&self) -> &str {
        "train::steps"
    }

    fn on_epoch_begin(&self, at: &dyn View) -> Result<()> {
        self.words.set(0);
        self.seconds.set(at.seconds());
        Ok(())
    }

    fn on_step_done(&self, at: &dyn View, step: &Step) -> Result<()> {
        let every = options::integer(at, "log_every")?;
        if every < 1 || at.run().is_none() {
            return Ok(());
        }
        self.add_columns(step)?;
        self.words.set(self.words.get() + step.words.unwrap_or(0));
        if at.step() % every != 0 {
            return Ok(());
        }
        let mut record = self.columns.take();
        record.extend([("epoch", json!(at.epoch())), ("step", json!(at.step())), ("lr", json!(at.lr()))].map(named));
        let seconds = at.seconds() - self.seconds.replace(at.seconds());
        if step.words.is_some() && seconds > 0.0 {
            record.extend([("tokens_per_second", json!(self.words.get() as f64 / seconds))].map(named));
        }
        self.words.set(0);
        let mut tensors = self.tensors.take();
        let figures = [("loss", step.loss.as_ref().map(Tensor::shallow_clone)), ("grad_norm", (step.grad_norm)()?)];
        tensors.extend(figures.into_iter().filter_map(|(name, tensor)| Some((name.to_string(), tensor?))));
        self.waiting.borrow_mut().push(Line { record, tensors });
        self.since.set(self.since.get().or_else(|| Some(Instant::now())));
        Ok(())
    }

    fn due(&self, _at: &dyn View) -> Result<bool> {
        Ok(self.since.get().is_some_and(|since| since.elapsed() >= INTERVAL))
    }

    fn on_step(&self, at: &dyn View, _seen: &Reading) -> Result<()> {
        self.flush(at)
    }

    fn on_log(&self, at: &dyn View, _row: &Record) -> Result<()> {
        self.flush(at)
    }

    fn on_end(&self, at: &dyn View) -> Result<Record> {
        self.flush(at).map(|()| Record::new())
    }

    fn on_restore(&self, _at: &dyn View) -> Result<()> {
        if !self.loaded.replace(false) {
            self.steps.borrow_mut().put_back(0, Vec::new());
            self.columns.take();
        }
        self.waiting.take();
        self.since.set(None);
        self.tensors.take();
        Ok(())
    }

    fn before_state(&self, at: &dyn View) -> Result<()> {
        let (names, tensors): (Vec<String>, Vec<Tensor>) = self.tensors.take().into_iter().unzip();
        let values = fetched(&tensors.iter().collect::<Vec<_>>())?;
        self.columns.borrow_mut().extend(names.into_iter().zip(values).map(|(name, value)| (name, json!(value))));
        self.flush(at)
    }

    fn state(&self) -> Result<Option<State>> {
        let steps = self.steps.borrow();
        let columns = self.columns.borrow();
        let is_any = steps.lines() > 0 || !steps.waiting().is_empty() || !columns.is_empty();
        let plain = json!({ "lines": steps.lines(), "waiting": steps.waiting(), "columns": *columns });
        Ok(is_any.then_some(State { tensors: Vec::new(), plain }))
    }

    fn load(&self, state: &State) -> Result<()> {
        let lines = state.plain["lines"].as_u64().and_then(|lines| usize::try_from(lines).ok()).unwrap_or(0);
        let text = |line: &Value| line.as_str().map(str::to_string);
        let waiting = state.plain["waiting"].as_array().map(|all| all.iter().filter_map(text).collect());
        self.steps.borrow_mut().put_back(lines, waiting.unwrap_or_default());
        self.columns.replace(state.plain["columns"].as_object().cloned().unwrap_or_default());
        self.loaded.set(true);
        Ok(())
    }
}

fn named((name, value): (&str, Value)) -> (String, Value) {
    (name.to_string(), value)
}
