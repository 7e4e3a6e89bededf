//! The one error of the library: a kind that a script can test, and a message written for the person at the prompt.

use std::fmt;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as a word that scripts compare against (`e.kind == "shape"`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Shapes that do not fit each other or the operation.
    Shape,
    /// A tensor of the wrong element kind (`float32`, `int64`, …).
    Kind,
    /// A device that is not there, or tensors on different ones.
    Device,
    /// An unknown option, or an option of the wrong type.
    Option,
    /// The command line asked for what the script does not have.
    Usage,
    /// An argument outside the values that make sense.
    Value,
    /// A file or folder that cannot be read or written.
    File,
    /// A file or folder that scripts may not read or write.
    Access,
    /// Contents of a file or data set that are not what they should be.
    Data,
    /// A loss or parameter that is NaN or infinite.
    NotFinite,
    /// The user asked to stop.
    Interrupted,
    /// Memory that cannot be had.
    Memory,
    /// A fault of the program's own: it panicked.
    Internal,
    /// Anything else that libtorch reports.
    Torch,
}

impl ErrorKind {
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Shape => "shape",
            ErrorKind::Kind => "kind",
            ErrorKind::Device => "device",
            ErrorKind::Option => "option",
            ErrorKind::Usage => "usage",
            ErrorKind::Value => "value",
            ErrorKind::File => "file",
            ErrorKind::Access => "access",
            ErrorKind::Data => "data",
            ErrorKind::NotFinite => "not_finite",
            ErrorKind::Interrupted => "interrupted",
            ErrorKind::Memory => "memory",
            ErrorKind::Internal => "internal",
            ErrorKind::Torch => "torch",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub kind: ErrorKind,
    pub message: String,
}

impl Error {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into() }
    }

    pub fn interrupted(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Interrupted, message)
    }

    /// An argument that `operation` cannot work with.
    pub fn value(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Value, message)
    }

    pub fn shape(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Shape, message)
    }

    pub fn data(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Data, message)
    }

    /// A file operation that failed: `cannot read reviews.csv: No such file or directory`.
    pub fn file(doing: &str, path: &std::path::Path, cause: impl fmt::Display) -> Self {
        let path = match path.is_relative() && std::env::current_dir().is_err() {
            true => format!("{}, for the current folder is gone", path.display()),
            false => path.display().to_string(),
        };
        Error::new(ErrorKind::File, format!("cannot {doing} {path}: {cause}"))
    }

    /// A name that is not in a table: says the nearest that is, and all of them.
    pub fn unknown(kind: ErrorKind, what: &str, name: &str, known: &[&str]) -> Self {
        let nearest = did_you_mean(name, known);
        let list = known.join(", ");
        Error::new(kind, format!("unknown {what} `{name}`{nearest} (known: {list})"))
    }

    /// The same error with `operation: ` in front, so that the user sees what was asked.
    pub fn within(self, operation: &str) -> Self {
        if self.kind == ErrorKind::Interrupted {
            return self;
        }
        Error { message: format!("{operation}: {}", self.message), ..self }
    }
}

/// What `name` stands for in a table of names; `what` they are the names of: a readout.
///
/// # Errors
/// Another name, with the nearest known one.
pub fn choose<T: Copy>(table: &[(&str, T)], name: &str, kind: ErrorKind, what: &str) -> Result<T> {
    table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
        Error::unknown(kind, what, name, &names)
    })
}

/// `; did you mean `lr`?`, or nothing where no candidate is close.
pub fn did_you_mean(name: &str, candidates: &[&str]) -> String {
    nearest(name, candidates).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
}

/// The candidate most like `name`, if any is close enough to be a slip of the finger.
pub fn nearest<'a>(name: &str, candidates: &[&'a str]) -> Option<&'a str> {
    /// In bytes. The comparison takes memory and time for each two letters of both.
    const LONGEST: usize = 100;
    let is_name = |text: &str| text.len() <= LONGEST;
    candidates
        .iter()
        .filter(|c| is_name(name) && is_name(c))
        .map(|c| (strsim::damerau_levenshtein(&name.to_lowercase(), &c.to_lowercase()), *c))
        .filter(|(distance, c)| {
            let length = c.len().min(name.len());
            *distance < length && *distance <= length.div_ceil(3)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest_known_one() {
        let e = Error::unknown(ErrorKind::Option, "option", "momentun", &["lr", "momentum"]);
        assert_eq!(e.message, "unknown option `momentun`; did you mean `momentum`? (known: lr, momentum)");
        for (name, known, found) in [
            ("zzz", "lr", None),
            ("+", "T", None),
            ("foo", "doc", None),
            ("ll2", "l2", Some("l2")),
            ("lod", "load", Some("load")),
        ] {
            assert_eq!(nearest(name, &[known]), found, "{name}");
        }
        // Two that files hold: their comparison would take terabytes.
        let long = "a".repeat(1 << 20);
        assert_eq!(nearest(&format!("{long}b"), &[&long, "b"]), None);
    }
}
