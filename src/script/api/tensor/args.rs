//! What script values mean as arguments of tensor functions: numbers, dimensions, shapes, lists of tensors.

use crate::error::{Error, ErrorKind, Result};
use crate::memory;
use crate::ml::tensor::{kind_name, with_scalar};
use crate::script::api::handles::TensorHandle;
use crate::script::base::options::shown;
use rhai::{Array, Dynamic};
use tch::{Device, Kind, Scalar, TchError, Tensor};

/// A number from a script. libtorch promotes kinds by whether a number is whole, so the difference is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    Bool(bool),
    Int(i64),
    Float(f64),
}

impl From<Number> for Scalar {
    fn from(number: Number) -> Scalar {
        match number {
            Number::Bool(b) => Scalar::int(i64::from(b)),
            Number::Int(i) => Scalar::int(i),
            Number::Float(f) => Scalar::float(f),
        }
    }
}

impl Number {
    pub fn read(value: &Dynamic) -> Option<Number> {
        let whole = || value.as_int().ok().map(Number::Int);
        let bool = || value.as_bool().ok().map(Number::Bool);
        value.as_float().ok().map(Number::Float).or_else(whole).or_else(bool)
    }

    pub fn as_f64(self) -> f64 {
        match self {
            Number::Bool(b) => f64::from(b),
            Number::Int(i) => i as f64,
            Number::Float(f) => f,
        }
    }

    /// A tensor without dimensions.
    pub fn tensor(self) -> std::result::Result<Tensor, TchError> {
        with_scalar(|| Tensor::f_full([0_i64; 0], self, (self.kind(), Device::Cpu)))
    }

    /// The kind that `tensor(number)` has.
    pub fn kind(self) -> Kind {
        match self {
            Number::Bool(_) => Kind::Bool,
            Number::Int(_) => Kind::Int64,
            Number::Float(_) => Kind::Float,
        }
    }
}

/// A number argument of `operation`.
pub fn number(operation: &str, value: &Dynamic) -> Result<Number> {
    Number::read(value).ok_or_else(|| Error::value(format!("{operation} takes a number, got {}", shown(value))))
}

/// An argument that may be a tensor or a number; the number becomes a tensor without dimensions. Beside floats of kind
/// `beside` it takes that kind: as float32 it would lose digits beside float64, and widen bfloat16.
pub fn operand(operation: &str, value: &Dynamic, beside: Option<Kind>) -> Result<TensorHandle> {
    if let Some(tensor) = value.clone().try_cast::<TensorHandle>() {
        return Ok(tensor);
    }
    let Some(number) = Number::read(value) else {
        return Err(Error::value(format!("{operation} takes a tensor or a number, got {}", shown(value))));
    };
    let kind = match (number, beside) {
        (Number::Float(_), Some(kind @ (Kind::Double | Kind::BFloat16 | Kind::Half))) => kind,
        _ => number.kind(),
    };
    Ok(with_scalar(|| Tensor::f_full([0_i64; 0], number, (kind, Device::Cpu)))?.into())
}

/// One integer or an array of them: `2`, `[0, -1]`.
pub fn integers(operation: &str, what: &str, value: &Dynamic) -> Result<Vec<i64>> {
    if let Ok(one) = value.as_int() {
        return Ok(vec![one]);
    }
    let all = value.read_lock::<Array>().and_then(|a| a.iter().map(|d| d.as_int().ok()).collect::<Option<Vec<i64>>>());
    all.ok_or_else(|| Error::value(format!("{operation} takes {what}, got {}", shown(value))))
}

/// The shape of a new tensor: `[2, 3]`, or `3` for one dimension.
pub fn sizes(operation: &str, value: &Dynamic) -> Result<Vec<i64>> {
    let sizes = integers(operation, "a shape such as [2, 3]", value)?;
    if sizes.iter().any(|n| *n < 0) {
        return Err(Error::shape(format!("{operation}: a size cannot be negative, got {sizes:?}")));
    }
    Ok(sizes)
}

/// The tensors of an array.
pub fn tensors(operation: &str, array: &Array) -> Result<Vec<TensorHandle>> {
    let read = |value: &Dynamic| {
        value.clone().try_cast::<TensorHandle>().ok_or_else(|| {
            Error::value(format!("{operation} takes an array of tensors, but one element is {}", shown(value)))
        })
    };
    array.iter().map(read).collect()
}

/// Refuses a new tensor on the CPU that memory cannot hold.
///
/// # Errors
/// More bytes than can be counted, than are free, or than `--max-memory` leaves.
pub fn room(operation: &str, shape: &[i64], kind: Kind) -> Result<()> {
    let count = shape.iter().try_fold(kind.elt_size_in_bytes() as i64, |bytes, n| bytes.checked_mul(*n));
    let what = || format!("{operation}: a {shape:?} {} tensor", kind_name(kind));
    match count {
        None if shape.contains(&0) => Ok(()),
        None => Err(Error::new(ErrorKind::Memory, format!("{} is larger than any memory", what()))),
        Some(bytes) => memory::room(what, bytes.max(0) as u64),
    }
}

/// As [`room`], for what an operation makes of two tensors element by element. Shapes that do not fit are libtorch's to refuse.
pub fn room_for_both(operation: &str, x: &Tensor, y: &Tensor) -> Result<()> {
    let (x_shape, y_shape) = (x.size(), y.size());
    let dims = x_shape.len().max(y_shape.len());
    let size = |shape: &[i64], i: usize| (i + shape.len()).checked_sub(dims).map_or(1, |i| shape[i]);
    let one = |i| match (size(&x_shape, i), size(&y_shape, i)) {
        (0, _) | (_, 0) => 0,
        (n, m) => n.max(m),
    };
    let shape: Vec<i64> = (0..dims).map(one).collect();
    room(
        operation,
        &shape,
        if x.kind().elt_size_in_bytes() > y.kind().elt_size_in_bytes() { x.kind() } else { y.kind() },
    )
}

/// For operations that libtorch has for floats only, and refuses in words about its own insides.
pub fn needs_floats(operation: &str, x: &Tensor) -> Error {
    let message = format!("{operation} takes floats, got {}; x.float() makes them", crate::ml::tensor::describe(x));
    Error::new(ErrorKind::Kind, message)
}
