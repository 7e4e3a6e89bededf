//! The element kinds that scripts use, under PyTorch's names.

use crate::error::{ErrorKind, Result, choose};
use tch::Kind;

const KINDS: [(&str, Kind); 5] = [
    ("float32", Kind::Float),
    ("float64", Kind::Double),
    ("bfloat16", Kind::BFloat16),
    ("int64", Kind::Int64),
    ("bool", Kind::Bool),
];

/// `"float32"` → [`Kind::Float`].
///
/// # Errors
/// A name that is not in the table, with the nearest that is.
pub fn kind_from_name(name: &str) -> Result<Kind> {
    choose(&KINDS, name, ErrorKind::Kind, "kind")
}

/// [`Kind::Float`] → `"float32"`; kinds outside the table (they come from foreign files only) as tch names them.
pub fn kind_name(kind: Kind) -> String {
    match KINDS.iter().find(|(_, k)| *k == kind) {
        Some((name, _)) => (*name).to_string(),
        None => format!("{kind:?}").to_lowercase(),
    }
}
