//! A session's interpreter, with everything that a script can call. This file alone names all rooms.

use super::{
    pause::{self, Pausing},
    record::Record,
    refresh,
    reload::{Reload, Watch},
    setup::Setup,
    workspace::Shared,
};
use crate::error::Result;
use crate::places::Places;
use crate::script::{
    api::{self, Arguments, Logged, Pauses, Program, Runs},
    base::parts::{Parts, entry},
    language::{frames, interpreter::interpreter, resolver::Resolver, sources::Sources, stdlib},
};
use rhai::{Dynamic, Engine, exported_module};
use std::rc::Rc;

/// What a session is made of.
pub struct Assembled {
    pub engine: Engine,
    pub resolver: Resolver,
    /// What its workspaces share.
    pub shared: Shared,
    pub arguments: Rc<Arguments>,
    pub places: Rc<Places>,
    pub runs: Rc<Runs>,
}

/// # Errors
/// A stdlib file of the user's own (beside the script or in `IMDBSH_PATH`) that does not parse.
pub fn assemble(setup: Setup) -> Result<Assembled> {
    let Setup {
        name,
        folder,
        script,
        file,
        arguments,
        seed,
        run_dir,
        label,
        data_dir,
        cache,
        limits,
        prompt,
        resume,
        until_epoch,
        watch,
        keeps_failed,
    } = setup;
    frames::keep_failed(keeps_failed); // before anything is parsed
    let sources = Rc::new(Sources::default());
    let record = Rc::new(Record::default());
    let shared = Shared { sources: (*sources).clone(), record: record.clone(), seed };
    let resolver = Resolver::new(folder.clone(), (*sources).clone());
    let reload = watch.then(|| Reload::new(file.clone(), folder.clone(), (*sources).clone(), resolver.clone()));

    let program = Rc::new(Program { name, file, text: text(script, record) });
    let arguments = Rc::new(Arguments::new(arguments, seed));
    let places = Rc::new(Places { script: folder, data: data_dir, cache });
    let runs = Rc::new(Runs::new(run_dir, label, resume));
    let pauses = Rc::new(Pauses::default());
    let logged = Rc::new(Logged::default());
    let watch = Rc::new(Watch::new(reload));
    let parts = Parts::of([
        entry::<Program>(&program),
        entry::<Arguments>(&arguments),
        entry::<Places>(&places),
        entry::<Runs>(&runs),
        entry::<Pauses>(&pauses),
        entry::<Logged>(&logged),
        entry::<Sources>(&sources),
        entry::<Watch>(&watch),
    ]);

    let mut engine = interpreter(limits);
    // Each run of the interpreter takes a copy: what is in it must be there before the standard library is read.
    engine.set_default_tag(Dynamic::from(parts));
    engine.set_module_resolver(resolver.clone());
    api::register(&mut engine);
    engine.register_global_module(exported_module!(refresh::api).into());
    pause::register(
        &mut engine,
        Pausing {
            pauses,
            prompt,
            until_epoch,
            shared: shared.clone(),
            ignores: Default::default(),
            said: Default::default(),
        },
    )?;
    stdlib::register(&mut engine, &places.script, &sources)?;
    Ok(Assembled { engine, resolver, shared, arguments, places, runs })
}

/// The script's text; at a prompt, where there is none, what was done there until now.
fn text(script: String, record: Rc<Record>) -> Rc<dyn Fn() -> String> {
    match script.is_empty() {
        true => Rc::new(move || record.script_so_far()),
        false => Rc::new(move || script.clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// Where parts are made, and where they are asked for by any type.
    const OWN: [&str; 2] = ["assemble.rs", "parts.rs"];

    /// The texts of all files below `folder`.
    fn texts(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => texts(&path, found),
                false => found.push((path.display().to_string(), fs::read_to_string(&path).unwrap())),
            }
        }
    }

    /// What stands between `before` and the next `>`, wherever it occurs.
    fn types<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
        text.split(before).skip(1).filter_map(|rest| Some(rest.split_once('>')?.0)).collect()
    }

    #[test]
    fn each_part_that_a_function_asks_for_is_lent() {
        let lent = types(include_str!("assemble.rs"), "entry::<");
        let mut files = Vec::new();
        texts(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/script")), &mut files);
        let mut asked = 0;
        for (file, text) in files.iter().filter(|(file, _)| !OWN.iter().any(|own| file.ends_with(own))) {
            // A path in front of a part's name does not matter.
            for part in ["part::<", "lent::<"].iter().flat_map(|call| types(text, call)) {
                assert!(
                    lent.contains(&part.rsplit("::").next().unwrap()),
                    "{file} asks for {part}, which nobody lends"
                );
                asked += 1;
            }
        }
        assert!(asked > 10, "{asked}");
    }
}
