//! Builds the guide: `imdbsh-guide PROGRAM GUIDE OUT`. The pages in `GUIDE/src` stand first; behind them the reference, which the program
//! itself writes (`imdbsh doc --markdown`), and what `--help` says of it and of its commands.

use mdbook_driver::MDBook;
use mdbook_driver::errors::Result;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The line of `SUMMARY.md` in whose place the reference comes.
const REFERENCE: &str = "<!-- reference -->\n";

fn main() -> Result<()> {
    let [program, guide, out] =
        env::args_os().skip(1).map(PathBuf::from).collect::<Vec<_>>().try_into().expect("PROGRAM GUIDE OUT");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    copy(&guide, &out.join("book"))?;
    let source = out.join("book/src");
    let reference = source.join("reference");
    said(Command::new(&program).args(["doc", "--markdown"]).arg(&reference));
    fs::write(reference.join("command-line.md"), command_line(&program))?;
    let lines = fs::read_to_string(reference.join("SUMMARY.md"))? + "- [The command line](reference/command-line.md)\n";
    fs::remove_file(reference.join("SUMMARY.md"))?;
    let summary = fs::read_to_string(source.join("SUMMARY.md"))?;
    assert!(summary.contains(REFERENCE), "SUMMARY.md has no line {REFERENCE}");
    fs::write(source.join("SUMMARY.md"), summary.replace(REFERENCE, &lines))?;
    let mut book = MDBook::load(out.join("book"))?;
    book.config.build.build_dir = PathBuf::from("../html");
    book.build()?;
    println!("{}", out.join("html/index.html").display());
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name()))?,
            false => drop(fs::copy(entry.path(), to.join(entry.file_name()))?),
        }
    }
    Ok(())
}

/// What a program prints; it must not fail.
fn said(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// A page with the help of the program, of each command, and of those below it.
fn command_line(program: &Path) -> String {
    let mut page = String::from("# The command line\n");
    let mut words: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(command) = words.pop() {
        let help = said(Command::new(program).args(&command).arg("--help"));
        let title = format!("imdbsh {}", command.join(" "));
        page += &format!("\n## {}\n\n```text\n{}\n```\n", title.trim_end(), help.trim_end());
        let below = commands(&help).into_iter().filter(|name| name != "help");
        let mut below: Vec<Vec<String>> = below.map(|name| [command.clone(), vec![name]].concat()).collect();
        below.reverse();
        words.append(&mut below);
    }
    page
}

/// The names below `Commands:`.
fn commands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let named = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.filter_map(|line| line.split_whitespace().next().map(str::to_string)).collect()
}
