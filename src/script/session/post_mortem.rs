//! A prompt where a script has failed, among the variables of the functions that were at work.

use super::{
    ended::end_of,
    eval::Session,
    workspace::{Lives, Workspace},
};
use crate::ml::run;
use crate::script::{
    help::failure::Failure,
    language::frames::{self, Place},
};

impl Session {
    /// Where the script failed that was run last, the innermost function first; nothing where that was outside of functions and blocks, whose variables are the
    /// session's. Only in a session that keeps them.
    pub fn failed_at(&self) -> Option<Place> {
        frames::failed_place().map(|place| self.home(place))
    }

    /// Runs `ask` where `failure` was raised: lines see the variables of all functions that were at work there, those of the innermost
    /// before others of the same names, and the session's own. The runs that they hold end with it.
    pub fn at_failure<T>(&mut self, failure: Failure, ask: impl FnOnce(&mut Workspace<'_, 'static>) -> T) -> T {
        let failed = frames::failed();
        let mut lives: Vec<Lives> = Vec::new();
        let own = self.push_variables(
            failed.into_iter().rev().flat_map(|function| {
                let place = function.place.clone();
                function.variables.into_iter().map(move |(name, value)| (name, value, place.clone()))
            }),
            &mut lives,
        );
        let mut workspace = self.workspace();
        workspace.look_inside(lives);
        let answer = ask(&mut workspace);
        self.rewind(own);
        run::settle(&end_of::<()>(&Err(failure)));
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::session::setup::Setup;

    fn failed(text: &str) -> Vec<(String, Vec<String>)> {
        let mut session = Session::new(Setup { keeps_failed: true, ..Setup::named("test") }).unwrap();
        assert!(session.run_first("t.rhai", text).is_err());
        frames::keep_failed(false);
        let names = |all: Vec<(String, rhai::Dynamic)>| all.iter().map(|(n, v)| format!("{n}={v}")).collect();
        frames::failed().into_iter().map(|f| (f.place.function.to_string(), names(f.variables))).collect()
    }

    fn of(function: &str, variables: &[&str]) -> (String, Vec<String>) {
        (function.to_string(), variables.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_variables_of_all_functions_and_blocks_that_failed_are_kept() {
        let text = "let g = 1;
            fn inner(a) { let b = a + 1; for (x, i) in [7, 8] { let c = x * 2; if i == 1 { let d = 0; c / d } } }
            fn outer(n) { let m = n * 2; while true { let k = 5; inner(m); } }
            for round in 0..3 { let local = round; outer(local + 1); }";
        let all = [
            of("inner", &["a=2", "b=3", "i=1", "x=8", "c=16", "d=0"]),
            of("outer", &["n=1", "m=2", "k=5"]),
            of("", &["round=0", "local=0"]),
        ];
        assert_eq!(failed(text), all);
    }

    #[test]
    fn what_was_caught_is_forgotten_and_loops_end_as_ever() {
        let text = "fn bad(x) { let y = x; throw y; }
            fn good() { for i in 0..5 { if i == 3 { break; } if i < 2 { continue; } } 7 }
            let n = good();
            try { bad(1) } catch { }
            let f = |z| { let w = z; nope(w) };
            f.call(n)";
        let all = failed(text);
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all[0].0.starts_with("anon$"));
        assert_eq!(all[0].1, ["z=7", "w=7"]);
    }

    #[test]
    fn scripts_come_to_the_same_values_with_their_blocks_enclosed() {
        let text = "let all = [];
            fn f(n) { let r = 0; for i in 0..n { let s = i; if s % 2 == 0 { let s = s * 10; r += s; } else { r -= s; } } r }
            for i in 0..4 { let i = i + 1; all.push(f(i)); }
            let k = 0; while k < 3 { let q = k; k = q + 1; } do { k += 1; } while k < 10;
            { let k = 100; all.push(k); }
            all.push(k); all.push(loop { break 5; }); all.push(if k > 1 { let z = 3; z } else { 4 });
            const C = 9; if true { const C = 8; all.push(C); } all.push(C); all";
        let value = |keeps: bool| {
            let mut session = Session::new(Setup { keeps_failed: keeps, ..Setup::named("test") }).unwrap();
            let value = session.run_first("t.rhai", text).unwrap();
            frames::keep_failed(false);
            value.to_string()
        };
        assert_eq!(value(true), value(false));
        assert!(frames::failed().is_empty());
    }
}
