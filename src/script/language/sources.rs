//! The text of every script that took part, by the name that errors carry, so that a message can show the line.

use super::functions::{closure_at, function_named, functions_named};
use super::lexer::lex;
use rhai::{AST, Module, ScriptFuncDef, Shared};
use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    rc::{Rc, Weak},
};

#[derive(Debug, Clone, Default)]
pub struct Sources(Rc<RefCell<Known>>);

#[derive(Debug, Default)]
struct Known {
    texts: HashMap<String, Text>,
    /// How many texts there have been.
    added: usize,
    /// Where each closure stands: an error in one that a module calls carries the module's name.
    closures: HashMap<String, String>,
    /// Where each function stands that a session has defined: an error in one that a later text calls carries that text's name.
    functions: HashMap<String, String>,
    /// The texts behind each module of the standard library, in the order in which they are merged.
    modules: HashMap<String, Vec<String>>,
    /// Where each function of a module of several files stands, by the name that the module's errors carry.
    parts: HashMap<String, HashMap<String, String>>,
    /// The files of the user's own among those of the standard library.
    own_library: BTreeSet<String>,
    /// Modules that were edited while something ran, by the path that imports them.
    edited: HashMap<String, Shared<Module>>,
}

#[derive(Debug)]
struct Text {
    text: Rc<str>,
    /// Later ones have greater numbers.
    number: usize,
    functions: Vec<Weak<ScriptFuncDef>>,
    /// Whether its functions can be called by the session's later texts.
    of_session: bool,
}

/// What the interpreter calls a closure begins so.
pub const CLOSURE: &str = "anon$";

impl Sources {
    /// Remembers a text, and which closures stand in it.
    pub fn add(&self, name: &str, text: &str, ast: &AST) {
        let functions: Vec<&Shared<ScriptFuncDef>> = ast.iter_fn_def().collect();
        let mut known = self.0.borrow_mut();
        for closure in functions.iter().filter(|f| f.name.starts_with(CLOSURE)) {
            known.closures.insert(closure.name.to_string(), name.to_string());
        }
        known.insert(name, text, functions.into_iter().map(Rc::downgrade).collect());
    }

    /// Remembers that the functions of `ast`, the text `name`, can be called by the session's later texts.
    pub fn add_session(&self, name: &str, ast: &AST) {
        let mut known = self.0.borrow_mut();
        if let Some(text) = known.texts.get_mut(name) {
            text.of_session = true;
        }
        for function in ast.iter_functions() {
            known.functions.insert(function.name.to_string(), name.to_string());
        }
    }

    /// Remembers a text that does not parse.
    pub fn add_broken(&self, name: &str, text: &str) {
        self.0.borrow_mut().insert(name, text, Vec::new());
    }

    /// Notes of which texts the module `module` of the standard library consists. It has the name of the last one.
    pub fn add_module(&self, module: &str, files: &[(String, AST)]) {
        let mut known = self.0.borrow_mut();
        known.modules.insert(module.to_string(), files.iter().map(|(name, _)| name.clone()).collect());
        if let [_, .., (name, _)] = files {
            let of = |(file, ast): &(String, AST)| -> Vec<(String, String)> {
                ast.iter_functions().map(|f| (f.name.to_string(), file.clone())).collect()
            };
            known.parts.insert(name.clone(), files.iter().flat_map(of).collect());
        }
    }

    /// Notes that `name`, a file of the standard library, is the user's own.
    pub fn add_own_library(&self, name: &str) {
        self.0.borrow_mut().own_library.insert(name.to_string());
    }

    /// The files on which a run stands besides its script: what it imports, and the user's own in the standard library. Names and texts.
    pub fn files(&self) -> Vec<(String, Rc<str>)> {
        let known = self.0.borrow();
        let imported = known.own().filter(|(_, text)| !text.of_session);
        let library = known.own_library.iter().filter_map(|name| known.texts.get_key_value(name));
        imported.chain(library).map(|(name, text)| (name.clone(), text.text.clone())).collect()
    }

    /// The names of the texts behind a module of the standard library.
    pub fn files_of(&self, module: &str) -> Vec<String> {
        self.0.borrow().modules.get(module).cloned().unwrap_or_default()
    }

    /// The module of the standard library to which a text belongs.
    pub fn module_of(&self, name: &str) -> Option<String> {
        let known = self.0.borrow();
        known.modules.iter().find(|(_, files)| files.iter().any(|file| file == name)).map(|(module, _)| module.clone())
    }

    /// The functions and closures of each module of the standard library.
    pub fn library(&self) -> Vec<(String, Vec<Shared<ScriptFuncDef>>)> {
        let known = self.0.borrow();
        let functions = |files: &Vec<String>| {
            let texts = files.iter().filter_map(|name| known.texts.get(name));
            texts.flat_map(|text| &text.functions).filter_map(Weak::upgrade).collect()
        };
        known.modules.iter().map(|(name, files)| (name.clone(), functions(files))).collect()
    }

    /// The texts behind the modules of the standard library, by the modules' names.
    pub fn module_texts(&self) -> HashMap<String, Rc<str>> {
        let known = self.0.borrow();
        let text = |(module, files): (&String, &Vec<String>)| {
            let texts: Vec<&str> = files.iter().filter_map(|name| Some(&*known.texts.get(name)?.text)).collect();
            (module.clone(), texts.join("\n").into())
        };
        known.modules.iter().map(text).collect()
    }

    /// The texts that are no modules of the standard library, the latest first.
    pub fn own_texts(&self) -> Vec<Rc<str>> {
        let known = self.0.borrow();
        let mut own: Vec<(&String, &Text)> = known.own().collect();
        own.sort_by_key(|(_, text)| std::cmp::Reverse(text.number));
        own.into_iter().map(|(_, text)| text.text.clone()).collect()
    }

    /// Forgets those of the texts `is_passing` that nothing can call into any more: a prompt does not grow with its lines.
    pub fn forget(&self, is_passing: impl Fn(&str) -> bool) {
        let known = &mut *self.0.borrow_mut();
        known.texts.retain(|name, text| {
            !is_passing(name) || text.functions.iter().any(|function| function.strong_count() > 0)
        });
        let texts = &known.texts;
        known.closures.retain(|_, home| texts.contains_key(home));
        known.functions.retain(|_, home| texts.contains_key(home));
    }

    /// Whether a file that now reads `text` is what is kept under `name`, which may be without its `#!`.
    pub fn reads(&self, name: &str, text: &str) -> bool {
        self.get(name).is_some_and(|kept| plain(&kept) == plain(text))
    }

    pub fn get(&self, name: &str) -> Option<Rc<str>> {
        self.0.borrow().texts.get(name).map(|t| t.text.clone())
    }

    /// Makes `import "path"` find this module.
    pub fn replace_module(&self, path: &str, module: Shared<Module>) {
        self.0.borrow_mut().edited.insert(path.to_string(), module);
    }

    pub fn edited_module(&self, path: &str) -> Option<Shared<Module>> {
        self.0.borrow().edited.get(path).cloned()
    }

    /// The name of the text in which a function stands that was called in `inside`.
    pub fn home(&self, function: &str, inside: &str) -> Option<String> {
        let known = self.0.borrow();
        let of_session = || known.texts.get(inside).is_some_and(|text| text.of_session);
        if function.starts_with(CLOSURE) {
            return known.closures.get(function).cloned();
        }
        match known.parts.get(inside) {
            Some(homes) => homes.get(function).cloned(),
            None => of_session().then(|| known.functions.get(function).cloned()).flatten(),
        }
    }

    /// Where a function is defined, `stdlib/schedule/step.rhai:24`: in a module of the standard library, or in the latest text that
    /// defines one of this name.
    pub fn defined_at(&self, function: &str, module: Option<&str>) -> Option<String> {
        let known = self.0.borrow();
        let files = module.and_then(|module| known.modules.get(module));
        let mut texts: Vec<(&String, &Text)> =
            known.texts.iter().filter(|(name, _)| files.is_none_or(|files| files.contains(name))).collect();
        texts.sort_by_key(|(_, text)| std::cmp::Reverse(text.number));
        texts.into_iter().find_map(|(name, text)| Some(format!("{name}:{}", line_of(function, &text.text)?)))
    }

    /// The functions of this name, each with its place: of a module of the standard library, or of the latest text that defines some; where none does, of any
    /// module.
    pub fn definitions(&self, function: &str, module: Option<&str>) -> Vec<(String, String)> {
        let known = self.0.borrow();
        let of = |name: &str| -> Vec<(String, String)> {
            let text = known.texts.get(name).map(|text| text.text.clone()).unwrap_or_default();
            let found = functions_named(&text, function);
            found.into_iter().map(|(line, text)| (format!("{name}:{line}"), text.to_string())).collect()
        };
        if let Some(module) = module {
            return known.modules.get(module).into_iter().flatten().flat_map(|name| of(name)).collect();
        }
        let mut own: Vec<(&String, &Text)> = known.own().collect();
        own.sort_by_key(|(_, text)| std::cmp::Reverse(text.number));
        let latest = own.into_iter().map(|(name, _)| of(name)).find(|found| !found.is_empty());
        let mut library: Vec<&String> = known.modules.values().flatten().collect();
        library.sort();
        latest.unwrap_or_else(|| library.into_iter().flat_map(|name| of(name)).collect())
    }

    /// The text of a function that a value stands for, where it stands (`s.rhai:12`), and the names of what it is given: of a closure those of what it
    /// has captured first.
    pub fn text_of(&self, function: &str) -> Option<(String, String, Vec<String>)> {
        let known = self.0.borrow();
        let find = |name: &str| -> Option<(String, String, Vec<String>)> {
            let text = known.texts.get(name)?;
            let found = text.functions.iter().filter_map(Weak::upgrade).find(|f| f.name == function)?;
            let names = found.params.iter().map(ToString::to_string).collect::<Vec<_>>();
            let position = found.body.position();
            let (line, stands) = match function.starts_with(CLOSURE) {
                true => {
                    let given: Vec<&str> = found.params.iter().map(|name| name.as_str()).collect();
                    closure_at(&text.text, position, &given).or_else(|| Some((position.line()?, "")))?
                }
                false => function_named(&text.text, function)?,
            };
            Some((stands.to_string(), format!("{name}:{line}"), names))
        };
        match known.closures.get(function) {
            Some(home) => find(home),
            None => known.own().map(|(name, _)| name).find_map(|name| find(name)),
        }
    }

    /// The ways to call the functions of this name that texts beside the standard library define.
    pub fn signatures(&self, function: &str) -> Vec<String> {
        let known = self.0.borrow();
        let functions =
            known.own().flat_map(|(_, text)| &text.functions).filter_map(Weak::upgrade).filter(|f| f.name == function);
        let mut found: Vec<String> = functions.map(|f| format!("{}({})", f.name, f.params.join(", "))).collect();
        found.sort_by_key(|signature| (signature.matches(',').count(), signature.clone()));
        found.dedup();
        found
    }

    /// How many texts are held.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.0.borrow().texts.len()
    }

    /// Of how many functions and closures the place is held.
    #[cfg(test)]
    pub fn functions(&self) -> usize {
        let known = self.0.borrow();
        known.functions.len() + known.closures.len()
    }
}

impl Known {
    /// The texts that are no modules of the standard library.
    fn own(&self) -> impl Iterator<Item = (&String, &Text)> {
        self.texts.iter().filter(|(name, _)| !self.modules.values().any(|files| files.contains(name)))
    }

    fn insert(&mut self, name: &str, text: &str, functions: Vec<Weak<ScriptFuncDef>>) {
        self.added += 1;
        self.texts
            .insert(name.to_string(), Text { text: text.into(), number: self.added, functions, of_session: false });
    }
}

/// The line of `text` in which the function is defined, from 1.
fn line_of(function: &str, text: &str) -> Option<usize> {
    let tokens = lex(text).tokens;
    let definition = tokens.windows(2).find(|pair| pair[0].text(text) == "fn" && pair[1].text(text) == function)?;
    Some(text[..definition[0].range.start].matches('\n').count() + 1)
}

/// A script's text as the interpreter takes it: without a byte-order mark, and its `#!` line as a comment, so that it
/// parses and lines stay.
pub fn plain(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.strip_prefix("#!") {
        // Not `//`, which a path behind it would turn into a doc comment.
        Some(rest) => format!("// {rest}"),
        None => text.to_string(),
    }
}
