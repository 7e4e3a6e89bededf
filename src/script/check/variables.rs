//! The variables in reach of a place, and what became of each.

use crate::error::nearest;
use rhai::Position;

/// How a variable came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Let,
    Loop,
    Parameter,
    /// Of `catch`, or of a loop's count.
    Other,
}

pub struct Variable {
    pub name: String,
    pub role: Role,
    pub position: Position,
    pub is_read: bool,
    /// Whether it is a tensor for certain.
    pub is_tensor: bool,
    /// Whether it is a list of lists for certain.
    pub is_of_lists: bool,
    /// The keys of the map that it is, where they are known.
    pub keys: Option<Vec<String>>,
    /// For each value that it gets, on which variables it depends that it is a whole number; nothing where it may be another.
    pub values: Vec<Option<Vec<usize>>>,
}

enum Entry {
    Variable(usize),
    /// What is outside of a closure is seen in it.
    Closure,
    /// What is outside of a function is not.
    Function,
}

#[derive(Default)]
pub struct Variables {
    /// All that there have been; a variable's place is its number.
    pub all: Vec<Variable>,
    reach: Vec<Entry>,
}

impl Variables {
    /// Where a block begins.
    pub fn mark(&self) -> usize {
        self.reach.len()
    }

    /// A block ends that began at `mark`.
    pub fn leave(&mut self, mark: usize) {
        self.reach.truncate(mark);
    }

    pub fn enter_closure(&mut self) -> usize {
        self.reach.push(Entry::Closure);
        self.reach.len() - 1
    }

    pub fn enter_function(&mut self) -> usize {
        self.reach.push(Entry::Function);
        self.reach.len() - 1
    }

    pub fn declare(&mut self, name: &str, role: Role, position: Position) -> usize {
        let values = if role == Role::Parameter { vec![None] } else { Vec::new() };
        self.all.push(Variable {
            name: name.to_string(),
            role,
            position,
            is_read: false,
            is_tensor: false,
            is_of_lists: false,
            keys: None,
            values,
        });
        self.reach.push(Entry::Variable(self.all.len() - 1));
        self.all.len() - 1
    }

    fn seen(&self) -> impl Iterator<Item = &Entry> {
        self.reach.iter().rev().take_while(|entry| !matches!(entry, Entry::Function))
    }

    /// The number of the variable that `name` is here, and whether it is taken into a closure.
    pub fn find(&self, name: &str) -> Option<(usize, bool)> {
        let mut is_captured = false;
        for entry in self.seen() {
            match entry {
                Entry::Variable(number) if self.all[*number].name == name => return Some((*number, is_captured)),
                Entry::Closure => is_captured = true,
                _ => {}
            }
        }
        None
    }

    /// All names in reach.
    pub fn names(&self) -> Vec<&str> {
        let name = |entry: &Entry| match entry {
            Entry::Variable(number) => Some(self.all[*number].name.as_str()),
            _ => None,
        };
        self.seen().filter_map(name).collect()
    }

    /// Something looks at all of this name, wherever they are.
    pub fn read_named(&mut self, name: &str) {
        self.all.iter_mut().filter(|variable| variable.name == name).for_each(|variable| variable.is_read = true);
    }

    /// What a misspelt name may mean is not left over.
    pub fn read_near(&mut self, name: &str) {
        let near = nearest(name, &self.names()).and_then(|near| self.find(near));
        if let Some((number, _)) = near {
            self.all[number].is_read = true;
        }
    }

    /// Something looks at all that is in reach, as a pause does.
    pub fn read_all(&mut self) {
        let seen = self.reach.iter().rev().take_while(|entry| !matches!(entry, Entry::Function));
        for entry in seen {
            if let Entry::Variable(number) = entry {
                self.all[*number].is_read = true;
            }
        }
    }

    /// Which are whole numbers, whatever happens.
    pub fn whole(&self) -> Vec<bool> {
        let mut whole: Vec<bool> =
            self.all.iter().map(|v| !v.values.is_empty() && v.values.iter().all(Option::is_some)).collect();
        loop {
            let is_still = |v: &Variable| v.values.iter().flatten().flatten().all(|on| whole[*on]);
            let next: Vec<bool> = self.all.iter().zip(&whole).map(|(v, was)| *was && is_still(v)).collect();
            if next == whole {
                return whole;
            }
            whole = next;
        }
    }
}
