//! The reference of the guide as files: functions, findings, the prompt's commands.

use crate::error::{Error, Result};
use crate::repl;
use crate::script::reference::{Chapter, chapters, escaped};
use crate::script::{Session, docs, findings, themes};
use std::fs;
use std::path::Path;

/// Writes a page for each theme into a folder, and `SUMMARY.md` with a line for each of them.
///
/// # Errors
/// A folder that cannot be written.
pub fn write(session: &Session, folder: &Path) -> Result<()> {
    let mut all = chapters(&docs::index(&session.engine), &themes());
    all.push(Chapter::new("What is checked", findings::markdown()));
    all.push(Chapter::new("Commands of the prompt", commands_of_the_prompt()));
    let failed = |e: std::io::Error| Error::value(format!("cannot write the reference into {}: {e}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    for chapter in &all {
        let text = format!("# {}\n\n{}", chapter.title, chapter.text);
        fs::write(folder.join(format!("{}.md", chapter.name)), text).map_err(failed)?;
    }
    let lines = all.iter().map(|chapter| format!("- [{}](reference/{}.md)\n", chapter.title, chapter.name));
    fs::write(folder.join("SUMMARY.md"), lines.collect::<String>()).map_err(failed)
}

fn commands_of_the_prompt() -> String {
    let lines = repl::all_commands().into_iter().map(|command| {
        format!(
            "## :{}\n\n`:{}`: {}\n",
            command.name,
            format!("{} {}", command.name, command.argument).trim_end(),
            escaped(command.about)
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}
