//! `imdbsh replay RUN`: the run's script once more, from its beginning, with its options; and whether it comes to the same.

use crate::access;
use crate::error::Result;
use crate::ml::run::{CHANGES, Summary};
use crate::output::{complain, say, visible};
use crate::resume::Program;
use crate::runs::{compare::compare, equal::equal, shown::cell};
use crate::script::{Failure, Session, Setup};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Runs the program of the run in `old` again and compares what comes out; its runs go into `folder` and behind it. With `no_check` without a look at the script before.
///
/// # Errors
/// A script that fails; another outcome than that of then.
pub fn replay(old: &Path, program: Program, setup: Setup, folder: PathBuf, no_check: bool) -> Result<(), Failure> {
    let before = Summary::open(old).map_err(Failure::of)?;
    let notes = access::read_to_string(&old.join(CHANGES)).unwrap_or_default();
    if !notes.trim().is_empty() {
        complain(&format!("{} was changed in its course, which is not done again: see its {CHANGES}", shown(old)));
    }
    let (place, (name, text)) = (program.earlier(), program.script());
    let mut session = Session::new(program.again(setup, folder)).map_err(Failure::of)?;
    // It has run once: what would fail in it stands where that run did not come by, and is only said.
    if !no_check && let Err(failure) = session.check_first(&name, &text, false) {
        complain(failure.report());
    }
    let _ = session.eval(&name, &text)?;
    let made = session.runs_made();
    drop(session);
    let Some(new) = made.get(place) else {
        let said = format!("the script has made {} runs, and {} was its run {}", made.len(), shown(old), place + 1);
        return Err(Failure::Script(format!("error: {said}")));
    };
    let after = Summary::open(new).map_err(Failure::of)?;
    let verdict = equal(&before, &after).map_err(Failure::of)?;
    let lines: Vec<_> = verdict.lines.iter().map(|line| visible(line)).collect();
    say(&format!("{} again, in {}\n{}", shown(old), shown(new), lines.join("\n")));
    if verdict.is_equal {
        return Ok(());
    }
    say_circumstances(&before, &after);
    Err(Failure::Script(format!("error: {} did not come to the same again", shown(old))))
}

/// What else is not as it was then.
fn say_circumstances(before: &Summary, after: &Summary) {
    let Ok(comparison) = compare(before, after) else { return };
    for difference in comparison.circumstances {
        let [then, now] = difference.values.each_ref().map(|value| cell("", value));
        complain(&format!("{}: {then} then, {now} now", difference.name));
    }
    let files = |run: &Summary| run.config["files"].as_object().cloned().unwrap_or_default();
    let now = files(after);
    for (file, _) in files(before).iter().filter(|(file, then)| now.get(*file).unwrap_or(&Value::Null) != *then) {
        complain(&format!("{} reads otherwise now, or is not read any more", visible(file)));
    }
}

/// A place for the run beside the old one.
pub fn place_beside(run: &Path) -> PathBuf {
    let stem = format!("{}-replay", run.display().to_string().trim_end_matches(std::path::MAIN_SEPARATOR));
    // What may not be looked at is for who makes the folder to say.
    let is_taken = |path: &PathBuf| access::metadata(path).is_ok_and(|found| found.is_some());
    let names = (1..).map(|count| if count == 1 { stem.clone() } else { format!("{stem}-{count}") });
    names.map(PathBuf::from).find(|path| !is_taken(path)).unwrap_or_else(|| PathBuf::from(&stem))
}

fn shown(path: &Path) -> String {
    visible(&path.display().to_string()).into_owned()
}
