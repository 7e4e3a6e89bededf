//! A line that shows how far a long computation is, on a terminal only.

use crate::output::{Line, complain, in_a_line};
use console::{measure_text_width, truncate_str};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Reading a loss from the device makes the program wait for it, so the line changes five times a second and no more.
const INTERVAL: Duration = Duration::from_millis(200);

/// All of it is composed here, so that it is one row however narrow the terminal is.
const TEMPLATE: &str = "{wide_msg}";
/// A bar of fewer columns shows nothing.
const LEAST_BAR: usize = 4;

/// Progress on stderr. Where stderr is no terminal, or one that cannot move its cursor (`TERM=dumb`), nothing is drawn
/// and only [`Progress::finish_line`] prints. The line has no colours, so `NO_COLOR` has nothing to switch off.
pub struct Progress {
    line: Line,
    title: String,
    total: u64,
    updated: Cell<Instant>,
    /// The first update: how much was done, when, and how long the line had been away.
    first: Cell<Option<(u64, Instant, Duration)>>,
    is_over: Cell<bool>,
}

impl Progress {
    /// `title` stands in front (`epoch 3/30`); `total` is the number of steps to do.
    pub fn new(title: &str, total: u64) -> Self {
        Progress::on(Line::new("", Some(total), TEMPLATE), title, total)
    }

    fn on(line: Line, title: &str, total: u64) -> Self {
        let title = in_a_line(title).into_owned();
        let updated = Cell::new(Instant::now());
        Progress { line, title, total, updated, first: Cell::default(), is_over: Cell::default() }
    }

    /// Whether anybody sees the line.
    pub fn is_visible(&self) -> bool {
        !self.is_over.get() && self.line.is_visible()
    }

    /// Whether it is time for an [`Progress::update`]: the caller computes its message (and waits for the device) only
    /// then. Never true where nothing is drawn.
    pub fn due(&self) -> bool {
        self.is_visible() && self.updated.get().elapsed() >= INTERVAL
    }

    /// Shows that `done` of the steps are done, with the time left, and `message` (`loss 0.532, accuracy 0.74`). Nothing once the line has
    /// ended.
    pub fn update(&self, done: u64, message: &str) {
        if self.is_over.get() {
            return;
        }
        self.updated.set(Instant::now());
        let left = self.left(done);
        let text = composed((&self.title, &in_a_line(message)), (done, self.total), left, self.line.columns());
        self.line.update(done, &text);
    }

    /// Ends the line, and leaves another one in its place: on a terminal, and plainly on stderr elsewhere.
    pub fn finish_line(&self, text: &str) {
        self.is_over.set(true);
        self.line.end();
        complain(text);
    }

    /// The time that the rest takes if it goes on as since the first update, without the time at a prompt. What was done before that, in an
    /// epoch that is resumed, took none. Not known before anything was done since.
    fn left(&self, done: u64) -> Option<Duration> {
        let now = (done, Instant::now(), self.line.time_away());
        let Some((done_first, since, away)) = self.first.get() else {
            self.first.set(Some(now));
            return None;
        };
        let worked = since.elapsed().saturating_sub(now.2.saturating_sub(away));
        let steps = done.checked_sub(done_first).filter(|steps| *steps > 0)?;
        Some(worked.mul_f64(self.total.saturating_sub(done) as f64 / steps as f64))
    }
}

/// `epoch 3/30 ━━━━━╸     25% 12s left  loss 0.5`, of at most so many columns: where they are few, the bar goes first, then the ends of the words.
fn composed(
    (title, message): (&str, &str),
    (done, total): (u64, u64),
    left: Option<Duration>,
    columns: usize,
) -> String {
    let share = if total == 0 { 0.0 } else { (done as f64 / total as f64).min(1.0) };
    let left = left.map(|left| format!(" {} left", spelled(left))).unwrap_or_default();
    let behind = format!("{:>3.0}%{left}  {message}", (share * 100.0).floor());
    let behind = behind.trim_end();
    let words = measure_text_width(title) + measure_text_width(behind) + 2;
    match columns.checked_sub(words).filter(|room| *room >= LEAST_BAR) {
        Some(room) => format!("{title} {} {behind}", bar(share, room)),
        None => truncate_str(&format!("{title} {}", behind.trim_start()), columns, "…").into_owned(),
    }
}

fn bar(share: f64, columns: usize) -> String {
    let full = (share * columns as f64) as usize;
    let tip = if full < columns { "╸" } else { "" };
    format!("{}{tip}{}", "━".repeat(full), " ".repeat(columns.saturating_sub(full + 1)))
}

/// `7s`, `3m 20s`, `2h 05m`.
fn spelled(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s}s"),
        (0, m, s) => format!("{m}m {s:02}s"),
        (h, m, _) => format!("{h}h {m:02}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::screen::Screen;
    use std::thread::sleep;

    fn on(columns: u16) -> (Screen, Progress) {
        let screen = Screen::of(columns);
        let line = Line::for_test(Some(screen.boxed()), "", Some(40), TEMPLATE);
        (screen, Progress::on(line, "epoch 3/30", 40))
    }

    #[test]
    fn the_line_tells_title_share_and_message_and_is_due_some_times_a_second() {
        let (screen, progress) = on(100);
        sleep(INTERVAL);
        assert!(progress.due());
        progress.update(10, "loss 0.532, accuracy 0.74");
        assert!(!progress.due(), "an update was just made");
        let text = screen.take();
        for part in ["epoch 3/30", "━━━━", "25%", "loss 0.532, accuracy 0.74"] {
            assert!(text.contains(part), "no `{part}` in {text:?}");
        }
    }

    #[test]
    fn no_width_makes_a_second_row() {
        let words = ("epoch 3/30", "loss 0.532, 精度 0.74");
        for columns in 1..120 {
            let line = composed(words, (10, 40), Some(Duration::from_secs(200)), columns);
            assert!(measure_text_width(&line) <= columns, "{columns}: {line}");
            assert_eq!(line.contains('━'), columns >= 55, "{columns}: {line}");
        }
        let wide = composed(words, (10, 40), Some(Duration::from_secs(200)), 70);
        assert_eq!(measure_text_width(&wide), 70);
        assert!(
            wide.starts_with("epoch 3/30 ━━━━╸   ") && wide.ends_with("   25% 3m 20s left  loss 0.532, 精度 0.74"),
            "{wide}"
        );
    }

    #[test]
    fn totals_of_nothing_and_steps_beyond_the_total_are_shares_as_well() {
        let line = |done, total| composed(("a", ""), (done, total), None, 20);
        assert_eq!(
            [line(3, 0), line(9, 3), line(0, 3)].map(|line| line[line.len() - 4..].to_string()),
            ["  0%", "100%", "  0%"]
        );
    }

    #[test]
    fn the_time_left_is_of_the_steps_since_the_first_update_and_without_the_time_away() {
        let (_, progress) = on(80);
        assert_eq!(progress.left(30), None);
        sleep(Duration::from_millis(20));
        assert_eq!(progress.left(30), None);
        // Away for far longer than it worked.
        progress.line.shown_aside(|| sleep(Duration::from_millis(400)));
        let left = progress.left(35).unwrap();
        assert!(left >= Duration::from_millis(20) && left < Duration::from_millis(300), "{left:?}");
    }

    #[test]
    fn an_ended_line_is_never_drawn_again() {
        let (screen, progress) = on(80);
        progress.update(10, "");
        progress.finish_line("epoch 3/30: done");
        screen.take();
        progress.update(20, "once more");
        sleep(INTERVAL);
        assert!(!progress.due());
        drop(progress);
        assert_eq!(screen.take(), "");
    }

    #[test]
    fn times_are_short() {
        let told = [0.4, 59.6, 200.0, 7500.0].map(|s| spelled(Duration::from_secs_f64(s)));
        assert_eq!(told, ["0s", "1m 00s", "3m 20s", "2h 05m"]);
    }

    #[test]
    fn without_a_terminal_no_update_is_ever_due() {
        let progress = Progress::on(Line::for_test(None, "", Some(10), TEMPLATE), "epoch 1/2", 10);
        sleep(INTERVAL);
        assert!(!progress.due());
        progress.update(10, "");
        progress.finish_line("epoch 1/2: done");
    }
}
