//! What a sweep came to: a table, the best setting first, a file of all trials, and a picture.

use super::folder::{Outcome, Sweep};
use super::score::Measure;
use super::trials::SEED;
use crate::error::{Error, Result};
use crate::ml::files::write_atomically;
use crate::ml::plot::{self, Figure, Panel, Series, Style};
use crate::ml::run::Record;
use crate::ml::statistics::{mean_and_deviation, t_interval};
use crate::output::in_a_line;
use std::path::PathBuf;

/// So many settings are shown as curves: more cannot be told apart.
const CURVES: usize = 6;
/// How sure the interval of a difference is.
const LEVEL: f64 = 0.95;

/// One setting, with its trials of several seeds.
#[derive(Debug)]
struct Setting {
    /// Its values of the options that are not the same in all trials.
    values: Vec<String>,
    /// What each trial's best epoch came to, and which it was.
    best: Vec<(f64, usize)>,
    failed: usize,
    trials: Vec<usize>,
    /// The fewest epochs that one of its trials has.
    epochs: usize,
}

#[derive(Debug)]
pub struct Results<'s> {
    sweep: &'s Sweep,
    measure: Option<Measure>,
    rows: Vec<Vec<Record>>,
    outcomes: Vec<Option<Outcome>>,
    /// The best first.
    settings: Vec<Setting>,
}

impl<'s> Results<'s> {
    pub fn of(sweep: &'s Sweep) -> Results<'s> {
        let plan = &sweep.plan;
        let rows: Vec<Vec<Record>> = (0..plan.trials.len()).map(|trial| sweep.rows(trial)).collect();
        let outcomes: Vec<_> = (0..plan.trials.len()).map(|trial| sweep.outcome(trial)).collect();
        let measure = sweep.measure();
        let changed = plan.changed();
        let setting = |trials: Vec<usize>| {
            let value = |key: &&str| {
                let found = plan.trials[trials[0]].options().find(|(k, _)| k == key);
                found.map_or_else(String::new, |(_, value)| value.to_string())
            };
            let failed = |trial: &&usize| matches!(outcomes[**trial], Some(Outcome::Failed { .. }));
            let best = |trial: &usize| measure.as_ref()?.best(&rows[*trial]);
            Setting {
                values: changed.iter().map(value).collect(),
                best: trials.iter().filter(|trial| !failed(trial)).filter_map(best).collect(),
                failed: trials.iter().filter(failed).count(),
                epochs: trials.iter().map(|trial| rows[*trial].len()).min().unwrap_or(0),
                trials,
            }
        };
        let mut settings: Vec<Setting> = plan.settings().into_iter().map(setting).collect();
        // With halving, what came further stands before what was left; then the better mean.
        let rank = |setting: &Setting| {
            let mean = mean_and_deviation(&setting.values_of_best()).map(|(mean, _)| mean);
            mean.zip(measure.as_ref()).map_or(f64::NEG_INFINITY, |(mean, measure)| measure.rank(mean))
        };
        let reached = |setting: &Setting| {
            if plan.rungs.is_empty() {
                0
            } else {
                plan.rungs.iter().filter(|rung| setting.epochs as u64 >= **rung).count()
            }
        };
        settings.sort_by(|a, b| reached(b).cmp(&reached(a)).then(rank(b).total_cmp(&rank(a))));
        Results { sweep, measure, rows, outcomes, settings }
    }

    /// The table, a line for each setting.
    pub fn table(&self) -> String {
        let plan = &self.sweep.plan;
        let mut head: Vec<String> = plan.changed().into_iter().map(String::from).collect();
        let name = self.measure.as_ref().map_or("result", Measure::name);
        let tested = (0..plan.trials.len()).any(|trial| self.sweep.tested(trial).is_some());
        head.extend([name.to_string()].into_iter().chain(tested.then(|| "test_acc".to_string())));
        head.extend(["trials".into(), "best epoch".into(), "epochs".into()]);
        let line = |setting: &Setting| {
            let best = setting.values_of_best();
            let of_tests = || setting.trials.iter().filter_map(|trial| self.sweep.tested(*trial)).collect::<Vec<_>>();
            let failed = if setting.failed > 0 { format!(" ({} failed)", setting.failed) } else { String::new() };
            let epochs: Vec<String> = setting.best.iter().map(|(_, epoch)| epoch.to_string()).collect();
            let mut cells = setting.values.clone();
            cells.push(figure(&best));
            cells.extend(tested.then(|| figure(&of_tests())));
            cells.extend([format!("{}{failed}", best.len()), epochs.join(", "), setting.epochs.to_string()]);
            cells
        };
        let lines: Vec<Vec<String>> = std::iter::once(head).chain(self.settings.iter().map(line)).collect();
        aligned(&lines)
    }

    /// How far the best setting is before the second, over the seeds that both have; none where there are fewer than two of these, or where
    /// one had more epochs to be good in.
    pub fn lead(&self) -> Option<String> {
        let ([best, second, ..], Some(measure)) = (&self.settings[..], &self.measure) else { return None };
        if best.epochs != second.epochs {
            return None;
        }
        let trials = &self.sweep.plan.trials;
        let seed = |trial: usize| trials[trial].options().find(|(key, _)| *key == SEED).map(|(_, value)| value);
        let value = |trial: usize| match self.outcomes[trial] {
            Some(Outcome::Failed { .. }) => None,
            _ => measure.best(&self.rows[trial]).map(|(value, _)| value),
        };
        let difference = |trial: &usize| {
            let other = second.trials.iter().find(|other| seed(**other) == seed(*trial))?;
            Some(value(*trial)? - value(*other)?)
        };
        let differences: Vec<f64> = best.trials.iter().filter_map(difference).collect();
        let (low, high) = t_interval(&differences, LEVEL)?;
        let (mean, _) = mean_and_deviation(&differences)?;
        Some(format!(
            "the best less the second, {}, over {} seeds: {mean:.4} (95 %: {low:.4} to {high:.4}, paired t)",
            measure.name(),
            differences.len()
        ))
    }

    /// Writes `results.csv`, a line for each trial, and, where there are curves, `sweep.png`. Gives their paths.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn save(&self) -> Result<Vec<PathBuf>> {
        let csv = self.sweep.path.join("results.csv");
        write_atomically(&csv, |file| self.write_csv(file))?;
        let curves = self.curves();
        if curves.is_empty() {
            return Ok(vec![csv]);
        }
        let png = self.sweep.path.join("sweep.png");
        let name = self.measure.as_ref().map_or("", Measure::name);
        let script = self.sweep.plan.script.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let shown = match self.settings.len() > curves.len() {
            true => format!("{script}: the best {} of {} settings", curves.len(), self.settings.len()),
            false => script,
        };
        plot::save(&Figure::new(shown, vec![Panel::new("", "epoch", name, curves)]), &png)?;
        Ok(vec![csv, png])
    }

    fn write_csv(&self, file: &mut dyn std::io::Write) -> Result<()> {
        let plan = &self.sweep.plan;
        let name = self.measure.as_ref().map_or("result", Measure::name);
        let mut keys: Vec<&str> = Vec::new();
        for (key, _) in plan.trials.iter().flat_map(|trial| trial.options()) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let failed = |e: csv::Error| Error::data(e.to_string());
        let mut table = csv::Writer::from_writer(file);
        let head = ["run", "status"].into_iter().chain(keys.iter().copied()).chain([
            name,
            "best_epoch",
            "test_at_end",
            "epochs_done",
            "seconds",
        ]);
        table.write_record(head).map_err(failed)?;
        for (number, trial) in plan.trials.iter().enumerate() {
            let best = self.measure.as_ref().and_then(|measure| measure.best(&self.rows[number]));
            let (status, seconds) = match &self.outcomes[number] {
                Some(Outcome::Finished { seconds }) => ("finished", format!("{seconds:.3}")),
                Some(Outcome::Failed { .. }) => ("failed", String::new()),
                None => ("open", String::new()),
            };
            let value = |key: &&str| trial.options().find(|(k, _)| k == key).map_or("", |(_, value)| value).to_string();
            let mut cells = vec![trial.name.clone(), status.into()];
            cells.extend(keys.iter().map(value));
            cells.extend([
                best.map_or_else(String::new, |(value, _)| value.to_string()),
                best.map_or_else(String::new, |(_, epoch)| epoch.to_string()),
                self.sweep.tested(number).map_or_else(String::new, |accuracy| accuracy.to_string()),
                self.rows[number].len().to_string(),
                seconds,
            ]);
            table.write_record(cells).map_err(failed)?;
        }
        table.flush().map_err(|e| Error::data(e.to_string()))
    }

    /// The best settings' means over the epochs, with a band of one deviation to both sides.
    fn curves(&self) -> Vec<Series> {
        let Some(measure) = &self.measure else { return Vec::new() };
        let changed = self.sweep.plan.changed();
        let curve = |setting: &Setting| {
            let longest = setting.trials.iter().map(|trial| self.rows[*trial].len()).max().unwrap_or(0);
            let at = |epoch: usize| {
                let values = setting.trials.iter().filter_map(|trial| self.rows[*trial].get(epoch));
                mean_and_deviation(&values.filter_map(|row| measure.in_row(row)).collect::<Vec<_>>())
            };
            let points: Vec<_> = (0..longest).map(at).collect();
            let mean = points.iter().map(|point| point.map_or(f64::NAN, |(mean, _)| mean)).collect();
            let around = |point: &Option<(f64, Option<f64>)>| match point {
                Some((mean, Some(deviation))) => (mean - deviation, mean + deviation),
                _ => (f64::NAN, f64::NAN),
            };
            let band = match setting.trials.len() {
                1 => Vec::new(),
                _ => points.iter().map(around).collect(),
            };
            let name = changed.iter().zip(&setting.values).map(|(key, value)| format!("{key}={value}"));
            let x = (1..=longest).map(|epoch| epoch as f64).collect();
            let series = Series::new(name.collect::<Vec<_>>().join(" "), x, mean).with_style(Style::Both);
            (longest > 0).then_some(Series { band, ..series })
        };
        self.settings.iter().filter_map(curve).take(CURVES).collect()
    }
}

impl Setting {
    fn values_of_best(&self) -> Vec<f64> {
        self.best.iter().map(|(value, _)| *value).collect()
    }
}

/// `0.8431 ± 0.0020`.
fn figure(values: &[f64]) -> String {
    match mean_and_deviation(values) {
        Some((mean, Some(deviation))) => format!("{mean:.4} ± {deviation:.4}"),
        Some((mean, None)) => format!("{mean:.4}"),
        None => "–".into(),
    }
}

/// Columns side by side, each as wide as its widest cell.
fn aligned(lines: &[Vec<String>]) -> String {
    let shown: Vec<Vec<String>> =
        lines.iter().map(|line| line.iter().map(|cell| in_a_line(cell).into_owned()).collect()).collect();
    let columns = shown.first().map_or(0, Vec::len);
    let width = |column: usize| shown.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |line: &Vec<String>| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    shown.iter().map(line).collect::<Vec<_>>().join("\n")
}
