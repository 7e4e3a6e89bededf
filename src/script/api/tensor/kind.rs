//! Element kinds and devices: what a tensor has, and tensors of another.

use super::table::{Row, done, function};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::{
    device,
    tensor::{kind_from_name, kind_name},
};
use crate::script::api::handles::TensorHandle;
use crate::script::base::ScriptResult;
use rhai::{Module, plugin::*};
use tch::{Device, Kind};

const KINDS: &[Row<Kind>] = &[
    ("float", "float32", "assert_eq(tensor([1, 2]).float().kind, \"float32\");", Kind::Float),
    ("double", "float64", "assert_eq(tensor([1, 2]).double().kind, \"float64\");", Kind::Double),
    ("bfloat16", "bfloat16", "assert_eq(tensor([1, 2]).bfloat16().kind, \"bfloat16\");", Kind::BFloat16),
    ("long", "int64, fractions cut off", "assert_eq(tensor([1.7, -1.7]).long(), tensor([1, -1]));", Kind::Int64),
    ("bool", "bool: false where 0", "assert_eq(tensor([0, 2]).bool(), tensor([false, true]));", Kind::Bool),
];

pub fn table() -> Module {
    let mut module = Module::new();
    for &(name, doc, example, kind) in KINDS {
        let doc = format!("`x` as {doc}; `x` itself where it is that already.");
        function(name, &doc, example, &["x: Tensor", "Tensor"])
            .set_into_module(&mut module, move |x: TensorHandle| done(x.f_to_kind(kind), name, &[&x]));
    }
    module
}

/// What `to` can be asked for.
enum Target {
    Kind(Kind),
    Device(Device),
}

fn target(name: &str) -> Result<Target> {
    if let Ok(kind) = kind_from_name(name) {
        return Ok(Target::Kind(kind));
    }
    let is_device = ["auto", "cpu", "cuda", "mps"].contains(&name) || name.starts_with("cuda:");
    if is_device {
        return Ok(Target::Device(device::parse(name).map_err(|e| e.within("to"))?));
    }
    let known = ["float32", "float64", "bfloat16", "int64", "bool", "cpu", "cuda", "cuda:N", "mps", "auto"];
    Err(Error::unknown(ErrorKind::Kind, "kind or device", name, &known).within("to"))
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// `x` as another kind ("float32", "float64", "bfloat16", "int64", "bool"), or on another device ("cpu", "cuda",
    /// "cuda:1", "mps", or "auto" for the best there is); or both as another tensor has them. `x.kind` and `x.device` tell what it has.
    ///
    /// Errors: an unknown name, or a device that this machine does not have.
    ///
    /// ```rhai
    /// assert_eq(tensor([1, 2]).to("float64").kind, "float64");
    /// assert_eq(tensor([1, 2]).to("cpu").device, "cpu");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn to(x: TensorHandle, kind_or_device: &str) -> ScriptResult<TensorHandle> {
        let converted = match target(kind_or_device)? {
            Target::Kind(kind) => x.f_to_kind(kind),
            Target::Device(device) => x.f_to_device(device),
        };
        done(converted, "to", &[&x])
    }

    #[rhai_fn(name = "to", return_raw)]
    pub fn to_other(x: TensorHandle, other: TensorHandle) -> ScriptResult<TensorHandle> {
        done(x.f_to_device(other.device()).and_then(|t| t.f_to_kind(other.kind())), "to", &[&x, &other])
    }

    /// The element kind: "float32", "float64", "bfloat16", "int64" or "bool".
    ///
    /// ```rhai
    /// assert_eq(tensor([1, 2]).kind, "int64");
    /// ```
    #[rhai_fn(get = "kind", pure)]
    pub fn kind(x: &mut TensorHandle) -> String {
        kind_name(x.kind())
    }

    /// The element kind, as `kind`.
    ///
    /// ```rhai
    /// assert_eq(zeros([2]).dtype, "float32");
    /// ```
    #[rhai_fn(get = "dtype", pure)]
    pub fn dtype(x: &mut TensorHandle) -> String {
        kind_name(x.kind())
    }

    /// Where the tensor is: "cpu", "cuda:0" or "mps".
    ///
    /// ```rhai
    /// assert_eq(zeros([2], #{ device: "cpu" }).device, "cpu");
    /// ```
    #[rhai_fn(get = "device", pure)]
    pub fn device_name(x: &mut TensorHandle) -> String {
        device::name(x.device())
    }
}
