//! The loop of a prompt. The session's and those inside a running script share one editor, and so one history.

use super::editor::{Editor, Line};
use crate::interrupt;
use crate::script::{Command, Ended, Failure, Prompt, Workspace};
use crate::terminal::{complain, say};
use std::{cell::RefCell, rc::Rc};

/// The terminal as a place to ask. Copies are the same.
#[derive(Clone, Default)]
pub struct Console(Rc<RefCell<Option<Editor>>>);

const COMMANDS: &[Command] = &[
    Command { name: "help", argument: "", about: "lists the commands" },
    Command { name: "quit", argument: "", about: "leaves the prompt, as Ctrl-D does" },
];

impl Console {
    fn read(&self, prompt: &str) -> Result<Line, Failure> {
        let mut editor = self.0.borrow_mut();
        match &mut *editor {
            Some(editor) => editor.read(prompt),
            none => none.insert(Editor::open()?).read(prompt),
        }
    }
}

impl Prompt for Console {
    fn ask(&self, text: &str, workspace: &mut Workspace<'_, '_>, own: &[Command]) -> Result<Ended, Failure> {
        interrupt::clear();
        loop {
            let line = match self.read(text)? {
                Line::Text(line) => line,
                Line::Interrupted => continue,
                Line::End => return Ok(Ended::Quit),
            };
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            match line.strip_prefix(':') {
                None => run(workspace, line),
                Some(command) => {
                    if let Some(ended) = obey(command, own) {
                        return Ok(ended);
                    }
                }
            }
            interrupt::clear();
        }
    }
}

fn run(workspace: &mut Workspace<'_, '_>, line: &str) {
    match workspace.run("prompt", line) {
        Ok(value) if value.is_unit() => {}
        Ok(value) => say(&workspace.show(&value)),
        Err(Failure::Script(report) | Failure::Interrupted(report) | Failure::Usage(report)) => complain(&report),
    }
}

fn obey(command: &str, own: &[Command]) -> Option<Ended> {
    let (name, argument) = command.split_once(' ').unwrap_or((command, ""));
    if let Some(command) = own.iter().find(|c| c.name == name) {
        return Some(Ended::Command(command.name, argument.trim().to_string()));
    }
    match name {
        "quit" => return Some(Ended::Quit),
        "help" => {
            for c in COMMANDS.iter().chain(own) {
                say(&format!(":{:20} {}", format!("{} {}", c.name, c.argument), c.about));
            }
        }
        _ => complain(&format!("error: unknown command `:{name}` (:help lists them)")),
    }
    None
}
