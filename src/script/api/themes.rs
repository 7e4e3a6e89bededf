//! All that a script can call, by what it is about.

use super::{
    assert, closure, collections, csv, data, defaults, files, format, history, json, loss, memory, meter, network,
    optimizer, options, other_script, plot, print, progress, random, run, sizes, statistics, stderr, tensor, text,
    time, training,
};
use crate::script::help::{docs, themes::Themes};
use rhai::{Engine, exported_module};

type Register = fn(&mut Engine);

/// All that a script can call, by theme, in the order in which `imdbsh doc` lists them.
const THEMES: [(&str, &[Register]); 17] = [
    ("Data sets", &[data::register]),
    ("Texts and words", &[text::register]),
    ("Networks and layers", &[network::register]),
    ("Optimizers", &[optimizer::register]),
    ("Losses", &[loss::register]),
    ("Training", &[training::register, meter::register, history::register]),
    ("Runs", &[run::register]),
    ("Pictures", &[plot::register]),
    ("Tensors: made", &[tensor::made]),
    ("Tensors: their shapes and parts", &[tensor::shaped]),
    ("Tensors: computed", &[tensor::computed]),
    ("Tensors: over dimensions", &[tensor::reduced]),
    ("Tensors: changed in place, gradients", &[tensor::changed]),
    (
        "Randomness and statistics",
        &[|engine| {
            engine.register_global_module(exported_module!(random::api).into());
            engine.register_global_module(exported_module!(statistics::api).into());
        }],
    ),
    (
        "Arrays, maps and tables",
        &[collections::register, |engine| {
            engine.register_global_module(exported_module!(csv::api).into());
            engine.register_global_module(exported_module!(json::api).into());
        }],
    ),
    (
        "What is shown",
        &[format::register, progress::register, |engine| {
            engine.register_global_module(exported_module!(print::api).into());
            engine.register_global_module(exported_module!(stderr::api).into());
        }],
    ),
    (
        "Scripts and the program",
        &[sizes::register, |engine| {
            engine.register_global_module(exported_module!(options::api).into());
            engine.register_global_module(exported_module!(defaults::api).into());
            engine.register_global_module(exported_module!(assert::api).into());
            engine.register_global_module(exported_module!(closure::api).into());
            engine.register_global_module(exported_module!(files::api).into());
            engine.register_global_module(exported_module!(other_script::api).into());
            engine.register_global_module(exported_module!(time::api).into());
            engine.register_global_module(exported_module!(memory::api).into());
        }],
    ),
];

pub fn register(engine: &mut Engine) {
    THEMES.iter().flat_map(|(_, all)| *all).for_each(|register| register(engine));
}

/// The names of the functions of each theme.
pub fn themes() -> Themes {
    let names = |all: &[Register]| {
        let mut engine = Engine::new_raw();
        all.iter().for_each(|register| register(&mut engine));
        docs::names(&engine)
    };
    Themes(THEMES.iter().map(|(title, all)| (*title, names(all))).collect())
}
