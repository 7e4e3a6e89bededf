//! How many bytes are done, in a line on stderr; on a terminal only.

use crate::output::Line;

/// A line for `total` bytes, of which `done` are there when it begins.
pub(super) fn bytes(title: &str, total: Option<u64>, done: u64) -> Line {
    let template = match total {
        Some(_) => "{prefix} {wide_bar} {decimal_bytes} of {decimal_total_bytes}  {decimal_bytes_per_sec}  {eta} left",
        None => "{prefix} {spinner} {decimal_bytes}  {decimal_bytes_per_sec}",
    };
    let line = Line::new(title, total, template);
    line.begin_at(done);
    line
}
