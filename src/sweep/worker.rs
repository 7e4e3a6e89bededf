//! Does what is left of a sweep: takes trials that nobody is at work on, one after the other, until all are over. What it needs to know stands in the folder, so that any
//! number of workers can share a sweep, and die.

use super::child::{Ended, Starter};
use super::claim::{Claim, Way};
use super::folder::{Outcome, Sweep};
use super::rungs;
use super::score::Measure;
use crate::error::Result;
use crate::interrupt;
use crate::ml::statistics::mean_and_deviation;
use crate::output::{Line, complain, in_a_line};
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often is looked for trials that others have left.
const LOOK: Duration = Duration::from_millis(500);

pub struct Worker<'s> {
    pub sweep: &'s Sweep,
    pub starter: Starter,
    pub way: Way,
    known: Mutex<Known>,
    line: Line,
}

/// What a worker has seen so far. What has ended stays so.
#[derive(Default)]
struct Known {
    outcomes: Vec<Option<Outcome>>,
    /// Trials that this program is at work on.
    ours: HashSet<usize>,
    rung: usize,
    measure: Option<Measure>,
    /// Whether to stop, for something went wrong that is no trial's fault.
    broken: bool,
}

/// What is to be done next.
enum Next {
    Run {
        trial: usize,
        claim: Claim,
        until: Option<u64>,
    },
    /// Others are at work on what is left.
    Wait,
    Over,
}

/// What a worker leaves behind.
#[derive(Debug)]
pub struct Report {
    pub finished: usize,
    /// Names of the trials that failed, and why.
    pub failed: Vec<(String, String)>,
    /// Trials that halving has left where they were.
    pub left: usize,
    /// Trials that are not over, for this worker was interrupted.
    pub open: usize,
}

impl<'s> Worker<'s> {
    pub fn new(sweep: &'s Sweep, starter: Starter, way: Way) -> Worker<'s> {
        let trials = sweep.plan.trials.len();
        let outcomes = (0..trials).map(|trial| sweep.outcome(trial)).collect();
        let line = Line::new("sweep", Some(trials as u64), "{prefix} {wide_bar} {pos} of {len}  {msg}");
        Worker { sweep, starter, way, known: Mutex::new(Known { outcomes, ..Known::default() }), line }
    }

    /// Forgets failures: those trials are run again.
    ///
    /// # Errors
    /// Files that cannot be moved.
    pub fn retry(&self) -> Result<()> {
        let mut known = self.known();
        for trial in 0..self.sweep.plan.trials.len() {
            if !matches!(known.outcomes[trial], Some(Outcome::Failed { .. })) {
                continue;
            }
            let Some(_claim) = self.claim(trial)? else { continue };
            // Another one may have been quicker.
            if let Some(Outcome::Failed { .. }) = self.sweep.outcome(trial) {
                self.sweep.forget(trial)?;
            }
            known.outcomes[trial] = self.sweep.outcome(trial);
        }
        Ok(())
    }

    /// Works until all is over, with `jobs` trials at the same time.
    ///
    /// # Errors
    /// A folder that cannot be read or written any more, a plan that was edited.
    pub fn work(&self, jobs: usize) -> Result<Report> {
        let _hold = interrupt::Hold::new();
        let done = interrupt::polled(|| {
            std::thread::scope(|scope| {
                let hands: Vec<_> = (0..jobs).map(|_| scope.spawn(|| self.hand())).collect();
                hands.into_iter().map(|hand| hand.join().unwrap_or(Ok(()))).collect::<Vec<_>>()
            })
        });
        done.into_iter().collect::<Result<Vec<()>>>()?;
        Ok(self.report())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim(&self, trial: usize) -> Result<Option<Claim>> {
        Claim::take(self.way, &self.sweep.work_file(trial, "claim"))
    }

    /// One of those who work.
    fn hand(&self) -> Result<()> {
        while !interrupt::pending() && !self.known().broken {
            let done = self.next().and_then(|next| match next {
                Next::Over => Ok(false),
                Next::Wait => {
                    std::thread::sleep(LOOK);
                    Ok(true)
                }
                Next::Run { trial, claim, until } => self.run(trial, &claim, until).map(|()| true),
            });
            match done {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.known().broken = true;
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn run(&self, trial: usize, claim: &Claim, until: Option<u64>) -> Result<()> {
        let started = Instant::now();
        let ended = self.starter.run(self.sweep, trial, until, claim);
        let seconds = started.elapsed().as_secs_f64();
        let outcome = match &ended {
            Ok(Ended::Finished) => Some(Outcome::Finished { seconds }),
            Ok(Ended::Failed { why, killed }) => Some(Outcome::Failed { why: why.clone(), killed: *killed }),
            Ok(Ended::Paused) | Err(_) => None,
        };
        if let Some(outcome) = &outcome {
            self.sweep.note(trial, outcome)?;
        }
        let mut known = self.known();
        known.ours.remove(&trial);
        known.outcomes[trial].clone_from(&outcome);
        let measure = self.measure(&mut known);
        let done = known.outcomes.iter().flatten().count();
        drop(known);
        self.line.update(done as u64, "");
        ended?;
        self.tell(trial, outcome.as_ref(), measure.as_ref(), (done, seconds));
        Ok(())
    }

    /// One line for what has ended.
    fn tell(&self, trial: usize, outcome: Option<&Outcome>, measure: Option<&Measure>, (done, seconds): (usize, f64)) {
        let planned = &self.sweep.plan.trials[trial];
        let count = self.sweep.plan.trials.len();
        let rows = self.sweep.rows(trial);
        let best = measure.and_then(|measure| Some((measure, measure.best(&rows)?)));
        let best = best.map_or_else(String::new, |(measure, (value, epoch))| {
            format!(", best {} {value:.4} at epoch {epoch}", measure.name())
        });
        let what = match outcome {
            Some(Outcome::Finished { .. }) => format!("finished in {seconds:.1} s{best}"),
            Some(Outcome::Failed { why, .. }) => format!("failed: {}", why.lines().next().unwrap_or_default()),
            None if interrupt::pending() => format!("paused after {} epochs", rows.len()),
            None => format!("{} epochs{best}", rows.len()),
        };
        complain(&in_a_line(&format!("[{done}/{count}] {}: {what}", planned.name)));
    }

    fn measure(&self, known: &mut Known) -> Option<Measure> {
        if known.measure.is_none() {
            known.measure = self.sweep.measure();
        }
        known.measure.clone()
    }

    /// Whether a trial is over or has come so far. What others have done since is seen.
    fn has_reached(&self, known: &mut Known, trial: usize, epoch: Option<u64>) -> bool {
        if known.outcomes[trial].is_none() {
            known.outcomes[trial] = self.sweep.outcome(trial);
        }
        known.outcomes[trial].is_some() || epoch.is_some_and(|epoch| self.sweep.epochs(trial) >= epoch)
    }

    fn next(&self) -> Result<Next> {
        let plan = &self.sweep.plan;
        let mut known = self.known();
        loop {
            let rung = known.rung;
            let is_last = rung + 1 >= plan.rungs.len();
            let until = if is_last { None } else { Some(plan.rungs[rung]) };
            let candidates = self.candidates(&mut known, rung);
            let mut waits = false;
            for trial in candidates {
                if known.ours.contains(&trial) {
                    waits = true;
                } else if !self.has_reached(&mut known, trial, until) {
                    match self.claim(trial)? {
                        None => waits = true,
                        // It may have come to its end since we looked.
                        Some(_) if self.has_reached(&mut known, trial, until) => {}
                        Some(claim) => {
                            self.sweep.check(trial)?;
                            known.ours.insert(trial);
                            return Ok(Next::Run { trial, claim, until });
                        }
                    }
                }
            }
            match () {
                () if waits => return Ok(Next::Wait),
                () if is_last => return Ok(Next::Over),
                () => known.rung += 1,
            }
        }
    }

    /// The trials that are to be computed up to a rung: all of them where nothing is halved.
    fn candidates(&self, known: &mut Known, rung: usize) -> Vec<usize> {
        let plan = &self.sweep.plan;
        if plan.rungs.is_empty() {
            return (0..plan.trials.len()).collect();
        }
        let settings = plan.settings();
        let measure = self.measure(known);
        let score = |setting: usize, rung: usize| {
            let one = |trial: &usize| {
                let measure = measure.as_ref()?;
                let rows = self.sweep.rows(*trial);
                let seen = &rows[..rows.len().min(plan.rungs[rung] as usize)];
                let has_failed = matches!(known.outcomes[*trial], Some(Outcome::Failed { .. }));
                measure.best(seen).filter(|_| !has_failed).map(|(value, _)| measure.rank(value))
            };
            let scores: Option<Vec<f64>> = settings[setting].iter().map(one).collect();
            mean_and_deviation(&scores?).map(|(mean, _)| mean)
        };
        let alive = rungs::alive(settings.len(), rung, score);
        alive.into_iter().flat_map(|setting| settings[setting].clone()).collect()
    }

    fn report(&self) -> Report {
        let plan = &self.sweep.plan;
        let mut known = self.known();
        let last = plan.rungs.len().saturating_sub(1);
        let rung = last.min(known.rung);
        let wanted: HashSet<usize> = self.candidates(&mut known, rung).into_iter().collect();
        let mut report = Report { finished: 0, failed: Vec::new(), left: 0, open: 0 };
        for (trial, planned) in plan.trials.iter().enumerate() {
            match &known.outcomes[trial] {
                Some(Outcome::Finished { .. }) => report.finished += 1,
                Some(Outcome::Failed { why, .. }) => report.failed.push((planned.name.clone(), why.clone())),
                None if wanted.contains(&trial) => report.open += 1,
                None => report.left += 1,
            }
        }
        report
    }
}
