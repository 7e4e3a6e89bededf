//! A line that shows how far a long computation is, on a terminal only.

use crate::output::{Line, complain};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Reading a loss from the device makes the program wait for it, so the line changes five times a second and no more.
const INTERVAL: Duration = Duration::from_millis(200);

/// The bar takes what the words leave; where even they are too long, they go on in the next line.
const TEMPLATE: &str = "{prefix} {wide_bar} {percent:>3}% {eta} left  {msg}";

/// Progress on stderr. Where stderr is no terminal, or one that cannot move its cursor (`TERM=dumb`), nothing is drawn
/// and only [`Progress::finish_line`] prints. The line has no colours, so `NO_COLOR` has nothing to switch off.
pub struct Progress {
    line: Line,
    updated: Cell<Instant>,
}

impl Progress {
    /// `title` stands in front (`epoch 3/30`); `total` is the number of steps to do.
    pub fn new(title: &str, total: u64) -> Self {
        Progress::on(Line::new(title, Some(total), TEMPLATE))
    }

    fn on(line: Line) -> Self {
        Progress { line, updated: Cell::new(Instant::now()) }
    }

    /// Whether anybody sees the line.
    pub fn is_visible(&self) -> bool {
        self.line.is_visible()
    }

    /// Whether it is time for an [`Progress::update`]: the caller computes its message (and waits for the device) only
    /// then. Never true where nothing is drawn.
    pub fn due(&self) -> bool {
        self.is_visible() && self.updated.get().elapsed() >= INTERVAL
    }

    /// Shows that `done` of the steps are done, with the time left, and `message` (`loss 0.532, accuracy 0.74`).
    pub fn update(&self, done: u64, message: &str) {
        self.updated.set(Instant::now());
        self.line.update(done, message);
    }

    /// Prints a line that stays: above the progress line on a terminal, plainly on stderr elsewhere.
    pub fn finish_line(&self, text: &str) {
        complain(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::screen::Screen;

    fn shown(columns: u16) -> String {
        let screen = Screen::of(columns);
        let progress = Progress::on(Line::for_test(Some(screen.boxed()), "epoch 3/30", Some(40), TEMPLATE));
        std::thread::sleep(INTERVAL);
        assert!(progress.due());
        progress.update(10, "loss 0.532, accuracy 0.74");
        assert!(!progress.due(), "an update was just made");
        screen.take()
    }

    #[test]
    fn the_line_tells_title_share_time_left_and_message() {
        let text = shown(100);
        for part in ["epoch 3/30", "━━━━", "25%", "left", "loss 0.532, accuracy 0.74"] {
            assert!(text.contains(part), "no `{part}` in {text:?}");
        }
    }

    #[test]
    fn a_narrow_terminal_loses_the_bar_and_no_words() {
        shown(1);
        for columns in [40, 20] {
            let text = shown(columns);
            assert!(!text.contains('━') && text.contains("25%") && text.contains("accuracy 0.74"), "{text:?}");
        }
    }

    #[test]
    fn without_a_terminal_no_update_is_ever_due() {
        let progress = Progress::on(Line::for_test(None, "epoch 1/2", Some(10), TEMPLATE));
        std::thread::sleep(INTERVAL);
        assert!(!progress.due());
        progress.update(10, "");
        progress.finish_line("epoch 1/2: done");
    }
}
