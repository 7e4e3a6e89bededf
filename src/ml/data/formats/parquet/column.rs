//! The values of a column as texts.

use super::super::cell::Cell;
use crate::ml::data::table::Encoding;
use crate::ml::data::utf8::decode_owned;
use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescriptor;

/// What the values of a column mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Bytes in this encoding; what is called a string is UTF-8.
    Text(Encoding),
    Bool,
    Signed,
    Unsigned,
    Float,
}

impl Kind {
    /// What a column of texts holds, or one of labels.
    ///
    /// # Errors
    /// Why it holds none.
    pub fn of(column: &ColumnDescriptor, encoding: Encoding, is_text: bool) -> Result<Kind, String> {
        match Kind::any(column, encoding)? {
            Kind::Bool | Kind::Signed | Kind::Unsigned | Kind::Float if is_text => {
                Err(format!("holds {}, expected texts", shown(column)))
            }
            kind => Ok(kind),
        }
    }

    fn any(column: &ColumnDescriptor, encoding: Encoding) -> Result<Kind, String> {
        if column.max_rep_level() > 0 {
            return Err("holds a list in each row, expected one value".into());
        }
        let logical = column.logical_type_ref();
        match (column.physical_type(), logical, column.converted_type()) {
            (Type::BYTE_ARRAY, Some(LogicalType::String | LogicalType::Json | LogicalType::Enum), _)
            | (Type::BYTE_ARRAY, None, ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM) => {
                Ok(Kind::Text(Encoding::Utf8))
            }
            (Type::BYTE_ARRAY, None, ConvertedType::NONE) => Ok(Kind::Text(encoding)),
            (Type::BOOLEAN, ..) => Ok(Kind::Bool),
            (Type::FLOAT | Type::DOUBLE, ..) => Ok(Kind::Float),
            (Type::INT32 | Type::INT64, Some(LogicalType::Integer(integer)), _) => {
                Ok(if integer.is_signed { Kind::Signed } else { Kind::Unsigned })
            }
            (Type::INT32 | Type::INT64, None, converted) => match converted {
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
                    Ok(Kind::Unsigned)
                }
                ConvertedType::NONE
                | ConvertedType::INT_8
                | ConvertedType::INT_16
                | ConvertedType::INT_32
                | ConvertedType::INT_64 => Ok(Kind::Signed),
                _ => Err(format!("holds {}, expected texts or plain numbers", shown(column))),
            },
            _ => Err(format!("holds {}, expected texts or plain numbers", shown(column))),
        }
    }
}

/// What a column holds, in the format's own words.
fn shown(column: &ColumnDescriptor) -> String {
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(logical), _) => format!("values of the type {logical:?}"),
        (None, ConvertedType::NONE) => format!("values of the type {}", column.physical_type()),
        (None, converted) => format!("values of the type {converted}"),
    }
}

/// The next values of a column, at most `count`; none at its end.
///
/// # Errors
/// What the crate says of a damaged file.
pub(super) fn next(
    reader: &mut ColumnReader,
    column: &ColumnDescriptor,
    kind: Kind,
    count: usize,
) -> Result<Vec<Cell>> {
    let levels = column.max_def_level();
    let number = |number: String| (number, 0);
    match (reader, kind) {
        (ColumnReader::ByteArrayColumnReader(reader), Kind::Text(encoding)) => {
            values(reader, levels, count, |bytes| text(bytes, encoding))
        }
        (ColumnReader::BoolColumnReader(reader), Kind::Bool) => {
            values(reader, levels, count, |value| Ok(number(value.to_string())))
        }
        (ColumnReader::Int32ColumnReader(reader), Kind::Signed) => {
            values(reader, levels, count, |value| Ok(number(value.to_string())))
        }
        (ColumnReader::Int32ColumnReader(reader), Kind::Unsigned) => {
            values(reader, levels, count, |value| Ok(number((*value as u32).to_string())))
        }
        (ColumnReader::Int64ColumnReader(reader), Kind::Signed) => {
            values(reader, levels, count, |value| Ok(number(value.to_string())))
        }
        (ColumnReader::Int64ColumnReader(reader), Kind::Unsigned) => {
            values(reader, levels, count, |value| Ok(number((*value as u64).to_string())))
        }
        (ColumnReader::FloatColumnReader(reader), Kind::Float) => {
            values(reader, levels, count, |value| Ok(number(value.to_string())))
        }
        (ColumnReader::DoubleColumnReader(reader), Kind::Float) => {
            values(reader, levels, count, |value| Ok(number(value.to_string())))
        }
        _ => Err(ParquetError::General("a column is of another type than the footer says".into())),
    }
}

fn values<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    full: i16,
    count: usize,
    show: impl Fn(&T::T) -> Result<(String, usize)>,
) -> Result<Vec<Cell>> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    reader.read_records(count, (full > 0).then_some(&mut levels), None, &mut values)?;
    let mut values = values.iter().map(show);
    if full == 0 {
        return values.map(|value| value.map(Some)).collect();
    }
    // A value stands where neither the field nor what it is in is null.
    let cell = |level: i16| match level == full {
        true => values.next().transpose(),
        false => Ok(None),
    };
    levels.into_iter().map(cell).collect()
}

fn text(bytes: &ByteArray, encoding: Encoding) -> Result<(String, usize)> {
    match encoding {
        Encoding::Utf8 => Ok(decode_owned(bytes.data().to_vec())),
        other => {
            let external = |e| ParquetError::External(Box::new(e));
            Ok(decode_owned(other.to_utf8(bytes.data().to_vec()).map_err(external)?))
        }
    }
}
