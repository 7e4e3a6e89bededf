//! New tensors of a given shape, and ranges of numbers.

use super::{
    args::{self, Number},
    fill::{Fill, NORMAL, ONES, UNIFORM, ZEROS, filled},
    place::Place,
    table::{Row, another_form, function},
};
use crate::error::Result;
use crate::ml::tensor::{During, with_scalar};
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::{Dynamic, Map, Module, plugin::*};
use tch::{Kind, Tensor};

const COMMON: &str = "`shape` is an array such as `[2, 3]`, or a number for one dimension.\n\
    Options: `kind` (\"float32\"), `device` (the one the program runs on), `requires_grad` (false).";

const SHAPED: &[Row<Fill>] = &[
    (
        "zeros",
        "A tensor of zeros.",
        "assert_eq(zeros([2, 3]).shape, [2, 3]);\nassert_eq(zeros(2, #{ kind: \"int64\" }), tensor([0, 0]));",
        ZEROS,
    ),
    ("ones", "A tensor of ones.", "assert_eq(ones([2]) + 1, tensor([2.0, 2.0]));", ONES),
    (
        "randn",
        "Numbers drawn from the normal distribution of mean 0 and variance 1.",
        "assert_eq(randn([2, 3]).shape, [2, 3]);",
        NORMAL,
    ),
    (
        "rand",
        "Numbers drawn evenly from [0, 1).",
        "let x = rand([100]);\nassert((x >= 0.0 & x < 1.0).all().item());",
        UNIFORM,
    ),
];

/// The functions that take a shape and nothing else.
pub fn shaped() -> Module {
    let mut module = Module::new();
    for &(name, doc, example, fill) in SHAPED {
        let make = move |shape: Dynamic, options: Map| -> ScriptResult<TensorHandle> {
            let place = Place::here(name, options, Kind::Float)?;
            let shape = args::sizes(name, &shape)?;
            Ok(filled(name, &shape, &place, |shape, options| fill(shape, options).map_err(|e| e.within(name)))?)
        };
        function(name, &format!("{doc} {COMMON}"), example, &["shape", "Tensor"])
            .set_into_module(&mut module, move |shape: Dynamic| make(shape, Map::new()));
        another_form(name, &["shape", "options: Map", "Tensor"]).set_into_module(&mut module, make);
    }
    module
}

fn range(start: Number, end: Number, step: Number, options: Map) -> Result<TensorHandle> {
    let whole = [start, end, step].iter().all(|n| matches!(n, Number::Int(_)));
    let place = Place::here("arange", options, if whole { Kind::Int64 } else { Kind::Float })?;
    let count = ((end.as_f64() - start.as_f64()) / step.as_f64()).ceil();
    if count.is_finite() && count > 0.0 {
        args::room("arange", &[count as i64], place.kind)?;
    }
    let range = with_scalar(|| Tensor::f_arange_start_step(start, end, step, place.options()));
    place.finish(range.during("arange", &[])?, "arange")
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A tensor filled with `value`. Its kind follows the value (int64, float32 or bool). Options: `kind`, `device`,
    /// `requires_grad`.
    ///
    /// ```rhai
    /// assert_eq(full([2], 7), tensor([7, 7]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn full(shape: Dynamic, value: Dynamic) -> ScriptResult<TensorHandle> {
        full_with(shape, value, Map::new())
    }

    #[rhai_fn(name = "full", return_raw)]
    pub fn full_with(shape: Dynamic, value: Dynamic, options: Map) -> ScriptResult<TensorHandle> {
        let value = args::number("full", &value)?;
        let place = Place::here("full", options, value.kind())?;
        let shape = args::sizes("full", &shape)?;
        Ok(filled("full", &shape, &place, |shape, options| {
            with_scalar(|| Tensor::f_full(shape, value, options)).during("full", &[])
        })?)
    }

    /// The `[n, n]` tensor with ones on its diagonal and zeros elsewhere. Options: `kind`, `device`, `requires_grad`.
    ///
    /// ```rhai
    /// assert_eq(eye(2), tensor([[1.0, 0.0], [0.0, 1.0]]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn eye(n: i64) -> ScriptResult<TensorHandle> {
        eye_with(n, Map::new())
    }

    #[rhai_fn(name = "eye", return_raw)]
    pub fn eye_with(n: i64, options: Map) -> ScriptResult<TensorHandle> {
        let place = Place::here("eye", options, Kind::Float)?;
        let shape = args::sizes("eye", &vec![Dynamic::from_int(n), Dynamic::from_int(n)].into())?;
        Ok(filled("eye", &shape, &place, |_, options| Tensor::f_eye(n, options).during("eye", &[]))?)
    }

    /// The numbers 0, 1, … below `end`; or from `start`, in steps of `step`. int64 where all are integers, else
    /// float32. Options: `kind`, `device`, `requires_grad`.
    ///
    /// Errors: a step of 0, or one that leads away from the end.
    ///
    /// ```rhai
    /// assert_eq(arange(3), tensor([0, 1, 2]));
    /// assert_eq(arange(1, 2, 0.5), tensor([1.0, 1.5]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn arange(end: Dynamic) -> ScriptResult<TensorHandle> {
        Ok(range(Number::Int(0), args::number("arange", &end)?, Number::Int(1), Map::new())?)
    }

    #[rhai_fn(name = "arange", return_raw)]
    pub fn arange_with(end: Dynamic, options: Map) -> ScriptResult<TensorHandle> {
        Ok(range(Number::Int(0), args::number("arange", &end)?, Number::Int(1), options)?)
    }

    #[rhai_fn(name = "arange", return_raw)]
    pub fn arange_from(start: Dynamic, end: Dynamic) -> ScriptResult<TensorHandle> {
        arange_step(start, end, Dynamic::ONE)
    }

    #[rhai_fn(name = "arange", return_raw)]
    pub fn arange_from_with(start: Dynamic, end: Dynamic, options: Map) -> ScriptResult<TensorHandle> {
        arange_step_with(start, end, Dynamic::ONE, options)
    }

    #[rhai_fn(name = "arange", return_raw)]
    pub fn arange_step(start: Dynamic, end: Dynamic, step: Dynamic) -> ScriptResult<TensorHandle> {
        arange_step_with(start, end, step, Map::new())
    }

    #[rhai_fn(name = "arange", return_raw)]
    pub fn arange_step_with(start: Dynamic, end: Dynamic, step: Dynamic, options: Map) -> ScriptResult<TensorHandle> {
        let read = |value: &Dynamic| args::number("arange", value);
        Ok(range(read(&start)?, read(&end)?, read(&step)?, options)?)
    }

    /// `steps` numbers, evenly spaced from `start` to `end`, both included. Options: `kind`, `device`, `requires_grad`.
    ///
    /// ```rhai
    /// assert_close(linspace(0, 1, 3), [0.0, 0.5, 1.0], 1e-7);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn linspace(start: Dynamic, end: Dynamic, steps: i64) -> ScriptResult<TensorHandle> {
        linspace_with(start, end, steps, Map::new())
    }

    #[rhai_fn(name = "linspace", return_raw)]
    pub fn linspace_with(start: Dynamic, end: Dynamic, steps: i64, options: Map) -> ScriptResult<TensorHandle> {
        let place = Place::here("linspace", options, Kind::Float)?;
        let (start, end) = (args::number("linspace", &start)?, args::number("linspace", &end)?);
        Ok(filled("linspace", &[steps.max(0)], &place, |_, options| {
            with_scalar(|| Tensor::f_linspace(start, end, steps, options)).during("linspace", &[])
        })?)
    }
}
