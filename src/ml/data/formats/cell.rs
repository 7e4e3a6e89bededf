//! Values as they come out of columns, and the rows that they make.

use super::class_label::ClassLabel;
use crate::ml::data::table::{Cells, TableOptions};
use std::borrow::Cow;

/// A text, and how many of its characters stand for bytes that were none; `None` for null.
pub(super) type Cell<'c> = Option<(Cow<'c, str>, usize)>;

/// A row of the cells of its texts, of which those that are null are left out, and of its label.
pub(super) fn row<'c>(
    line: u64,
    texts: impl Iterator<Item = Cell<'c>>,
    label: Cell<'c>,
    class: Option<&ClassLabel>,
    options: &TableOptions,
) -> Cells<'c> {
    let label = label.map(|(label, _)| label).filter(|label| class.is_none_or(|class| class.is_label(label)));
    let mut joined: Cell = None;
    for (text, replaced) in texts.flatten() {
        match &mut joined {
            None => joined = Some((text, replaced)),
            // What says nothing leaves no trace.
            Some(_) if text.trim().is_empty() => {}
            Some((all, count)) if all.trim().is_empty() => (*all, *count) = (text, replaced),
            Some((all, count)) => {
                let all = all.to_mut();
                all.push_str(&options.join);
                all.push_str(&text);
                *count += replaced;
            }
        }
    }
    let (text, replaced) = joined.map_or((None, 0), |(text, replaced)| (Some(text), replaced));
    Cells { line, text, label, replaced }
}
