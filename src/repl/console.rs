//! The loop of a prompt. The session's and those inside a running script share one editor, and so one history.

use super::{
    command::{Call, Flow, obey},
    commands::{self, TABLE},
    complete::Known,
    editor::Line,
    questions, results,
    state::State,
};
use crate::interrupt;
use crate::output::complain;
use crate::script::{Command, Ended, Failure, Prompt, Workspace};
use std::rc::Rc;

/// The terminal as a place to ask. Copies are the same.
#[derive(Clone, Default)]
pub struct Console(Rc<State>);

impl Console {
    /// Takes up what the user has set, for scripts too that are run without a prompt.
    pub fn take_up_settings(&self) {
        self.0.settings();
    }

    pub(super) fn state(&self) -> &State {
        &self.0
    }
}

impl Prompt for Console {
    fn ask(&self, text: &str, workspace: &mut Workspace<'_, '_>, own: &[Command]) -> Result<Ended, Failure> {
        interrupt::clear();
        let state = self.state();
        let all = commands::listed(TABLE, own);
        loop {
            interrupt::settle();
            let known = Known::of(workspace, &state.library(workspace), all.clone());
            let line = state.editor()?.read(text, known)?;
            let line = match line {
                Line::Text(line) => line,
                Line::Interrupted => {
                    if interrupt::note() {
                        if state.editor()?.confirm("Leave the prompt? What is not saved is lost.") {
                            return Ok(Ended::Quit);
                        }
                        interrupt::forget();
                        continue;
                    }
                    complain("(Ctrl-C again, or Ctrl-D, leaves the prompt)");
                    continue;
                }
                Line::Left => {
                    complain("(left; the key ↑ brings it back)");
                    continue;
                }
                Line::End => return Ok(Ended::Quit),
            };
            let line = line.trim();
            if let Some(command) = line.strip_prefix(':') {
                let call = Call { state, commands: &all, prompt: text, workspace, argument: "" };
                if let Flow::End(ended) = obey(TABLE, call, command) {
                    return Ok(ended);
                }
            } else if is_farewell(workspace, line) {
                return Ok(Ended::Quit);
            } else if let Some(command) = questions::command_asked(line, &|name| is_known(workspace, name)) {
                commands::shell::run(command);
            } else if let Some(name) = questions::source_asked(line) {
                commands::show_source(&Call { state, commands: &all, prompt: text, workspace, argument: name }, name);
            } else if let Some(name) = questions::asked(line) {
                commands::help(&Call { state, commands: &all, prompt: text, workspace, argument: name });
            } else if !line.is_empty() {
                results::run(workspace, text, line, false);
            }
            interrupt::clear();
        }
    }
}

/// Whether something that a script knows is called so.
fn is_known(workspace: &Workspace<'_, '_>, name: &str) -> bool {
    ["true", "false", "this"].contains(&name) || workspace.variables().iter().any(|v| v.name == name)
}

/// Whether this is what leaves other prompts, and no variable.
fn is_farewell(workspace: &Workspace<'_, '_>, line: &str) -> bool {
    let word = line.trim_end_matches(';').trim_end_matches("()");
    ["exit", "quit"].contains(&word) && !workspace.variables().iter().any(|v| v.name == word)
}
