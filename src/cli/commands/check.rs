//! `imdbsh check FILE…`.

use super::super::command::{Command, Guests};
use super::super::confine::Reach;
use super::super::flags::Flags;
use super::super::script_file::read_script;
use super::super::usage::usage;
use crate::output::{is_stdout_coloured, say, say_coloured};
use crate::script::{Failure, Session, Setup};
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Says of scripts what would fail, and what the language does in silence, without running them; `imdbsh doc checks` lists what.
#[derive(Args)]
pub struct Check {
    /// The scripts.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// The folder of the script that a file belongs to: of one of a `stdlib/` beside scripts, their folder. A suite of tests may stand in a folder of that name, too.
fn folder(file: &Path, text: &str) -> PathBuf {
    let parents = file.ancestors().skip(1).take(2).filter(|_| !text.contains("fn test_"));
    let library = parents.filter(|folder| folder.file_name().is_some_and(|name| name == "stdlib")).last();
    library.unwrap_or(file).parent().map(Path::to_path_buf).unwrap_or_default()
}

impl Command for Check {
    fn guests(&self) -> Guests {
        let folders = self
            .files
            .iter()
            .flat_map(|file| [folder(file, ""), file.parent().map(Path::to_path_buf).unwrap_or_default()]);
        Guests::Of(Reach { read: folders.collect(), ..Reach::default() })
    }

    fn run(self, flags: Flags) -> Result<(), Failure> {
        let is_styled = is_stdout_coloured();
        let (mut errors, mut warnings) = (0, 0);
        let mut of_folders: BTreeMap<PathBuf, Vec<(String, String)>> = BTreeMap::new();
        for file in &self.files {
            let text = read_script(file)?;
            of_folders.entry(folder(file, &text)).or_default().push((file.display().to_string(), text));
        }
        for (folder, texts) in of_folders {
            let session = Session::new(Setup { folder, ..flags.setup("check") }).map_err(usage)?;
            for checked in session.check(&texts) {
                errors += checked.errors();
                warnings += checked.warnings();
                let shown = checked.shown(is_styled);
                match () {
                    () if shown.is_empty() => {}
                    () if is_styled => say_coloured(&format!("{shown}\n")),
                    () => say(&format!("{shown}\n")),
                }
            }
        }
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        match (errors, warnings) {
            (0, 0) => Ok(()),
            (0, _) => {
                say(&count(warnings, "warning"));
                Ok(())
            }
            _ => Err(Failure::Script(format!("{}, {}", count(errors, "error"), count(warnings, "warning")))),
        }
    }
}
