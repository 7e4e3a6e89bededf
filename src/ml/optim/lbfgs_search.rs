//! The line search of L-BFGS: a step length by the strong Wolfe conditions (Nocedal and Wright, "Numerical Optimization", 2006, algorithms 3.5
//! and 3.6), with cubic interpolation, as in PyTorch, whose code follows minFunc.

use super::algorithm::Evaluate;
use super::flat::{advance, flat_gradient, number};
use crate::error::Result;
use crate::ml::models::duplicate;
use crate::ml::tensor::During;
use tch::Tensor;

const WHAT: &str = "lbfgs";
/// How much of what the slope promises the loss must fall by.
const FALLS: f64 = 1e-4;
/// How much of the slope may be left.
const FLATTENS: f64 = 0.9;
/// A bracket that is no wider moves no weight by more.
const NARROW: f64 = 1e-9;

/// A place on the line.
pub(super) struct Point {
    /// How far along the direction.
    pub at: f64,
    pub loss: f64,
    pub gradient: Tensor,
    /// The gradient along the direction.
    pub slope: f64,
}

impl Point {
    fn copy(&self) -> Point {
        Point { gradient: self.gradient.shallow_clone(), ..*self }
    }
}

pub(super) struct Search<'a> {
    pub params: &'a [Tensor],
    pub direction: &'a Tensor,
    /// Iterations at most.
    pub most: i64,
}

impl Search<'_> {
    /// The place to go to from `start`, where one begins to look `along` so far; and how many times the loss was evaluated. The weights are
    /// left as they were.
    pub fn from(&self, start: Point, along: f64, evaluate: Evaluate) -> Result<(Point, i64)> {
        let before = self.params.iter().map(duplicate).collect::<Result<Vec<_>>>()?;
        let mut asked = 0;
        let mut look = |at: f64| -> Result<Point> {
            asked += 1;
            advance(self.params, self.direction, at).during(WHAT, &[])?;
            let value = tch::with_grad(&mut *evaluate);
            let put_back =
                || self.params.iter().zip(&before).try_for_each(|(p, was)| p.shallow_clone().f_copy_(was).map(drop));
            let found = value.and_then(|value| {
                let gradient = flat_gradient(self.params).during(WHAT, &[])?;
                let slope = gradient.f_dot(self.direction).and_then(|dot| number(&dot)).during(WHAT, &[])?;
                Ok(Point { at, loss: number(&value).during(WHAT, &[&value])?, gradient, slope })
            });
            put_back().during(WHAT, &[])?;
            found
        };
        let (mut low, mut high, mut is_found, mut iterations) = self.bracket(&start, along, &mut look)?;
        if low.loss > high.loss {
            std::mem::swap(&mut low, &mut high);
        }
        let size = self.direction.f_abs().and_then(|d| d.f_max()).and_then(|d| number(&d)).during(WHAT, &[])?;
        let mut hardly_moved = false;
        while !is_found && iterations < self.most {
            if (high.at - low.at).abs() * size < NARROW {
                break;
            }
            let (least, most) = (low.at.min(high.at), low.at.max(high.at));
            let mut at = interpolated(&low, &high, (least, most));
            // Close to an end for the second time, or beyond it, a tenth of the bracket is gone from there.
            let margin = 0.1 * (most - least);
            let is_close = (most - at).min(at - least) < margin;
            if is_close && (hardly_moved || at >= most || at <= least) {
                at = if (at - most).abs() < (at - least).abs() { most - margin } else { least + margin };
                hardly_moved = false;
            } else {
                hardly_moved = is_close;
            }
            let new = look(at)?;
            iterations += 1;
            if new.loss > start.loss + FALLS * at * start.slope || new.loss >= low.loss {
                high = new;
                if low.loss > high.loss {
                    std::mem::swap(&mut low, &mut high);
                }
                continue;
            }
            if new.slope.abs() <= -FLATTENS * start.slope {
                is_found = true;
            } else if new.slope * (high.at - low.at) >= 0.0 {
                high = low;
            }
            low = new;
        }
        Ok((low, asked))
    }

    /// Two places between which there is one that fulfils the conditions, or twice one that does; whether it does, and after how many
    /// iterations.
    fn bracket(
        &self,
        start: &Point,
        along: f64,
        look: &mut dyn FnMut(f64) -> Result<Point>,
    ) -> Result<(Point, Point, bool, i64)> {
        let mut before = start.copy();
        let mut new = look(along)?;
        for iteration in 0..self.most {
            let is_higher = new.loss > start.loss + FALLS * new.at * start.slope;
            if is_higher || (iteration > 1 && new.loss >= before.loss) {
                return Ok((before, new, false, iteration));
            }
            if new.slope.abs() <= -FLATTENS * start.slope {
                return Ok((new.copy(), new, true, iteration));
            }
            if new.slope >= 0.0 {
                return Ok((before, new, false, iteration));
            }
            let bounds = (new.at + 0.01 * (new.at - before.at), new.at * 10.0);
            let at = interpolated(&before, &new, bounds);
            before = new;
            new = look(at)?;
        }
        Ok((start.copy(), new, false, self.most.max(0)))
    }
}

/// Where the cubic through two places, with their slopes, is the lowest, within `bounds`; half way between these where it has no lowest place.
fn interpolated(one: &Point, other: &Point, (least, most): (f64, f64)) -> f64 {
    let (left, right) = if one.at <= other.at { (one, other) } else { (other, one) };
    let d1 = one.slope + other.slope - 3.0 * (one.loss - other.loss) / (one.at - other.at);
    let square = d1 * d1 - one.slope * other.slope;
    if square >= 0.0 {
        let d2 = square.sqrt();
        let at = right.at - (right.at - left.at) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2.0 * d2));
        return at.max(least).min(most);
    }
    (least + most) / 2.0
}
