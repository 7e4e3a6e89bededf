//! How long a text takes, run again and again.

use super::workspace::Workspace;
use crate::ml::random;
use crate::script::{help::failure::Failure, language::syntax};
use std::time::{Duration, Instant};

/// How long a text is run again, and how often at least and at most.
const TOTAL: Duration = Duration::from_secs(1);
const LEAST: usize = 3;
const MOST: usize = 100_000;

/// What came of it.
#[derive(Debug)]
pub struct Bench {
    /// Of each run but the first, at least one.
    pub times: Vec<Duration>,
    /// The values of the first and of the last run as the prompt shows them, where they differ.
    pub different: Option<(String, String)>,
}

impl Workspace<'_, '_> {
    /// Runs `text` once, then for about a second. Variables and random numbers are afterwards as before; objects that it changes in place stay
    /// changed.
    ///
    /// # Errors
    /// As [`Workspace::run`]; Ctrl-C.
    pub fn bench(&mut self, text: &str) -> Result<Bench, Failure> {
        let name = "the text that is measured";
        let ast = syntax::with_last(text, || self.compile(name, text))?;
        let (random, variables) = (random::state(), self.variables_as_they_are());
        let result = self.measured(name, &ast);
        self.put_back(variables);
        random::set_state(random);
        result
    }

    fn measured(&mut self, name: &str, ast: &rhai::AST) -> Result<Bench, Failure> {
        let whole = self.whole(name, ast);
        let first = self.run_whole(name, &whole)?;
        let first = self.show_result(&first);
        let (started, mut times, mut last) = (Instant::now(), Vec::new(), None);
        while times.len() < LEAST || started.elapsed() < TOTAL && times.len() < MOST {
            let begun = Instant::now();
            let value = self.run_whole(name, &whole)?;
            times.push(begun.elapsed());
            last = Some(value);
        }
        let last = last.map(|value| self.show_result(&value)).unwrap_or_default();
        let different = (first != last).then_some((first, last));
        Ok(Bench { times, different })
    }
}

#[cfg(test)]
mod tests {
    use crate::script::session::{eval::Session, setup::Setup};

    #[test]
    fn what_is_measured_leaves_variables_and_random_numbers_as_they_were() {
        let mut session = Session::new(Setup::named("test")).unwrap();
        let mut workspace = session.workspace();
        let _ = workspace.input("let n = 0; fn twice(x) { 2 * x }").unwrap();
        let bench = workspace.bench("n += 1; let y = twice(n); y").unwrap();
        assert!(bench.times.len() >= 3);
        let (first, last) = bench.different.unwrap();
        assert_eq!(first, "2");
        assert_eq!(last, (2 * (bench.times.len() + 1)).to_string());
        assert_eq!(workspace.input("n").unwrap().as_int(), Ok(0));
        assert!(!workspace.variables().iter().any(|v| v.name == "y"));
        let drawn = workspace.input("manual_seed(1); randn([1]).item()").unwrap().as_float();
        let _ = workspace.input("manual_seed(1)").unwrap();
        let _ = workspace.bench("randn([1])").unwrap();
        assert_eq!(workspace.input("randn([1]).item()").unwrap().as_float(), drawn);
        assert!(workspace.bench("nope()").is_err());
    }
}
