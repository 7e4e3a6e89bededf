//! All kinds, in the order of their numbers.

use super::kind::Kind;
use super::{errors, warnings};

/// A new kind is a constant beside the others of its sort, and a row here.
pub static TABLE: &[&Kind] = &[
    &errors::SYNTAX,
    &errors::FUNCTION,
    &errors::COUNT,
    &errors::VARIABLE,
    &errors::MODULE,
    &errors::OPTION,
    &errors::WORD,
    &errors::THIS,
    &errors::IMPORT,
    &errors::LOCKED,
    &warnings::PROPERTY,
    &warnings::COPY,
    &warnings::BACKTICKS,
    &warnings::DIVISION,
    &warnings::DISCARDED,
    &warnings::UNREAD,
    &warnings::HIDDEN,
    &warnings::UNREACHABLE,
    &warnings::PARAMETERS,
    &warnings::INDEX,
    &warnings::UNPACKED,
];

/// The kind of this number.
pub fn numbered(number: &str) -> Option<&'static Kind> {
    TABLE.iter().copied().find(|kind| kind.number.eq_ignore_ascii_case(number))
}
