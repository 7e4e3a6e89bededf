//! A line that shows how far a long computation is, on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Reading a loss from the device makes the program wait for it, so the line changes five times a second and no more.
const INTERVAL: Duration = Duration::from_millis(200);

/// Progress on stderr. Where stderr is no terminal, or one that cannot move its cursor (`TERM=dumb`), nothing is drawn
/// and only [`Progress::finish_line`] prints. The line has no colours, so `NO_COLOR` has nothing to switch off.
pub struct Progress {
    bar: ProgressBar,
    updated: Cell<Instant>,
}

impl Progress {
    /// `title` stands in front (`epoch 3/30`); `total` is the number of steps to do.
    pub fn new(title: &str, total: u64) -> Self {
        Progress::on(ProgressDrawTarget::stderr(), title, total)
    }

    fn on(target: ProgressDrawTarget, title: &str, total: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total), target);
        // The bar takes what the words leave; where even they are too long, they go on in the next line.
        let template = "{prefix} {wide_bar} {percent:>3}% {eta} left  {msg}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("━╸ "));
        bar.set_prefix(title.to_string());
        Progress { bar, updated: Cell::new(Instant::now()) }
    }

    /// Whether anybody sees the line.
    pub fn is_visible(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Whether it is time for an [`Progress::update`]: the caller computes its message (and waits for the device) only
    /// then. Never true where nothing is drawn.
    pub fn due(&self) -> bool {
        self.is_visible() && self.updated.get().elapsed() >= INTERVAL
    }

    /// Shows that `done` of the steps are done, with the time left, and `message` (`loss 0.532, accuracy 0.74`).
    pub fn update(&self, done: u64, message: &str) {
        self.updated.set(Instant::now());
        self.bar.set_message(message.to_string());
        self.bar.set_position(done);
    }

    /// Runs `f`, which writes to the terminal, while the line is not there.
    pub fn aside<T>(&self, f: impl FnOnce() -> T) -> T {
        self.bar.suspend(f)
    }

    /// Prints a line that stays: above the progress line on a terminal, plainly on stderr elsewhere.
    pub fn finish_line(&self, text: &str) {
        self.bar.suspend(|| eprintln!("{text}"));
    }
}

impl Drop for Progress {
    /// However the computation ends, the terminal is left clean.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{Arc, Mutex};

    /// A terminal that remembers what was written to it.
    #[derive(Debug, Clone)]
    struct Screen {
        columns: u16,
        written: Arc<Mutex<String>>,
    }

    impl indicatif::TermLike for Screen {
        fn width(&self) -> u16 {
            self.columns
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, s: &str) -> io::Result<()> {
            self.write_str(s)
        }
        fn write_str(&self, s: &str) -> io::Result<()> {
            self.written.lock().unwrap().push_str(s);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn shown(columns: u16) -> String {
        let screen = Screen { columns, written: Arc::default() };
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), 255);
        let progress = Progress::on(target, "epoch 3/30", 40);
        std::thread::sleep(INTERVAL);
        assert!(progress.due());
        progress.update(10, "loss 0.532, accuracy 0.74");
        assert!(!progress.due(), "an update was just made");
        let written = screen.written.lock().unwrap();
        written.clone()
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
        let progress = Progress::on(ProgressDrawTarget::hidden(), "epoch 1/2", 10);
        std::thread::sleep(INTERVAL);
        assert!(!progress.due());
        progress.update(10, "");
        progress.finish_line("epoch 1/2: done");
    }
}
