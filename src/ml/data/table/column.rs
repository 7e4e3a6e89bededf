//! Which column of a table.

use std::fmt;

/// A column by its name in the first line, or by its place, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    Name(String),
    Place(usize),
}

impl Column {
    /// The columns that a list such as `"title, body"` names.
    pub(in crate::ml::data) fn listed(list: &str) -> Vec<Column> {
        list.split(',').map(|name| Column::Name(name.trim().to_string())).collect()
    }

    /// Its place where the table's columns have no names.
    pub(in crate::ml::data) fn place(&self) -> Option<usize> {
        match self {
            Column::Place(place) => Some(*place),
            Column::Name(name) => name.trim().parse().ok(),
        }
    }
}

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Column::Name(name.to_string())
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Column::Name(name) => f.write_str(name),
            Column::Place(place) => write!(f, "{place}"),
        }
    }
}
