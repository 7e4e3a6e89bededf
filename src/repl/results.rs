//! An input is run: its value, or what went wrong, and how long it took.

use crate::interrupt;
use crate::ml::random;
use crate::output::{complain, report, say};
use crate::script::{Failure, Outcome, Script, Session, Value, Workspace, input::shows_value};
use std::time::{Duration, Instant};

/// The time of an input that takes longer is shown.
const SHOWN: Duration = Duration::from_secs(1);

/// Runs `text`, typed behind `prompt`, and shows its value unless it ends in `;`.
pub fn run(workspace: &mut Workspace<'_, '_>, prompt: &str, text: &str, timed: bool) {
    let limit = if timed { Duration::ZERO } else { SHOWN };
    run_with(workspace, prompt, text, limit, |workspace| {
        workspace.input(text).map(|v| Some(v).filter(|_| shows_value(text)))
    });
}

/// Runs the text of a file; its value is not shown.
pub fn run_file(workspace: &mut Workspace<'_, '_>, prompt: &str, name: &str, text: &str) {
    run_with(workspace, prompt, text, SHOWN, |workspace| workspace.load(name, text).map(|()| None));
}

/// Runs an input, whose value is shown if `run` gives one; its time, if it is at least `limit`.
fn run_with(
    workspace: &mut Workspace<'_, '_>,
    prompt: &str,
    text: &str,
    limit: Duration,
    run: impl FnOnce(&mut Workspace<'_, '_>) -> Result<Option<Value>, Failure>,
) {
    let begun = Begun::now(workspace, text);
    let result = run(workspace);
    begun.end(workspace, prompt, text, limit, result);
}

/// Runs a script with its options; `:run` was typed with `typed` behind it.
pub fn run_script(session: &mut Session, prompt: &str, typed: &str, script: &Script) {
    let text = format!("// :run {typed}\n{}", script.text);
    let begun = Begun::now(&session.workspace(), &text);
    let result = session.run_script(script).map(|()| None);
    begun.end(&mut session.workspace(), prompt, &text, SHOWN, result);
}

/// An input that runs.
struct Begun {
    started: Instant,
    before: random::State,
}

impl Begun {
    fn now(workspace: &Workspace<'_, '_>, text: &str) -> Self {
        // A Ctrl-C of before is none of this input's.
        interrupt::clear();
        if !workspace.is_inside() {
            workspace.record.begin(text);
        }
        Begun { started: Instant::now(), before: random::state() }
    }

    /// Shows what came of it, and notes it.
    fn end(
        self,
        workspace: &mut Workspace<'_, '_>,
        prompt: &str,
        text: &str,
        limit: Duration,
        result: Result<Option<Value>, Failure>,
    ) {
        let took = self.started.elapsed();
        let outcome = match result {
            Ok(Some(value)) if !value.is_unit() => {
                say(&workspace.show_result(&value));
                workspace.set_last(value);
                Outcome::Shown
            }
            Ok(_) => Outcome::Done,
            Err(Failure::Interrupted(why)) => {
                // Behind the terminal's `^C`.
                report(&format!("\n{why}"));
                Outcome::Stopped { left: workspace.left_by(text) }
            }
            Err(Failure::Script(why) | Failure::Usage(why)) => {
                report(&why);
                let plain = console::strip_ansi_codes(&why);
                let message = plain.lines().next().unwrap_or_default().trim_start_matches("error: ").to_string();
                Outcome::Failed { message, drew: random::state() != self.before, left: workspace.left_by(text) }
            }
        };
        record(workspace, prompt, text, outcome);
        if took >= limit {
            complain(&format!("({})", seconds(took)));
        }
    }
}

fn record(workspace: &Workspace<'_, '_>, prompt: &str, text: &str, outcome: Outcome) {
    let record = &workspace.record;
    match workspace.is_inside() {
        true => record.add_inside(prompt, text),
        false => record.add(text, outcome),
    }
}

fn seconds(took: Duration) -> String {
    match took.as_secs_f64() {
        t if t < 1e-3 => format!("{:.0} µs", t * 1e6),
        t if t < 1.0 => format!("{:.1} ms", t * 1e3),
        t if t < 100.0 => format!("{t:.2} s"),
        t => format!("{} min {:.0} s", (t / 60.0).floor(), t % 60.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_at_a_glance() {
        let shown = [12e-6, 0.0345, 1.234, 125.0].map(|s| seconds(Duration::from_secs_f64(s)));
        assert_eq!(shown, ["12 µs", "34.5 ms", "1.23 s", "2 min 5 s"]);
    }
}
