//! The element kinds that scripts use, under PyTorch's names.

use crate::error::{Error, ErrorKind, Result};
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
    KINDS.iter().find(|(n, _)| *n == name).map(|(_, kind)| *kind).ok_or_else(|| {
        let names: Vec<&str> = KINDS.iter().map(|(n, _)| *n).collect();
        Error::unknown(ErrorKind::Kind, "kind", name, &names)
    })
}

/// [`Kind::Float`] → `"float32"`; kinds outside the table (they come from foreign files only) as tch names them.
pub fn kind_name(kind: Kind) -> String {
    match KINDS.iter().find(|(_, k)| *k == kind) {
        Some((name, _)) => (*name).to_string(),
        None => format!("{kind:?}").to_lowercase(),
    }
}
