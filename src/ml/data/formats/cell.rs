//! Values as they come out of columns, and the rows that they make.

use super::class_label::ClassLabel;
use crate::error::Result;
use crate::ml::data::table::{Cells, TableOptions};
use std::borrow::Cow;

/// A text, and how many of its characters stand for bytes that were none; `None` for null.
pub(super) type Cell = Option<(String, usize)>;

/// What takes the rows of a file in their order.
pub(super) type TakeRow<'i> = &'i mut dyn FnMut(Cells) -> Result<()>;

/// A row of the cells of its texts, of which those that are null are left out, and of its label.
pub(super) fn row(
    line: u64,
    texts: impl Iterator<Item = Cell>,
    label: Cell,
    class: Option<&ClassLabel>,
    options: &TableOptions,
) -> Cells<'static> {
    let label = label.map(|(label, _)| label);
    let label = match class {
        Some(class) => label.and_then(|label| class.label(label)),
        None => label,
    };
    let mut joined: Cell = None;
    for (text, replaced) in texts.flatten() {
        match &mut joined {
            None => joined = Some((text, replaced)),
            // What says nothing leaves no trace.
            Some(_) if text.trim().is_empty() => {}
            Some((all, count)) if all.trim().is_empty() => (*all, *count) = (text, replaced),
            Some((all, count)) => {
                all.push_str(&options.join);
                all.push_str(&text);
                *count += replaced;
            }
        }
    }
    let (text, replaced) = joined.map_or((None, 0), |(text, replaced)| (Some(text), replaced));
    Cells { line, text: text.map(Cow::Owned), label: label.map(Cow::Owned), replaced }
}
