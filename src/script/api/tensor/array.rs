//! From a script's numbers and nested arrays to tensors, and back.

use super::{args::Number, place::Place, shape::count};
use crate::error::{Error, ErrorKind, Result};
use crate::memory::room_for_values;
use crate::ml::tensor::{During, describe};
use crate::script::api::handles::TensorHandle;
use crate::script::base::{ScriptResult, options::shown};
use rhai::{Array, Dynamic, Map, plugin::*};
use tch::{Device, Kind, Tensor};

/// libtorch's own limit; it also keeps a mad nesting from using up the stack.
const MAX_DIMENSIONS: usize = 64;

/// A nested array, read.
#[derive(Default)]
struct Numbers {
    shape: Vec<i64>,
    flat: Vec<Number>,
}

impl Numbers {
    fn read(&mut self, value: &Dynamic, depth: usize) -> Result<()> {
        let Some(array) = value.read_lock::<Array>() else {
            if depth != self.shape.len() {
                return Err(Error::shape("tensor: some rows are nested deeper than others"));
            }
            self.flat.push(Number::read(value).ok_or_else(|| not_a_number(value))?);
            return Ok(());
        };
        if depth == MAX_DIMENSIONS {
            return Err(Error::shape(format!("tensor: arrays nested deeper than {MAX_DIMENSIONS}")));
        }
        let length = array.len() as i64;
        match self.shape.get(depth) {
            Some(known) if *known == length => {}
            Some(known) => {
                let message =
                    format!("tensor: rows of {known} and of {length} elements; all must have the same length");
                return Err(Error::shape(message));
            }
            None if self.flat.is_empty() => self.shape.push(length),
            None => return Err(Error::shape("tensor: some rows are nested deeper than others")),
        }
        array.iter().try_for_each(|row| self.read(row, depth + 1))
    }

    /// bool where all are, int64 where all others are whole, else float32; float32 for an empty array.
    fn kind(&self) -> Kind {
        let has = |kind: Kind| self.flat.iter().any(|n| n.kind() == kind);
        match () {
            () if self.flat.is_empty() || has(Kind::Float) => Kind::Float,
            () if has(Kind::Int64) => Kind::Int64,
            () => Kind::Bool,
        }
    }

    fn tensor(&self, kind: Kind) -> std::result::Result<Tensor, tch::TchError> {
        let whole = |n: &Number| match *n {
            Number::Int(i) => i,
            other => i64::from(other == Number::Bool(true)),
        };
        let flat = match kind {
            Kind::Float => Tensor::f_from_slice(&self.flat.iter().map(|n| n.as_f64()).collect::<Vec<f64>>())?,
            _ => Tensor::f_from_slice(&self.flat.iter().map(whole).collect::<Vec<i64>>())?,
        };
        flat.f_reshape(self.shape.as_slice())
    }
}

fn not_a_number(value: &Dynamic) -> Error {
    match value.is::<TensorHandle>() {
        true => Error::value("tensor takes numbers; stack([a, b]) joins tensors"),
        false => Error::value(format!("tensor takes numbers, bools and nested arrays of them, got {}", shown(value))),
    }
}

/// The elements of `flat`, from `at` on, nested as `shape` says.
fn nest(shape: &[i64], flat: &mut impl Iterator<Item = Dynamic>) -> Dynamic {
    match shape.split_first() {
        None => flat.next().unwrap_or_default(),
        Some((length, rest)) => (0..*length).map(|_| nest(rest, flat)).collect::<Array>().into(),
    }
}

/// An array of `[n, 0]` has no elements, and still is of n arrays.
fn room_for_elements(operation: &str, x: &Tensor) -> Result<()> {
    /// A number in its array, in the flat one before that, and as libtorch gives it.
    const NUMBER: u64 = 48;
    const ARRAY: u64 = 64;
    let mut within = 1u64;
    let mut arrays = 0u64;
    for n in x.size() {
        arrays = arrays.saturating_add(within);
        within = within.saturating_mul(n as u64);
    }
    let bytes = within.saturating_mul(NUMBER).saturating_add(arrays.saturating_mul(ARRAY));
    room_for_values(&format!("{operation}: the array of {}", describe(x)), bytes)
}

/// The elements in order, as the script's numbers.
fn elements(operation: &str, x: &Tensor) -> Result<Vec<Dynamic>> {
    room_for_elements(operation, x)?;
    let flat = x.f_detach().and_then(|t| t.f_to_device(Device::Cpu)).and_then(|t| t.f_reshape([-1]));
    let flat = flat.during(operation, &[x])?;
    let kind = x.kind();
    Ok(match kind {
        Kind::Bool => {
            Vec::<bool>::try_from(&flat).during(operation, &[x])?.into_iter().map(Dynamic::from_bool).collect()
        }
        Kind::Int64 | Kind::Int | Kind::Int16 | Kind::Int8 | Kind::Uint8 => {
            Vec::<i64>::try_from(&flat).during(operation, &[x])?.into_iter().map(Dynamic::from_int).collect()
        }
        _ => Vec::<f64>::try_from(&flat).during(operation, &[x])?.into_iter().map(Dynamic::from_float).collect(),
    })
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A tensor of a number, a bool, or nested arrays of them. Integers give int64, bools bool, and floats, or floats
    /// among integers, float32. Options: `kind`, `device`, `requires_grad`. Given a tensor, it copies it.
    ///
    /// Errors: rows of different lengths.
    ///
    /// ```rhai
    /// assert_eq(tensor([[1, 2, 3], [4, 5, 6]]).shape, [2, 3]);
    /// assert_eq(tensor([1, 2.5]).kind, "float32");
    /// assert_eq(tensor([1, 2], #{ kind: "float64" }).kind, "float64");
    /// assert_throws(|| tensor([[1, 2], [3]]), "rows of 2 and of 1");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn tensor(values: Dynamic) -> ScriptResult<TensorHandle> {
        tensor_with(values, Map::new())
    }

    #[rhai_fn(name = "tensor", return_raw)]
    pub fn tensor_with(values: Dynamic, options: Map) -> ScriptResult<TensorHandle> {
        if let Some(x) = values.clone().try_cast::<TensorHandle>() {
            let place = Place::read("tensor", options, x.kind(), x.device())?;
            let copy = x.f_detach().and_then(|t| t.f_to_dtype(place.kind, false, true));
            let copy = copy.and_then(|t| t.f_to_device(place.device)).during("tensor", &[&x])?;
            return Ok(place.finish(copy, "tensor")?);
        }
        let mut numbers = Numbers::default();
        numbers.read(&values, 0)?;
        let natural = numbers.kind();
        let place = Place::here("tensor", options, natural)?;
        let made = numbers.tensor(natural).and_then(|t| t.f_to_kind(place.kind)?.f_to_device(place.device));
        Ok(place.finish(made.during("tensor", &[])?, "tensor")?)
    }

    /// The one element of a tensor, as a bool, an integer or a float. It waits for the device.
    ///
    /// Errors: a tensor of more than one element, or of none.
    ///
    /// ```rhai
    /// assert_eq(tensor([[3]]).item(), 3);
    /// assert_throws(|| zeros([2]).item(), "one element");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn item(x: TensorHandle) -> ScriptResult<Dynamic> {
        if count(&x) != 1 {
            let message =
                format!("item takes a tensor of one element, got {}; to_array() gives them all", describe(&x));
            return Err(Error::new(ErrorKind::Shape, message).into());
        }
        Ok(elements("item", &x)?.pop().unwrap_or_default())
    }

    /// The elements as nested arrays of bools, integers or floats; a tensor without dimensions gives its element.
    ///
    /// ```rhai
    /// assert_eq(tensor([[1, 2], [3, 4]]).to_array(), [[1, 2], [3, 4]]);
    /// ```
    #[rhai_fn(name = "to_array", name = "tolist", return_raw)]
    pub fn to_array(x: TensorHandle) -> ScriptResult<Dynamic> {
        Ok(nest(&x.size(), &mut elements("to_array", &x)?.into_iter()))
    }
}
