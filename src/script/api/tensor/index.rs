//! Indexing: `x[i]`, `x[a..b]`, `x[[i, a..b, ()]]`, masks and index tensors, and assignment to all of these.

use super::args::{self, Number};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::tensor::{During, describe, with_scalar};
use crate::script::api::handles::TensorHandle;
use crate::script::base::{ScriptResult, options::shown};
use rhai::{Array, Dynamic, plugin::*};
use std::ops::{Range, RangeInclusive};
use tch::{Kind, Tensor};

/// One part of an index.
enum Part {
    At(i64),
    /// From, and to before; negative ones count from the end.
    Slice(i64, Option<i64>),
    All,
    By(TensorHandle),
}

impl From<Range<i64>> for Part {
    fn from(range: Range<i64>) -> Part {
        Part::Slice(range.start, Some(range.end))
    }
}

impl From<RangeInclusive<i64>> for Part {
    fn from(range: RangeInclusive<i64>) -> Part {
        // `a..=-1` is all from a on.
        Part::Slice(*range.start(), Some(range.end().saturating_add(1)).filter(|end| *end != 0))
    }
}

impl Part {
    fn read(value: &Dynamic) -> Result<Part> {
        if let Ok(i) = value.as_int() {
            return Ok(Part::At(i));
        }
        if value.is_unit() {
            return Ok(Part::All);
        }
        if let Some(range) = value.read_lock::<Range<i64>>() {
            return Ok(range.clone().into());
        }
        if let Some(range) = value.read_lock::<RangeInclusive<i64>>() {
            return Ok(range.clone().into());
        }
        if let Some(tensor) = value.clone().try_cast::<TensorHandle>() {
            return Ok(Part::By(tensor));
        }
        if value.is_array() {
            let list = args::integers("an index", "integers in an inner array", value)?;
            return Ok(Part::By(Tensor::f_from_slice(&list)?.into()));
        }
        let message = format!(
            "an index is an integer, a range, () for all, a tensor, or an array of these; got {}",
            shown(value)
        );
        Err(Error::value(message))
    }

    fn read_all(parts: &Array) -> Result<Vec<Part>> {
        parts.iter().map(Part::read).collect()
    }
}

/// What the parts select: a view of `x`, and tensors that select among the elements of the view.
struct Selection {
    view: Tensor,
    by: Vec<Option<Tensor>>,
}

fn select(x: &Tensor, parts: &[Part]) -> Result<Selection> {
    let mut at = Selection { view: x.shallow_clone(), by: Vec::new() };
    // The dimension of the view that the next part is about.
    let mut dim = 0;
    let too_many = || Error::shape(format!("index of {}: more parts than dimensions", describe(x)));
    for part in parts {
        let size = at.view.size().get(dim).copied().ok_or_else(too_many)?;
        match part {
            Part::At(i) => {
                if *i < -size || *i >= size {
                    let valid =
                        if size == 0 { "it is empty".into() } else { format!("valid: {} to {}", -size, size - 1) };
                    let message = format!("index {i} is out of range for dimension {dim} of {} ({valid})", describe(x));
                    return Err(Error::shape(message));
                }
                at.view = at.view.f_select(dim as i64, *i).during("index", &[x])?;
            }
            Part::Slice(start, end) => {
                at.view = at.view.f_slice(dim as i64, *start, *end, 1).during("index", &[x])?;
                dim += 1;
            }
            Part::All => dim += 1,
            Part::By(tensor) => {
                at.by.resize_with(dim, || None);
                for column in columns(x, &at.view, dim, tensor)? {
                    at.by.push(Some(column));
                    dim += 1;
                }
            }
        }
    }
    Ok(at)
}

/// An index tensor as it is; a mask as the places where it is true, a tensor for each of its dimensions.
fn columns(x: &Tensor, view: &Tensor, dim: usize, by: &Tensor) -> Result<Vec<Tensor>> {
    let by = by.f_to_device(x.device()).during("index", &[x, by])?;
    match by.kind() {
        Kind::Int64 => Ok(vec![by]),
        Kind::Bool if by.dim() > 0 => {
            let (size, mask) = (view.size(), by.size());
            if size.get(dim..dim + mask.len()) != Some(mask.as_slice()) {
                let message = format!("a mask of shape {mask:?} does not fit {}", describe(x));
                return Err(Error::shape(message));
            }
            by.f_nonzero().and_then(|places| places.f_unbind(1)).during("index", &[x, &by])
        }
        _ => {
            let message = format!("an index tensor is int64, or a bool mask with dimensions; got {}", describe(&by));
            Err(Error::new(ErrorKind::Kind, message))
        }
    }
}

fn get(x: &Tensor, parts: &[Part]) -> ScriptResult<TensorHandle> {
    let Selection { view, by } = select(x, parts)?;
    if by.is_empty() {
        return Ok(view.into());
    }
    Ok(view.f_index(&by).during("index", &[x])?.into())
}

fn put(x: &Tensor, parts: &[Part], value: &Dynamic) -> ScriptResult<()> {
    let Selection { mut view, by } = select(x, parts)?;
    if let (true, Some(number)) = (by.is_empty(), Number::read(value)) {
        let _same = with_scalar(|| view.f_fill_(number)).during("assignment to an index", &[x])?;
        return Ok(());
    }
    let value = args::operand("assignment to an index", value, Some(x.kind()))?;
    if by.is_empty() {
        view.f_copy_(&value).during("assignment to an index", &[x, &value])?;
    } else {
        let fitted = value.f_to_device(x.device()).and_then(|v| v.f_to_kind(x.kind()));
        let fitted = fitted.during("assignment to an index", &[x, &value])?;
        let _same = view.f_index_put_(&by, &fitted, false).during("assignment to an index", &[x, &value])?;
    }
    Ok(())
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    // Each kind of index has its own form, so that the common `x[i]` does nothing but look up one row.

    #[rhai_fn(index_get, pure, return_raw)]
    pub fn at(x: &mut TensorHandle, i: i64) -> ScriptResult<TensorHandle> {
        get(x, &[Part::At(i)])
    }

    #[rhai_fn(index_get, pure, return_raw)]
    pub fn range(x: &mut TensorHandle, range: Range<i64>) -> ScriptResult<TensorHandle> {
        get(x, &[range.into()])
    }

    #[rhai_fn(index_get, pure, return_raw)]
    pub fn inclusive(x: &mut TensorHandle, range: RangeInclusive<i64>) -> ScriptResult<TensorHandle> {
        get(x, &[range.into()])
    }

    #[rhai_fn(index_get, pure, return_raw)]
    pub fn by(x: &mut TensorHandle, index: TensorHandle) -> ScriptResult<TensorHandle> {
        get(x, &[Part::By(index)])
    }

    #[rhai_fn(index_get, pure, return_raw)]
    pub fn parts(x: &mut TensorHandle, parts: Array) -> ScriptResult<TensorHandle> {
        get(x, &Part::read_all(&parts)?)
    }

    #[rhai_fn(index_set, return_raw)]
    pub fn set_at(x: &mut TensorHandle, i: i64, value: Dynamic) -> ScriptResult<()> {
        put(x, &[Part::At(i)], &value)
    }

    #[rhai_fn(index_set, return_raw)]
    pub fn set_range(x: &mut TensorHandle, range: Range<i64>, value: Dynamic) -> ScriptResult<()> {
        put(x, &[range.into()], &value)
    }

    #[rhai_fn(index_set, return_raw)]
    pub fn set_inclusive(x: &mut TensorHandle, range: RangeInclusive<i64>, value: Dynamic) -> ScriptResult<()> {
        put(x, &[range.into()], &value)
    }

    #[rhai_fn(index_set, return_raw)]
    pub fn set_by(x: &mut TensorHandle, index: TensorHandle, value: Dynamic) -> ScriptResult<()> {
        put(x, &[Part::By(index)], &value)
    }

    #[rhai_fn(index_set, return_raw)]
    pub fn set_parts(x: &mut TensorHandle, parts: Array, value: Dynamic) -> ScriptResult<()> {
        put(x, &Part::read_all(&parts)?, &value)
    }
}

/// `for row in x`: views along the first dimension.
pub struct Rows {
    x: TensorHandle,
    next: i64,
}

impl IntoIterator for TensorHandle {
    type Item = ScriptResult<TensorHandle>;
    type IntoIter = Rows;

    fn into_iter(self) -> Rows {
        Rows { x: self, next: 0 }
    }
}

impl Iterator for Rows {
    type Item = ScriptResult<TensorHandle>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.next;
        self.next += 1;
        match self.x.size().first() {
            Some(length) if row >= *length => None,
            Some(_) => {
                Some(self.x.f_select(0, row).during("iteration", &[&self.x]).map(Into::into).map_err(Into::into))
            }
            None if row > 0 => None,
            None => Some(Err(Error::shape("iteration over a tensor without dimensions").into())),
        }
    }
}
