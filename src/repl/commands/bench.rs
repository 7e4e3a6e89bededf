//! `:bench`: how long an expression takes, of many runs.

use super::super::command::{Call, Command, Flow};
use crate::interrupt;
use crate::output::{complain, report, say};
use crate::script::{Bench, Failure};
use std::time::Duration;

pub const COMMAND: Command = Command {
    name: "bench",
    argument: "CODE",
    about: "runs CODE for a second and tells how long it takes; variables are afterwards as before",
    run,
};

/// How far the middle half of the times may lie apart, as a share of the median.
const STEADY: f64 = 0.2;

fn run(call: &mut Call<'_, '_, '_>) -> Flow {
    if call.argument.is_empty() {
        complain("error: `:bench CODE` needs something to run");
        return Flow::GoOn;
    }
    interrupt::clear();
    match call.workspace.bench(call.argument) {
        Ok(bench) => say(&told(&bench)),
        Err(Failure::Interrupted(why)) => report(&format!("\n{why}")),
        Err(failure) => report(&failure.into_report()),
    }
    Flow::GoOn
}

/// The median, the middle half of all times, the fastest; and what a reader should know of them.
fn told(bench: &Bench) -> String {
    let mut times = bench.times.clone();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    let (median, low, high) = (at(0.5), at(0.25), at(0.75));
    let mut text = format!(
        "{} (half of all: {} to {}, fastest {}; {} runs after a first one)",
        duration(median),
        duration(low),
        duration(high),
        duration(times[0]),
        times.len()
    );
    if (high - low).as_secs_f64() > STEADY * median.as_secs_f64() {
        text += "\nnote: the times differ by more than a fifth: is something else at work?";
    }
    if let Some((first, last)) = &bench.different {
        text += &format!("\nnote: its value is not the same each time: {first} and {last}");
    }
    text
}

fn duration(time: Duration) -> String {
    match time.as_secs_f64() {
        t if t < 1e-6 => format!("{:.0} ns", t * 1e9),
        t if t < 1e-3 => format!("{:.3} µs", t * 1e6),
        t if t < 1.0 => format!("{:.3} ms", t * 1e3),
        t => format!("{t:.2} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_with_their_spread() {
        let times = [1000, 1010, 1020, 1030, 1500].map(Duration::from_micros).to_vec();
        let steady = told(&Bench { times, different: None });
        assert_eq!(steady, "1.020 ms (half of all: 1.010 ms to 1.030 ms, fastest 1.000 ms; 5 runs after a first one)");
        let times = [10, 20, 30, 40, 50].map(Duration::from_nanos).to_vec();
        let other = told(&Bench { times, different: Some(("0.1".into(), "0.2".into())) });
        assert!(other.contains("differ by more than a fifth") && other.ends_with("each time: 0.1 and 0.2"), "{other}");
    }
}
