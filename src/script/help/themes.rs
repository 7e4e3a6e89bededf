//! What belongs together in the list of functions.

use super::docs::Doc;

/// Native functions by theme: titles, and the names of each.
pub struct Themes(pub Vec<(&'static str, Vec<String>)>);

/// Where functions without a module's name are that are written in Rhai: they train.
const PRELUDE: &str = "Training";

/// What belongs together.
pub struct Group<'d> {
    pub title: String,
    pub docs: Vec<&'d Doc>,
}

impl Themes {
    /// The project's functions: native ones in the first theme that has them, those of the standard library in their module's.
    pub fn groups<'d>(&self, all: &'d [Doc]) -> Vec<Group<'d>> {
        let mut groups: Vec<Group> =
            self.0.iter().map(|(title, _)| Group { title: (*title).to_string(), docs: Vec::new() }).collect();
        for doc in all.iter().filter(|doc| !doc.builtin) {
            let title = match doc.name.split_once("::") {
                Some((module, _)) => format!("Module {module}"),
                None => self.of(&doc.name).unwrap_or(PRELUDE).to_string(),
            };
            match groups.iter_mut().find(|group| group.title == title) {
                Some(group) => group.docs.push(doc),
                None => groups.push(Group { title, docs: vec![doc] }),
            }
        }
        groups.retain(|group| !group.docs.is_empty());
        groups
    }

    /// The title of a native function's theme.
    fn of(&self, name: &str) -> Option<&'static str> {
        self.0.iter().find(|(_, names)| names.iter().any(|known| known == name)).map(|(title, _)| *title)
    }
}
