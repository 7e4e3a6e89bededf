//! What is said of a script before it runs.

use super::eval::Session;
use crate::output::{is_stderr_coloured, report};
use crate::script::{check::script::Checked, help::failure::Failure};

impl Session {
    /// Says what the check warns of, and stops where something would fail. With `shows_value`, what the text's end comes to is shown.
    ///
    /// # Errors
    /// What would fail.
    pub fn check_first(&self, name: &str, text: &str, shows_value: bool) -> Result<(), Failure> {
        let checked = self.checked(&[(name.to_string(), text.to_string())], shows_value);
        let is_styled = is_stderr_coloured();
        let all: Vec<String> = checked.iter().map(|one| one.shown(is_styled)).filter(|text| !text.is_empty()).collect();
        match checked.iter().map(Checked::errors).sum::<usize>() {
            0 if all.is_empty() => Ok(()),
            0 => {
                report(&all.join("\n\n"));
                Ok(())
            }
            _ => Err(Failure::Script(all.join("\n\n"))),
        }
    }
}
