//! Tensors of whole numbers, orders and coin flips drawn at random. `rand` and `randn` stand with `zeros` in `create`.

use super::{args, place::Place};
use crate::error::{Error, Result};
use crate::ml::{
    random::{self, Purpose},
    tensor::During,
};
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::{Dynamic, Map, plugin::*};
use tch::{Kind, Tensor};

fn integers(low: i64, high: i64, shape: &Dynamic, options: Map) -> Result<TensorHandle> {
    let place = Place::here("randint", options, Kind::Int64)?;
    let shape = args::sizes("randint", shape)?;
    if low >= high {
        return Err(Error::value(format!("randint draws from low to below high, got low {low} and high {high}")));
    }
    args::room("randint", &shape, place.kind)?;
    let drawn = random::draw(Purpose::Script, || Tensor::f_randint_low(low, high, shape, place.options()));
    place.finish(drawn.during("randint", &[])?, "randint")
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Whole numbers drawn evenly from 0, or from `low`, to below `high`; int64. Options: `kind`, `device`.
    ///
    /// Errors: no number lies in between.
    ///
    /// ```rhai
    /// let x = randint(5, 8, [100]);
    /// assert((x >= 5 & x < 8).all().item());
    /// ```
    #[rhai_fn(return_raw)]
    pub fn randint(high: i64, shape: Dynamic) -> ScriptResult<TensorHandle> {
        Ok(integers(0, high, &shape, Map::new())?)
    }

    #[rhai_fn(name = "randint", return_raw)]
    pub fn randint_with(high: i64, shape: Dynamic, options: Map) -> ScriptResult<TensorHandle> {
        Ok(integers(0, high, &shape, options)?)
    }

    #[rhai_fn(name = "randint", return_raw)]
    pub fn randint_from(low: i64, high: i64, shape: Dynamic) -> ScriptResult<TensorHandle> {
        Ok(integers(low, high, &shape, Map::new())?)
    }

    #[rhai_fn(name = "randint", return_raw)]
    pub fn randint_from_with(low: i64, high: i64, shape: Dynamic, options: Map) -> ScriptResult<TensorHandle> {
        Ok(integers(low, high, &shape, options)?)
    }

    /// The numbers 0 to `n - 1` in random order; int64, shape `[n]`. Options: `kind`, `device`.
    ///
    /// ```rhai
    /// assert_eq(randperm(5).sort().values, arange(5));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn randperm(n: i64) -> ScriptResult<TensorHandle> {
        randperm_with(n, Map::new())
    }

    #[rhai_fn(name = "randperm", return_raw)]
    pub fn randperm_with(n: i64, options: Map) -> ScriptResult<TensorHandle> {
        let place = Place::here("randperm", options, Kind::Int64)?;
        args::room("randperm", &[n.max(0)], place.kind)?;
        let order = random::draw(Purpose::Script, || Tensor::f_randperm(n, place.options()));
        Ok(place.finish(order.during("randperm", &[])?, "randperm")?)
    }

    /// Ones and zeros of `x`'s shape: one with the probability that stands in `x` at that place.
    ///
    /// Errors: a probability outside 0 to 1.
    ///
    /// ```rhai
    /// assert_eq(bernoulli(tensor([0.0, 1.0])), tensor([0.0, 1.0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn bernoulli(x: TensorHandle) -> ScriptResult<TensorHandle> {
        Ok(random::draw(Purpose::Script, || x.f_bernoulli()).during("bernoulli", &[&x])?.into())
    }
}
