//! How many bytes are done, in a line on stderr; on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::Read;

pub(super) struct Bar(ProgressBar);

impl Bar {
    /// `done` bytes are there when it begins.
    pub fn bytes(title: &'static str, total: Option<u64>, done: u64) -> Bar {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        let template = match total {
            Some(_) => {
                "{prefix} {wide_bar} {decimal_bytes} of {decimal_total_bytes}  {decimal_bytes_per_sec}  {eta} left"
            }
            None => "{prefix} {spinner} {decimal_bytes}  {decimal_bytes_per_sec}",
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("━╸ "));
        bar.set_prefix(title);
        bar.set_position(done);
        // What was there before took no time now.
        bar.reset_eta();
        Bar(bar)
    }

    /// A reader whose bytes move the bar.
    pub fn read<R: Read>(&self, from: R) -> impl Read + use<R> {
        self.0.wrap_read(from)
    }

    pub fn set(&self, done: u64) {
        self.0.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
