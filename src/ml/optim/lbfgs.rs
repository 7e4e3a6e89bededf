//! L-BFGS: Nocedal, "Updating Quasi-Newton Matrices with Limited Storage" (1980), as in PyTorch, whose code follows minFunc (Schmidt, 2005).

use super::Row;
use super::algorithm::{Algorithm, Evaluate, Together, not_negative};
use super::flat::{advance, flat_gradient, number};
use super::kept::{Buffer, Kept, ParamState};
use super::lbfgs_search::{Point, Search};
use crate::error::{Error, Result};
use crate::ml::tensor::During;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tch::{TchError, Tensor};

const WHAT: &str = "lbfgs";
const D: &str = "d";
const PREV_FLAT_GRAD: &str = "prev_flat_grad";
const OLD_DIRS: &str = "old_dirs";
const OLD_STPS: &str = "old_stps";
const T: &str = "t";
const H_DIAG: &str = "H_diag";
const N_ITER: &str = "n_iter";

pub(super) const ROW: Row = Row::new::<Lbfgs>(
    WHAT,
    "L-BFGS (Nocedal, 1980), of the same parameters as `sgd`, without groups: a step is up to `max_iter` iterations, each along a direction\n\
     that the last gradients tell, and evaluates the loss itself: `optimizer.step(|| …)`, with a closure that computes the loss and gives it.\n\
     It wants the loss of all rows (a batch of all of them) and a network without dropout, so that the same weights have the same loss.\n\
     Options and their defaults: `lr` 1, `max_iter` 20, `max_eval` 0 (evaluations of a step; 0 is 5/4 of `max_iter`), `tolerance_grad`\n\
     1e-7 and `tolerance_change` 1e-9 (below which a step ends), `history_size` 100 (it takes so many copies of the parameters, twice),\n\
     `line_search_fn` \"none\", or \"strong_wolfe\", which finds how far to go.",
    "let w = parameter(tensor([5.0, -3.0]));\n\
     let optimizer = lbfgs([w], #{ line_search_fn: \"strong_wolfe\" });\n\
     optimizer.step(|| ((w - 1.0) ** 2 * tensor([1.0, 100.0])).sum());\n\
     assert_close(w, [1.0, 1.0], 1e-4);",
);

/// d = −H·g by the two loops over the last changes of weights and gradients; p ← p + t·d, with t = lr, or what the line search finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lbfgs {
    /// Learning rate, at least 0.
    pub lr: f64,
    /// Iterations of a step, at least 1.
    pub max_iter: i64,
    /// Evaluations of a step; 0 is 5/4 of `max_iter`.
    pub max_eval: i64,
    /// A step ends where no element of the gradient is larger.
    pub tolerance_grad: f64,
    /// A step ends where neither the loss nor any weight changes by more.
    pub tolerance_change: f64,
    /// How many changes are remembered, at least 1.
    pub history_size: usize,
    /// `none` or `strong_wolfe`.
    pub line_search_fn: String,
}

impl Default for Lbfgs {
    fn default() -> Self {
        Lbfgs {
            lr: 1.0,
            max_iter: 20,
            max_eval: 0,
            tolerance_grad: 1e-7,
            tolerance_change: 1e-9,
            history_size: 100,
            line_search_fn: "none".into(),
        }
    }
}

impl Algorithm for Lbfgs {
    fn name(&self) -> &'static str {
        WHAT
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn options(&self) -> Value {
        json!(self)
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        let mut all: Vec<Buffer> = [T, H_DIAG, N_ITER].map(Buffer::number).into();
        all.extend([D, PREV_FLAT_GRAD].map(|name| Buffer { name, of: Kept::Free }));
        all.extend([OLD_DIRS, OLD_STPS].map(|name| Buffer { name, of: Kept::Rows }));
        all
    }

    fn validate(&self) -> Result<()> {
        not_negative(WHAT, "lr", self.lr)?;
        not_negative(WHAT, "tolerance_grad", self.tolerance_grad)?;
        not_negative(WHAT, "tolerance_change", self.tolerance_change)?;
        for (option, given, least) in [
            ("max_iter", self.max_iter, 1),
            ("max_eval", self.max_eval, 0),
            ("history_size", self.history_size as i64, 1),
        ] {
            if given < least {
                return Err(Error::value(format!("{WHAT}: {option} must be at least {least}, not {given}")));
            }
        }
        match self.line_search_fn.as_str() {
            "none" | "strong_wolfe" => Ok(()),
            other => {
                Err(Error::value(format!("{WHAT}: line_search_fn must be \"none\" or \"strong_wolfe\", not {other:?}")))
            }
        }
    }

    fn update(&self, _: &mut Tensor, _: &Tensor, _: f64, _: &mut ParamState) -> Result<(), TchError> {
        Err(TchError::Kind("lbfgs steps all parameters together".into()))
    }

    fn together(&self) -> Option<&dyn Together> {
        Some(self)
    }
}

/// What is remembered from one iteration to the next.
struct Memory {
    /// How many iterations there were, of all steps.
    iterations: f64,
    direction: Tensor,
    along: f64,
    gradient: Tensor,
    /// Changes of the gradient, and of the weights, the oldest first.
    dirs: Vec<Tensor>,
    steps: Vec<Tensor>,
    scale: f64,
}

impl Memory {
    fn of(state: &ParamState) -> Result<Option<Memory>, TchError> {
        let (Some(direction), Some(gradient)) = (state.get(D), state.get(PREV_FLAT_GRAD)) else { return Ok(None) };
        Ok(Some(Memory {
            iterations: state.number_or(N_ITER, 0.0)?,
            direction,
            along: state.number_or(T, 0.0)?,
            gradient,
            dirs: state.rows(OLD_DIRS),
            steps: state.rows(OLD_STPS),
            scale: state.number_or(H_DIAG, 1.0)?,
        }))
    }

    fn keep(self, state: &mut ParamState) -> Result<(), TchError> {
        state.set_number(N_ITER, self.iterations)?;
        state.set_number(T, self.along)?;
        state.set_number(H_DIAG, self.scale)?;
        state.set(D, self.direction);
        state.set(PREV_FLAT_GRAD, self.gradient);
        state.set_rows(OLD_DIRS, self.dirs);
        state.set_rows(OLD_STPS, self.steps);
        Ok(())
    }

    /// Takes in what the last iteration has changed, and gives −H·g.
    fn next(&mut self, gradient: &Tensor, history_size: usize) -> Result<Tensor, TchError> {
        let change = gradient.f_sub(&self.gradient)?;
        let step = self.direction.f_mul_scalar(self.along)?;
        let curved = number(&change.f_dot(&step)?)?;
        if curved > 1e-10 {
            let excess = (self.dirs.len() + 1).saturating_sub(history_size);
            self.dirs.drain(..excess.min(self.dirs.len()));
            self.steps.drain(..excess.min(self.steps.len()));
            self.scale = curved / number(&change.f_dot(&change)?)?;
            self.dirs.push(change);
            self.steps.push(step);
        }
        let mut q = gradient.f_neg()?;
        let mut shares = Vec::new();
        for (dir, step) in self.dirs.iter().zip(&self.steps).rev() {
            let per = 1.0 / number(&dir.f_dot(step)?)?;
            let share = number(&step.f_dot(&q)?)? * per;
            drop(q.f_add_(&dir.f_mul_scalar(-share)?)?);
            shares.push((share, per));
        }
        drop(q.f_mul_scalar_(self.scale)?);
        for ((dir, step), (share, per)) in self.dirs.iter().zip(&self.steps).zip(shares.into_iter().rev()) {
            let back = number(&dir.f_dot(&q)?)? * per;
            drop(q.f_add_(&step.f_mul_scalar(share - back)?)?);
        }
        Ok(q)
    }
}

impl Together for Lbfgs {
    fn step(&self, params: &[Tensor], lr: f64, state: &mut ParamState, evaluate: Evaluate) -> Result<Tensor> {
        let first = evaluate()?;
        let mut loss = number(&first).during(WHAT, &[&first])?;
        let mut gradient = flat_gradient(params).during(WHAT, &[])?;
        if largest(&gradient).during(WHAT, &[])? <= self.tolerance_grad {
            return Ok(first);
        }
        let most = if self.max_eval > 0 { self.max_eval } else { self.max_iter * 5 / 4 };
        let mut memory = Memory::of(state).during(WHAT, &[])?;
        let mut evaluations = 1;
        for iteration in 1..=self.max_iter {
            let _guard = tch::no_grad_guard();
            let now = match memory.take() {
                Some(mut memory) => {
                    memory.direction = memory.next(&gradient, self.history_size).during(WHAT, &[])?;
                    memory
                }
                None => Memory {
                    iterations: 0.0,
                    direction: gradient.f_neg().during(WHAT, &[])?,
                    along: 0.0,
                    gradient: gradient.shallow_clone(),
                    dirs: Vec::new(),
                    steps: Vec::new(),
                    scale: 1.0,
                },
            };
            let now = memory.insert(now);
            now.iterations += 1.0;
            now.gradient = gradient.shallow_clone();
            let before = loss;
            let point = || -> Result<(f64, f64), TchError> {
                let size = number(&gradient.f_abs()?.f_sum(gradient.kind())?)?;
                Ok((
                    if now.iterations == 1.0 { (1.0 / size).min(1.0) * lr } else { lr },
                    number(&gradient.f_dot(&now.direction)?)?,
                ))
            };
            let (along, slope) = point().during(WHAT, &[])?;
            now.along = along;
            if slope > -self.tolerance_change {
                break;
            }
            if self.line_search_fn == "strong_wolfe" {
                let start = Point { at: 0.0, loss, gradient: gradient.shallow_clone(), slope };
                let search = Search { params, direction: &now.direction, most: most - evaluations };
                let (found, asked) = search.from(start, along, &mut *evaluate)?;
                (loss, gradient, now.along) = (found.loss, found.gradient, found.at);
                evaluations += asked;
                advance(params, &now.direction, now.along).during(WHAT, &[])?;
            } else {
                advance(params, &now.direction, now.along).during(WHAT, &[])?;
                // Behind the last iteration nobody would ask for it.
                if iteration != self.max_iter {
                    let value = tch::with_grad(&mut *evaluate)?;
                    loss = number(&value).during(WHAT, &[&value])?;
                    gradient = flat_gradient(params).during(WHAT, &[])?;
                    evaluations += 1;
                }
            }
            let moved = largest(&now.direction).during(WHAT, &[])? * now.along.abs();
            if evaluations >= most
                || largest(&gradient).during(WHAT, &[])? <= self.tolerance_grad
                || moved <= self.tolerance_change
                || (loss - before).abs() < self.tolerance_change
            {
                break;
            }
        }
        memory.map_or(Ok(()), |memory| memory.keep(state)).during(WHAT, &[])?;
        Ok(first)
    }
}

fn largest(tensor: &Tensor) -> Result<f64, TchError> {
    number(&tensor.f_abs()?.f_max()?)
}
