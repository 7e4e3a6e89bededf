//! New tensors of another's shape.

use super::{
    args,
    fill::{Fill, NORMAL, ONES, UNIFORM, ZEROS, filled},
    place::Place,
    table::{Row, another_form, function},
};
use crate::ml::tensor::{During, with_scalar};
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::{Dynamic, Map, Module, plugin::*};
use tch::Tensor;

const LIKE: &[Row<Fill>] = &[
    ("zeros_like", "Zeros", "assert_eq(zeros_like(tensor([1, 2])), tensor([0, 0]));", ZEROS),
    ("ones_like", "Ones", "assert_eq(ones_like(tensor([5, 6])), tensor([1, 1]));", ONES),
    (
        "randn_like",
        "Numbers drawn from the standard normal distribution",
        "assert_eq(randn_like(zeros([2, 3])).shape, [2, 3]);",
        NORMAL,
    ),
    ("rand_like", "Numbers drawn evenly from [0, 1)", "assert_eq(rand_like(zeros([2, 3])).shape, [2, 3]);", UNIFORM),
];

pub fn table() -> Module {
    let mut module = Module::new();
    for &(name, doc, example, fill) in LIKE {
        let make = move |x: TensorHandle, options: Map| -> ScriptResult<TensorHandle> {
            let place = Place::read(name, options, x.kind(), x.device())?;
            Ok(filled(name, &x.size(), &place, |shape, options| fill(shape, options).map_err(|e| e.within(name)))?)
        };
        let doc = format!(
            "{doc}, in a tensor of the shape, kind and device of `x`. Options: `kind`, `device`, `requires_grad`."
        );
        function(name, &doc, example, &["x: Tensor", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle| make(x, Map::new()));
        another_form(name, &["x: Tensor", "options: Map", "Tensor"]).set_into_module(&mut module, make);
    }
    module
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// `value` everywhere, in a tensor of the shape, kind and device of `x`. Options: `kind`, `device`,
    /// `requires_grad`.
    ///
    /// ```rhai
    /// assert_eq(full_like(zeros([2]), 3), tensor([3.0, 3.0]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn full_like(x: TensorHandle, value: Dynamic) -> ScriptResult<TensorHandle> {
        full_like_with(x, value, Map::new())
    }

    #[rhai_fn(name = "full_like", return_raw)]
    pub fn full_like_with(x: TensorHandle, value: Dynamic, options: Map) -> ScriptResult<TensorHandle> {
        let value = args::number("full_like", &value)?;
        let place = Place::read("full_like", options, x.kind(), x.device())?;
        Ok(filled("full_like", &x.size(), &place, |shape, options| {
            with_scalar(|| Tensor::f_full(shape, value, options)).during("full_like", &[&x])
        })?)
    }
}
