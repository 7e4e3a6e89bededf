//! The values of a column as texts.

use super::super::cell::Cell;
use crate::error::Result;
use crate::ml::data::table::Encoding;
use crate::ml::data::utf8::{decode, decode_owned};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use std::borrow::Cow;

pub(super) fn holds_text(data: &DataType) -> bool {
    use DataType::{Binary, BinaryView, Dictionary, LargeBinary, LargeUtf8, Null, Utf8, Utf8View};
    match data {
        Utf8 | LargeUtf8 | Utf8View | Binary | LargeBinary | BinaryView | Null => true,
        Dictionary(_, values) => holds_text(values),
        _ => false,
    }
}

pub(super) fn holds_label(data: &DataType) -> bool {
    match data {
        DataType::Boolean => true,
        DataType::Dictionary(_, values) => holds_label(values),
        data => data.is_integer() || data.is_floating(),
    }
}

/// The cells of a column that [`holds_text`] or [`holds_label`].
///
/// # Errors
/// Bytes that the encoding cannot read.
pub(super) fn cells(array: &ArrayRef, encoding: Encoding) -> Result<Vec<Cell<'_>>> {
    use DataType as D;
    let text = |value: Option<_>| value.map(|value| (Cow::Borrowed(value), 0));
    Ok(match array.data_type() {
        D::Utf8 => array.as_string::<i32>().iter().map(text).collect(),
        D::LargeUtf8 => array.as_string::<i64>().iter().map(text).collect(),
        D::Utf8View => array.as_string_view().iter().map(text).collect(),
        D::Binary => array.as_binary::<i32>().iter().map(|value| bytes(value, encoding)).collect::<Result<_>>()?,
        D::LargeBinary => array.as_binary::<i64>().iter().map(|value| bytes(value, encoding)).collect::<Result<_>>()?,
        D::BinaryView => array.as_binary_view().iter().map(|value| bytes(value, encoding)).collect::<Result<_>>()?,
        D::Boolean => array.as_boolean().iter().map(|value| value.map(|value| (value.to_string().into(), 0))).collect(),
        D::Int8 => numbers::<Int8Type>(array),
        D::Int16 => numbers::<Int16Type>(array),
        D::Int32 => numbers::<Int32Type>(array),
        D::Int64 => numbers::<Int64Type>(array),
        D::UInt8 => numbers::<UInt8Type>(array),
        D::UInt16 => numbers::<UInt16Type>(array),
        D::UInt32 => numbers::<UInt32Type>(array),
        D::UInt64 => numbers::<UInt64Type>(array),
        D::Float16 => numbers::<Float16Type>(array),
        D::Float32 => numbers::<Float32Type>(array),
        D::Float64 => numbers::<Float64Type>(array),
        D::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let values = cells(dictionary.values(), encoding)?;
            // Where a key is null, a place that is none may stand for it.
            let keys = dictionary.normalized_keys();
            let cell = |(row, key): (usize, usize)| {
                if array.is_null(row) { None } else { values.get(key).cloned().flatten() }
            };
            keys.into_iter().enumerate().map(cell).collect()
        }
        _ => vec![None; array.len()],
    })
}

fn numbers<T: ArrowPrimitiveType>(array: &ArrayRef) -> Vec<Cell<'_>>
where
    T::Native: ToString,
{
    array.as_primitive::<T>().iter().map(|value| value.map(|value| (value.to_string().into(), 0))).collect()
}

fn bytes(value: Option<&[u8]>, encoding: Encoding) -> Result<Cell<'_>> {
    let Some(value) = value else { return Ok(None) };
    Ok(Some(match encoding {
        Encoding::Utf8 => decode(value),
        other => {
            let (text, replaced) = decode_owned(other.to_utf8(value.to_vec())?);
            (text.into(), replaced)
        }
    }))
}
