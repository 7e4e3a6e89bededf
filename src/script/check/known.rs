//! What the interpreter and the standard library have: functions, modules, properties. Gathered once for a check.

use super::bodies::{Bodies, add_keys, each};
use crate::script::help::types::tidy;
use crate::script::language::sources::{CLOSURE, Sources};
use rhai::{Engine, FnAccess, FnNamespace};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// The ways to call what has one name, by how many values.
#[derive(Default, Clone)]
pub struct Ways {
    /// As a function.
    pub counts: Vec<usize>,
    /// As a method, what it is called on not counted.
    pub methods: Vec<usize>,
    /// Whether each of them makes a tensor of a tensor, and changes none.
    pub is_new_tensor: bool,
    /// Whether each of them gives a tensor, whatever it is given.
    pub is_tensor: bool,
    /// Whether one of them makes something new of a tensor.
    pub is_of_tensor: bool,
    /// Whether it is the project's, and not Rhai's own.
    pub is_own: bool,
}

impl Ways {
    /// Another way. A function in Rhai is called with what it is called on in `this`, too.
    pub fn add(&mut self, count: usize, in_rhai: bool, is_typed: bool) {
        let mut put = |is_method: bool, count: usize| {
            let counts = if is_method { &mut self.methods } else { &mut self.counts };
            if !counts.contains(&count) {
                counts.push(count);
            }
        };
        if !is_typed {
            put(false, count);
            count.checked_sub(1).into_iter().for_each(|count| put(true, count));
        }
        if in_rhai {
            put(true, count);
        }
    }
}

/// What one module has that others may call, or all of it.
pub type Names = HashMap<String, Ways>;

pub struct Known<'a> {
    engine: &'a Engine,
    pub global: Names,
    /// What can be called behind `name::`.
    pub modules: HashMap<String, Names>,
    /// Also what is private, for the files of a module themselves.
    pub whole_modules: HashMap<String, Names>,
    getters: HashSet<String>,
    pub setters: HashSet<String>,
    /// The texts of the standard library's modules.
    pub bodies: HashMap<String, Bodies>,
    keys: HashSet<String>,
    /// All words of the functions' pages.
    words: OnceCell<HashSet<String>>,
}

struct Entry {
    module: String,
    name: String,
    count: usize,
    is_private: bool,
    is_global: bool,
    in_rhai: bool,
    is_typed: bool,
    is_new_tensor: bool,
    is_tensor: bool,
    is_of_tensor: bool,
}

/// The module whose functions need no name before them.
const PRELUDE: &str = "prelude";

impl<'a> Known<'a> {
    pub fn of(engine: &'a Engine, sources: &Sources) -> Self {
        let bodies: HashMap<String, Bodies> =
            sources.library().into_iter().map(|(name, all)| (name, Bodies::of(all.into_iter()))).collect();
        let mut known = Known {
            engine,
            global: Names::new(),
            modules: HashMap::new(),
            whole_modules: HashMap::new(),
            getters: HashSet::new(),
            setters: HashSet::new(),
            bodies,
            keys: HashSet::new(),
            words: OnceCell::new(),
        };
        let own = entries(engine, false);
        let names: HashSet<(String, usize)> = own.iter().map(|entry| (entry.name.clone(), entry.count)).collect();
        own.into_iter().for_each(|entry| known.add(entry, true));
        for entry in entries(engine, true) {
            let is_own = names.contains(&(entry.name.clone(), entry.count));
            known.add(entry, is_own);
        }
        let mut keys = HashSet::new();
        let all = known.bodies.values().flat_map(Bodies::all);
        all.for_each(|body| each(body.statements(), &mut |node| add_keys(node, &mut keys)));
        known.keys = keys;
        // What is private is not among what the interpreter lists of a module.
        for (module, bodies) in &known.bodies {
            let names = known.whole_modules.entry(module.clone()).or_default();
            for function in bodies.functions() {
                names.entry(function.name.to_string()).or_default().add(
                    function.params.len(),
                    true,
                    function.this_type.is_some(),
                );
            }
        }
        known
    }

    fn add(&mut self, entry: Entry, is_own: bool) {
        if let Some(name) = entry.name.strip_prefix("get$") {
            self.getters.insert(name.to_string());
        }
        if let Some(name) = entry.name.strip_prefix("set$") {
            self.setters.insert(name.to_string());
        }
        let put = |names: &mut Names| {
            let is_first = !names.contains_key(&entry.name);
            let ways = names.entry(entry.name.clone()).or_default();
            ways.add(entry.count, entry.in_rhai, entry.is_typed);
            ways.is_new_tensor = entry.is_new_tensor && (is_first || ways.is_new_tensor);
            ways.is_tensor = entry.is_tensor && (is_first || ways.is_tensor);
            ways.is_of_tensor |= entry.is_of_tensor;
            ways.is_own |= is_own;
        };
        let module = if entry.module.is_empty() { PRELUDE } else { &entry.module };
        put(self.whole_modules.entry(module.to_string()).or_default());
        if entry.is_private {
            return;
        }
        if entry.module.is_empty() || entry.is_global || entry.is_typed {
            put(&mut self.global);
        }
        if !entry.module.is_empty() {
            put(self.modules.entry(entry.module.clone()).or_default());
        }
    }

    /// Whether a map of the standard library has something of this name.
    pub fn has_key(&self, name: &str) -> bool {
        self.keys.contains(name)
    }

    /// Whether something has a property of this name, or may have it.
    pub fn has_property(&self, name: &str) -> bool {
        self.getters.contains(name)
            || self.setters.contains(name)
            || self.keys.contains(name)
            || self.words().contains(name)
    }

    /// The properties that a misspelt one may stand for.
    pub fn properties(&self) -> impl Iterator<Item = &str> {
        self.getters.iter().chain(&self.keys).map(String::as_str)
    }

    fn words(&self) -> &HashSet<String> {
        self.words.get_or_init(|| {
            let comments = self.engine.collect_fn_metadata(
                None,
                |f| {
                    let own = f.script.as_ref().map(|script| script.comments.join("\n"));
                    Some(own.unwrap_or_else(|| f.metadata.comments.join("\n")))
                },
                true,
            );
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            comments.iter().flat_map(|text| text.split(|c| !is_word(c))).map(str::to_string).collect()
        })
    }

    /// The ways to call a function, as its page has them.
    pub fn signatures(&self, module: &str, name: &str) -> Vec<String> {
        let mut all = self.engine.collect_fn_metadata(
            None,
            |f| {
                let is_it = f.metadata.name == name && (f.namespace == module || module.is_empty());
                (is_it && f.metadata.access == FnAccess::Public).then(|| tidy(&f.metadata.gen_signature(Cow::Borrowed)))
            },
            true,
        );
        all.sort();
        all.dedup();
        all
    }
}

fn entries(engine: &Engine, standard: bool) -> Vec<Entry> {
    engine.collect_fn_metadata(
        None,
        |f| {
            let data = f.metadata;
            if data.name.starts_with(CLOSURE) {
                return None;
            }
            let is_tensor = |text: &str| text.contains("Tensor");
            let gives = is_tensor(&data.return_type);
            let is_new = !data.name.ends_with('_') && data.params_info.first().is_some_and(|first| is_tensor(first));
            let is_nothing = data.return_type.is_empty() || data.return_type.contains("()");
            Some(Entry {
                module: f.namespace.to_string(),
                name: data.name.to_string(),
                count: data.num_params,
                is_private: data.access == FnAccess::Private,
                is_global: data.namespace == FnNamespace::Global,
                in_rhai: f.script.is_some(),
                is_typed: f.script.as_ref().is_some_and(|script| script.this_type.is_some()),
                is_new_tensor: gives && is_new,
                is_tensor: gives,
                is_of_tensor: is_new && !is_nothing,
            })
        },
        standard,
    )
}
