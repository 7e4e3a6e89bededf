//! What a column holds, and its values as texts.

use super::super::cell::Cell;
use crate::ml::data::table::Encoding;
use crate::ml::data::utf8::{decode, decode_owned};
use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescriptor;
use std::borrow::Cow;

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
                Err(format!("holds {}, expected texts", type_of(column)))
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
                _ => Err(format!("holds {}, expected texts or plain numbers", type_of(column))),
            },
            _ => Err(format!("holds {}, expected texts or plain numbers", type_of(column))),
        }
    }
}

/// What a column holds, in the format's own words.
fn type_of(column: &ColumnDescriptor) -> String {
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(logical), _) => format!("values of the type {logical:?}"),
        (None, ConvertedType::NONE) => format!("values of the type {}", column.physical_type()),
        (None, converted) => format!("values of the type {converted}"),
    }
}

/// Some values of a column.
pub(super) struct Values {
    /// A value stands where neither the field nor what it is in is null: where the level is the highest. Empty where nothing can be null.
    levels: Vec<i16>,
    highest: i16,
    held: Held,
}

/// Those that are not null.
enum Held {
    /// Parts of the pages, which they keep in memory.
    Texts(Vec<ByteArray>, Encoding),
    Shown(Vec<String>),
}

impl Values {
    /// The next values of a column, at most `count`; none at its end.
    ///
    /// # Errors
    /// What the crate says of a damaged file.
    pub fn next(reader: &mut ColumnReader, column: &ColumnDescriptor, kind: Kind, count: usize) -> Result<Values> {
        let (mut levels, highest) = (Vec::new(), column.max_def_level());
        let held = match (reader, kind) {
            (ColumnReader::ByteArrayColumnReader(reader), Kind::Text(encoding)) => {
                Held::Texts(read(reader, highest, count, &mut levels)?, encoding)
            }
            (ColumnReader::BoolColumnReader(reader), Kind::Bool) => {
                shown(read(reader, highest, count, &mut levels)?, |value| value.to_string())
            }
            (ColumnReader::Int32ColumnReader(reader), Kind::Signed) => {
                shown(read(reader, highest, count, &mut levels)?, |value| value.to_string())
            }
            (ColumnReader::Int32ColumnReader(reader), Kind::Unsigned) => {
                shown(read(reader, highest, count, &mut levels)?, |value| (value as u32).to_string())
            }
            (ColumnReader::Int64ColumnReader(reader), Kind::Signed) => {
                shown(read(reader, highest, count, &mut levels)?, |value| value.to_string())
            }
            (ColumnReader::Int64ColumnReader(reader), Kind::Unsigned) => {
                shown(read(reader, highest, count, &mut levels)?, |value| (value as u64).to_string())
            }
            (ColumnReader::FloatColumnReader(reader), Kind::Float) => {
                shown(read(reader, highest, count, &mut levels)?, |value| value.to_string())
            }
            (ColumnReader::DoubleColumnReader(reader), Kind::Float) => {
                shown(read(reader, highest, count, &mut levels)?, |value| value.to_string())
            }
            _ => return Err(ParquetError::General("a column is of another type than the footer says".into())),
        };
        Ok(Values { levels, highest, held })
    }

    pub fn len(&self) -> usize {
        match (self.highest, &self.held) {
            (1.., _) => self.levels.len(),
            (_, Held::Texts(texts, _)) => texts.len(),
            (_, Held::Shown(values)) => values.len(),
        }
    }

    /// # Errors
    /// Bytes that the encoding cannot read; less values than the levels promise.
    pub fn cells(&self) -> crate::error::Result<Vec<Cell<'_>>> {
        match &self.held {
            Held::Texts(texts, encoding) => self.placed(texts.iter().map(|bytes| text(bytes.data(), *encoding))),
            Held::Shown(values) => self.placed(values.iter().map(|value| Ok((value.as_str().into(), 0)))),
        }
    }

    /// The values at their places among those that are null.
    fn placed<'v>(
        &self,
        mut values: impl Iterator<Item = crate::error::Result<(Cow<'v, str>, usize)>>,
    ) -> crate::error::Result<Vec<Cell<'v>>> {
        if self.highest == 0 {
            return values.map(|value| value.map(Some)).collect();
        }
        let cell = |level: &i16| match *level == self.highest {
            true => values.next().transpose(),
            false => Ok(None),
        };
        self.levels.iter().map(cell).collect()
    }
}

fn read<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    highest: i16,
    count: usize,
    levels: &mut Vec<i16>,
) -> Result<Vec<T::T>> {
    let mut values = Vec::new();
    reader.read_records(count, (highest > 0).then_some(levels), None, &mut values)?;
    Ok(values)
}

fn shown<T>(values: Vec<T>, show: impl Fn(T) -> String) -> Held {
    Held::Shown(values.into_iter().map(show).collect())
}

fn text(bytes: &[u8], encoding: Encoding) -> crate::error::Result<(Cow<'_, str>, usize)> {
    match encoding {
        Encoding::Utf8 => Ok(decode(bytes)),
        other => {
            let (text, replaced) = decode_owned(other.to_utf8(bytes.to_vec())?);
            Ok((text.into(), replaced))
        }
    }
}
