//! The line that shows how far something is, drawn on stderr where that is a terminal. All else that is written goes through
//! [`aside`], for which the line is taken away.

use super::abilities::is_dumb;
use super::ascii;
use super::visible::in_a_line;
use console::{Term, truncate_str};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};
use std::{
    io::{self, Read},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// How often a second the line is drawn at most.
const HERTZ: u8 = 20;

/// The lines of this process, of which there is seldom more than one.
static LINES: Lines = Lines::new();

/// A progress line. Where stderr is no terminal, or one that cannot move its cursor (`TERM=dumb`), it is never drawn. However
/// its computation ends, the terminal is left clean.
#[derive(Debug)]
pub struct Line {
    shown: Shown,
    among: &'static Lines,
    /// Those that are away for this one.
    behind: Mutex<Vec<Shown>>,
}

impl Line {
    /// `title` stands in front; `template` is one of indicatif's, with the bar in `━╸`. `total` is the number of steps, where it
    /// is known.
    pub fn new(title: &str, total: Option<u64>, template: &str) -> Line {
        let term = Term::buffered_stderr();
        let is_drawn = term.is_term() && !is_dumb();
        Line::on(is_drawn.then(|| Box::new(term) as Box<dyn TermLike>), &LINES, title, total, template)
    }

    /// A line on `term`; with `None`, one that is never drawn.
    fn on(
        term: Option<Box<dyn TermLike>>,
        among: &'static Lines,
        title: &str,
        total: Option<u64>,
        template: &str,
    ) -> Line {
        // There is one row, and it is the newest line's.
        let mut behind = Vec::new();
        if term.is_some() {
            behind.clone_from(&among.all());
            behind.iter().for_each(Shown::go_away);
        }
        let away = Arc::new(AtomicUsize::new(0));
        let width = term.as_ref().map_or(usize::MAX, |term| usize::from(term.width()));
        let target = match term {
            Some(term) => ProgressDrawTarget::term_like_with_hz(Box::new(Door { term, away: away.clone() }), HERTZ),
            None => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(total, target);
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("━╸ "));
        let shown = Shown { bar, away, time: Arc::default(), width };
        shown.bar.set_prefix(shown.cut(title, 2).into_owned());
        if !shown.bar.is_hidden() {
            among.all().push(shown.clone());
        }
        Line { shown, among, behind: Mutex::new(behind) }
    }

    #[cfg(test)]
    pub(crate) fn for_test(term: Option<Box<dyn TermLike>>, title: &str, total: Option<u64>, template: &str) -> Line {
        Line::on(term, Box::leak(Box::new(Lines::new())), title, total, template)
    }

    #[cfg(test)]
    pub(crate) fn shown_aside<T>(&self, f: impl FnOnce() -> T) -> T {
        self.among.aside(f)
    }

    /// Whether anybody sees the line.
    pub fn is_visible(&self) -> bool {
        !self.shown.bar.is_hidden()
    }

    /// Shows that `done` of the steps are done, and `message`.
    pub fn update(&self, done: u64, message: &str) {
        self.shown.bar.set_message(self.shown.cut(message, 1).into_owned());
        self.set(done);
    }

    /// How many columns the terminal has just now; the last one stays free, since some terminals begin a new line there.
    pub fn columns(&self) -> usize {
        usize::from(Term::stderr().size_checked().map_or(u16::MAX, |(_, columns)| columns)).min(self.shown.width) - 1
    }

    /// How long the line has been away for others so far: at a prompt, for what was printed.
    pub fn time_away(&self) -> Duration {
        self.shown.time.lock().unwrap_or_else(PoisonError::into_inner).total
    }

    /// Takes the line away for good.
    pub fn end(&self) {
        let mut all = self.among.all();
        all.retain(|other| !Arc::ptr_eq(&other.away, &self.shown.away));
        self.shown.bar.finish_and_clear();
        let behind = std::mem::take(&mut *self.behind.lock().unwrap_or_else(PoisonError::into_inner));
        behind.iter().for_each(Shown::come_back);
    }

    pub fn set(&self, done: u64) {
        self.shown.bar.set_position(done);
    }

    /// `done` steps are there when it begins, and took no time.
    pub fn begin_at(&self, done: u64) {
        self.set(done);
        self.shown.bar.reset_eta();
    }

    /// A reader whose bytes move the line.
    pub fn read<R: Read>(&self, from: R) -> impl Read + use<R> {
        self.shown.bar.wrap_read(from)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs `f`, which writes to the terminal or waits for the user, while no progress line is there. May stand inside another one,
/// and in any thread.
pub fn aside<T>(f: impl FnOnce() -> T) -> T {
    LINES.aside(f)
}

#[derive(Debug)]
struct Lines(Mutex<Vec<Shown>>);

impl Lines {
    const fn new() -> Self {
        Lines(Mutex::new(Vec::new()))
    }

    fn all(&self) -> MutexGuard<'_, Vec<Shown>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn aside<T>(&self, f: impl FnOnce() -> T) -> T {
        struct Back<'l>(&'l Lines, Vec<Shown>);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                let _all = self.0.all();
                self.1.iter().for_each(Shown::stand_there_again);
            }
        }
        let lines = {
            let all = self.all();
            all.iter().for_each(Shown::stand_aside);
            all.clone()
        };
        let _back = Back(self, lines);
        f()
    }
}

#[derive(Debug, Clone)]
struct Shown {
    bar: ProgressBar,
    /// For how many the line is away just now: nothing is drawn then.
    away: Arc<AtomicUsize>,
    time: Arc<Mutex<Away>>,
    /// Columns of its terminal when it began.
    width: usize,
}

/// How long a line stood aside.
#[derive(Debug, Default)]
struct Away {
    for_how_many: usize,
    since: Option<Instant>,
    total: Duration,
}

impl Shown {
    /// A text of one line, cut to a share of the terminal's width.
    fn cut<'t>(&self, text: &'t str, parts: usize) -> std::borrow::Cow<'t, str> {
        let text = in_a_line(text);
        let room = (self.width / parts).max(2) - 1;
        if console::measure_text_width(&text) <= room {
            text
        } else {
            truncate_str(&text, room, "…").into_owned().into()
        }
    }

    /// For somebody who writes to the terminal or waits for the user.
    fn stand_aside(&self) {
        let mut time = self.time.lock().unwrap_or_else(PoisonError::into_inner);
        time.for_how_many += 1;
        if time.for_how_many == 1 {
            time.since = Some(Instant::now());
        }
        drop(time);
        self.go_away();
    }

    fn stand_there_again(&self) {
        let mut time = self.time.lock().unwrap_or_else(PoisonError::into_inner);
        time.for_how_many -= 1;
        if time.for_how_many == 0 {
            let away = time.since.take().map(|since| since.elapsed());
            time.total += away.unwrap_or_default();
        }
        drop(time);
        self.come_back();
    }

    // `suspend` clears the line, runs what it is given and draws the line again: for the one the clearing counts, for the other the
    // drawing. It is not held for as long as the line is away, since it would lock the bar against whoever updates it meanwhile.
    fn go_away(&self) {
        let more = || self.away.fetch_add(1, Ordering::SeqCst);
        match self.away.load(Ordering::SeqCst) {
            0 => self.bar.suspend(more),
            _ => more(),
        };
    }

    fn come_back(&self) {
        let less = || self.away.fetch_sub(1, Ordering::SeqCst);
        match self.away.load(Ordering::SeqCst) {
            1 => self.bar.suspend(less),
            _ => less(),
        };
    }
}

/// The terminal, which is shut while the line is away. One that is gone shows nothing, which is nobody's error.
#[derive(Debug)]
struct Door {
    term: Box<dyn TermLike>,
    away: Arc<AtomicUsize>,
}

impl Door {
    fn through(&self, write: impl FnOnce(&(dyn TermLike + 'static)) -> io::Result<()>) -> io::Result<()> {
        if self.away.load(Ordering::SeqCst) == 0 {
            let _ = write(&*self.term);
        }
        Ok(())
    }
}

impl TermLike for Door {
    fn width(&self) -> u16 {
        self.term.width()
    }

    fn height(&self) -> u16 {
        self.term.height()
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.through(|term| term.move_cursor_up(n))
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.through(|term| term.move_cursor_down(n))
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.through(|term| term.move_cursor_right(n))
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.through(|term| term.move_cursor_left(n))
    }

    fn write_line(&self, s: &str) -> io::Result<()> {
        self.through(|term| term.write_line(&ascii::shown(s.into())))
    }

    fn write_str(&self, s: &str) -> io::Result<()> {
        self.through(|term| term.write_str(&ascii::shown(s.into())))
    }

    fn clear_line(&self) -> io::Result<()> {
        self.through(TermLike::clear_line)
    }

    fn flush(&self) -> io::Result<()> {
        self.through(TermLike::flush)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::screen::Screen;

    fn lines() -> &'static Lines {
        Box::leak(Box::new(Lines::new()))
    }

    #[test]
    fn the_line_is_off_the_screen_for_what_stands_aside_of_it_and_back_after_it() {
        let (screen, lines) = (Screen::of(80), lines());
        let line = Line::on(Some(screen.boxed()), lines, "epoch 3/30", Some(40), "{prefix} {pos} {msg}");
        line.update(10, "loss 0.5");
        assert!(screen.take().contains("epoch 3/30 10 loss 0.5"));
        lines.aside(|| {
            assert!(screen.take().ends_with("<cleared>"));
            lines.aside(|| screen.add("a line"));
            // At a prompt in the middle of a training, somebody updates it.
            line.update(11, "loss 0.4");
            assert_eq!(screen.take(), "a line");
        });
        assert!(screen.take().trim_end().ends_with("epoch 3/30 11 loss 0.4"));
        drop(line);
        assert!(screen.take().ends_with("<cleared>"));
        lines.aside(|| assert_eq!(screen.take(), ""));
    }

    #[test]
    fn a_line_that_ends_while_it_is_away_does_not_come_back() {
        let (screen, lines) = (Screen::of(80), lines());
        let line = Line::on(Some(screen.boxed()), lines, "epoch 3/30", Some(40), "{prefix} {pos}");
        line.update(10, "");
        lines.aside(|| {
            screen.take();
            drop(line);
        });
        assert!(!screen.take().contains("epoch"));
    }

    #[test]
    fn a_line_that_nobody_sees_is_never_away() {
        let lines = lines();
        let line = Line::on(None, lines, "epoch 1/2", Some(10), "{pos}");
        assert!(!line.is_visible());
        assert!(lines.all().is_empty());
        line.update(3, "");
    }
}
