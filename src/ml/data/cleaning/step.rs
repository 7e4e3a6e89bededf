//! What is done to a text before it is split.

use crate::error::{Error, Result};
use crate::{interrupt, memory};
use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

/// What one step does to a text.
pub trait Clean: Debug + Send + Sync {
    /// The new text; borrowed where it is the old one or a part of it.
    fn clean<'a>(&self, text: &'a str) -> Cow<'a, str>;

    /// How many bytes the new text has at most: memory is asked for them before.
    fn most(&self, text: &str) -> usize;
}

/// A step that can be asked for by name.
#[derive(Debug)]
pub struct Row {
    /// Scripts call it as a method of texts.
    pub name: &'static str,
    /// What its arguments are called; each is a text.
    pub parameters: &'static [&'static str],
    /// What comes back, and which errors can come.
    pub about: &'static str,
    /// Lines of a script that show it.
    pub example: &'static str,
    /// Makes it of as many arguments as there are parameters.
    pub step: fn(&[&str]) -> Result<Step>,
}

impl Row {
    /// The step with these arguments.
    ///
    /// # Errors
    /// Another number of arguments; arguments that it cannot work with.
    pub fn with(&self, arguments: &[&str]) -> Result<Step> {
        let Row { name, parameters, .. } = self;
        if arguments.len() != parameters.len() {
            let (expected, got) = (parameters.len(), arguments.len());
            return Err(Error::value(format!("{name} takes {expected} arguments, got {got}")));
        }
        (self.step)(arguments)
    }
}

/// A step of a cleaning. Two of one name and the same arguments do the same.
#[derive(Debug, Clone)]
pub struct Step {
    name: &'static str,
    arguments: Vec<String>,
    how: Arc<dyn Clean>,
}

impl Step {
    pub fn new(name: &'static str, arguments: &[&str], how: impl Clean + 'static) -> Step {
        Step { name, arguments: arguments.iter().map(ToString::to_string).collect(), how: Arc::new(how) }
    }

    /// The new text; what was given, where nothing changes.
    ///
    /// # Errors
    /// A text that memory has no room for; the user asked to stop.
    pub fn apply<'a>(&self, text: Cow<'a, str>) -> Result<Cow<'a, str>> {
        /// Shorter ones are not looked at one by one.
        const SHORT: usize = 1 << 20;
        let most = self.how.most(&text);
        if most > SHORT {
            interrupt::check()?;
            memory::room_for_values(&format!("{}: a text", self.name), most as u64)?;
        }
        Ok(match text {
            Cow::Borrowed(text) => self.how.clean(text),
            Cow::Owned(text) => {
                let new = match self.how.clean(&text) {
                    Cow::Owned(new) => Some(new),
                    Cow::Borrowed(part) => (!std::ptr::eq(part, text.as_str())).then(|| part.to_string()),
                };
                Cow::Owned(new.unwrap_or(text))
            }
        })
    }
}

impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        (self.name, &self.arguments) == (other.name, &other.arguments)
    }
}
