//! The text of every script that took part, by the name that errors carry, so that a message can show the line.

use rhai::AST;
use std::{cell::RefCell, collections::HashMap, rc::Rc};

#[derive(Debug, Clone, Default)]
pub struct Sources(Rc<RefCell<Known>>);

#[derive(Debug, Default)]
struct Known {
    texts: HashMap<String, Rc<str>>,
    /// Where each closure stands: an error in one that a module calls carries the module's name.
    closures: HashMap<String, String>,
}

/// What the interpreter calls a closure begins so.
pub const CLOSURE: &str = "anon$";

impl Sources {
    /// Remembers a text, and which closures stand in it.
    pub fn add(&self, name: &str, text: &str, ast: &AST) {
        let mut known = self.0.borrow_mut();
        known.texts.insert(name.to_string(), text.into());
        for function in ast.iter_functions().filter(|f| f.name.starts_with(CLOSURE)) {
            known.closures.insert(function.name.to_string(), name.to_string());
        }
    }

    /// Remembers a text that does not parse.
    pub fn add_broken(&self, name: &str, text: &str) {
        self.0.borrow_mut().texts.insert(name.to_string(), text.into());
    }

    pub fn get(&self, name: &str) -> Option<Rc<str>> {
        self.0.borrow().texts.get(name).cloned()
    }

    /// The name of the text in which a closure stands.
    pub fn home(&self, closure: &str) -> Option<String> {
        self.0.borrow().closures.get(closure).cloned()
    }
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
