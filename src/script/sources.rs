//! The text of every script that took part, by the name that errors carry, so that a message can show the line.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

#[derive(Clone, Default)]
pub struct Sources(Rc<RefCell<HashMap<String, Rc<str>>>>);

impl Sources {
    pub fn add(&self, name: &str, text: &str) {
        self.0.borrow_mut().insert(name.to_string(), text.into());
    }

    pub fn get(&self, name: &str) -> Option<Rc<str>> {
        self.0.borrow().get(name).cloned()
    }
}

/// A script's `#!` line as a comment, so that it parses and line numbers stay.
pub fn without_shebang(text: &str) -> String {
    match text.strip_prefix("#!") {
        // Not `//`, which a path behind it would turn into a doc comment.
        Some(rest) => format!("// {rest}"),
        None => text.to_string(),
    }
}
