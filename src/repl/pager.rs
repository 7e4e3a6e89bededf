//! What is longer than the window, in the user's pager.

use super::terminal::hand_over;
use crate::output::{is_dumb, say, size, stdout_is_terminal, visible};
use std::env;
use unicode_width::UnicodeWidthStr;

/// As git has it: ends at once where all fits, keeps colours, leaves the text on the screen.
const USUAL: [&str; 2] = ["less", "-RFX"];

/// Shows what a command says: in `$PAGER` where it is longer than the window, if `wanted`.
pub fn show(text: &str, wanted: bool) {
    let is_long = size().is_some_and(|(rows, columns)| height(text, columns.into()) >= usize::from(rows));
    if !wanted || !is_long || !stdout_is_terminal() || is_dumb() || !pages(text) {
        say(text);
    }
}

/// Whether a pager has shown it.
fn pages(text: &str) -> bool {
    let set = env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
    let words: Vec<&str> = set.as_deref().map_or(USUAL.to_vec(), |pager| pager.split_whitespace().collect());
    let Some((program, arguments)) = words.split_first() else { return false };
    // One that is not there, or not what its name says (127), shows nothing.
    hand_over(&format!("{}\n", visible(text)), program, arguments).is_ok_and(|status| status.code() != Some(127))
}

/// How many rows a text takes.
fn height(text: &str, columns: usize) -> usize {
    text.lines().map(|line| line.width().div_ceil(columns.max(1)).max(1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_too_long_take_several_rows() {
        assert_eq!(height("a\n\n日本語", 5), 4);
        assert_eq!(height("", 5), 0);
        assert_eq!(height("abc", 0), 3);
    }
}
