//! A script, run in a session as the program would run it, so that its variables are there afterwards.

use super::{defined::Defined, eval::Session};
use crate::ml::random;
use crate::places::Places;
use crate::script::{
    api::{Arguments, Program},
    base::parts::{Parts, entry},
    help::failure::Failure,
};
use rhai::{Dynamic, Scope};
use std::{collections::BTreeMap, path::Path, rc::Rc};

/// A script's file and what it is given.
pub struct Script {
    /// As the user has named it.
    pub file: String,
    pub text: String,
    /// `key=value`, as typed.
    pub given: BTreeMap<String, String>,
}

impl Session {
    /// Runs a script as `imdbsh FILE key=value` does: it sees none of the session's variables, has options of its own, and its randomness begins anew; its
    /// runs are called after it. The session's interpreter runs it, so that a folder `stdlib/` beside the script is not looked at. Its variables and functions take the
    /// places of those of the same names, as far as it came.
    ///
    /// # Errors
    /// As [`Session::eval`].
    pub fn run_script(&mut self, script: &Script) -> Result<(), Failure> {
        let path = Path::new(&script.file);
        let name = path.file_stem().map_or_else(|| script.file.clone(), |stem| stem.to_string_lossy().into_owned());
        let text = script.text.clone();
        let program = Program { name, file: Some(path.to_path_buf()), text: Rc::new(move || text.clone()) };
        let seed = self.seed();
        let arguments = Rc::new(Arguments::new(script.given.clone(), seed));
        let places = Places { script: path.parent().map(Path::to_path_buf).unwrap_or_default(), ..self.places() };

        let before = self.engine.default_tag().clone();
        let Some(parts) = before.clone().try_cast::<Parts>() else {
            return Err(Failure::Usage("the session has no parts".into()));
        };
        let own =
            [entry::<Program>(&Rc::new(program)), entry::<Arguments>(&arguments), entry::<Places>(&Rc::new(places))];
        self.engine.set_default_tag(Dynamic::from(parts.with(own)));
        let (variables, defined) = self.exchange(Scope::new(), Defined::default());
        random::manual_seed(seed.unwrap_or(0));
        let result = self.run_with(&script.file, &script.text, &arguments);
        self.engine.set_default_tag(before);
        let (theirs, made) = self.exchange(variables, defined);
        self.take_over(theirs, made);
        result.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::session::setup::Setup;

    #[test]
    fn a_script_has_its_own_options_and_variables_which_are_there_afterwards() {
        let mut session = Session::new(Setup::named("test")).unwrap();
        let _ = session.workspace().input("let kept = 1; let x = 1; fn f() { 1 }").unwrap();
        let script = |text: &str, given: &[(&str, &str)]| Script {
            file: "some/where.rhai".into(),
            text: text.into(),
            given: given.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        };
        let text =
            "const N = 7; let o = options(#{ lr: 0.1 }); let x = randn([1]).item(); fn f() { 2 } fn g() { f() + 1 }";
        session.run_script(&script(text, &[("lr", "3")])).unwrap();
        let value = session.workspace().input("[kept, o.lr, f(), g(), N]").unwrap();
        assert_eq!(session.workspace().show(&value), "[1, 3.0, 2, 3, 7]");
        assert!(session.workspace().input("N = 1").is_err());
        let drawn = session.workspace().input("x").unwrap().as_float();
        session.run_script(&script(text, &[])).unwrap();
        assert_eq!(session.workspace().input("x").unwrap().as_float(), drawn, "the same seed");

        assert!(session.run_script(&script("print(kept)", &[])).unwrap_err().into_report().contains("`kept`"));
        assert!(session.run_script(&script("1", &[("lr", "3")])).unwrap_err().into_report().contains("no options"));
        let wrong = session.run_script(&script("let early = 1; options(#{ lr: 0.1 })", &[("l", "3")]));
        assert!(wrong.unwrap_err().into_report().contains("unknown option `l`"));
        assert_eq!(session.workspace().input("early + kept").unwrap().as_int(), Ok(2));
    }
}
