//! The guide: every block of code in it is run, every page is listed, and every link leads somewhere.
//!
//! | fence | what becomes of it |
//! | --- | --- |
//! | `rhai` behind "Save this as `NAME`" | it is written into that file |
//! | `rhai` | those of a page are one script, which is run, and of which `imdbsh check` has nothing to say |
//! | `rhai,W02` | `imdbsh check` finds this and nothing else |
//! | `console` | its `$` lines are run by a shell behind the page's script and must succeed; what stands below one must be in what it prints |
//! | others | they are only shown |

use crate::common::scripts::root;
use imdbsh::script::{Checked, Session, Setup};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, thread};
use tempfile::TempDir;

struct Block {
    fence: String,
    text: String,
    /// The file that the text in front of it names.
    file: Option<String>,
}

fn pages() -> Vec<(String, String)> {
    let folder = root().join("docs/guide/src");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<(String, String)> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    pages.sort();
    assert!(pages.len() > 15);
    pages
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut before = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(fence) = line.strip_prefix("```") else {
            if !line.is_empty() {
                before = line.to_string();
            }
            continue;
        };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let file = before.split_once("Save this as `").and_then(|(_, rest)| Some(rest.split_once('`')?.0.to_string()));
        blocks.push(Block { fence: fence.to_string(), text: text.join("\n") + "\n", file });
        before.clear();
    }
    blocks
}

/// The program's folder before all others.
fn path() -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_imdbsh")).parent().unwrap();
    format!("{}:{}", program.display(), env::var("PATH").unwrap())
}

fn said(command: &mut Command, folder: &Path) -> Result<String, String> {
    let home = folder.join("home");
    let command = command.current_dir(folder).env("PATH", path()).env("HOME", &home).env("NO_COLOR", "1");
    let output = command.output().unwrap();
    let all = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    match output.status.success() {
        true => Ok(all),
        false => Err(format!("{command:?}: {}\n{all}", output.status)),
    }
}

/// What is wrong with a page.
fn tried(name: &str, page: &str) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let (mut script, mut wrong) = (String::new(), Vec::new());
    let blocks = blocks(page);
    for block in &blocks {
        match (block.fence.as_str(), &block.file) {
            ("rhai", Some(file)) => fs::write(folder.path().join(file), &block.text).unwrap(),
            ("rhai", None) => script += &block.text,
            (_, Some(file)) => fs::write(folder.path().join(file), &block.text).unwrap(),
            _ => {}
        }
    }
    let whole = folder.path().join("page.rhai");
    fs::write(&whole, &script).unwrap();
    let run = |arguments: &[&str]| said(Command::new(env!("CARGO_BIN_EXE_imdbsh")).args(arguments), folder.path());
    match run(&["check", "page.rhai"]) {
        Ok(said) if said.is_empty() => {}
        Ok(said) | Err(said) => wrong.push(format!("{name}: {said}")),
    }
    if !script.is_empty() {
        wrong.extend(run(&["--no-check", "page.rhai"]).err().map(|said| format!("{name}: {said}")));
    }
    for block in blocks.iter().filter(|block| block.fence == "console") {
        let mut printed = Ok(String::new());
        for line in block.text.lines() {
            match line.strip_prefix("$ ") {
                Some(command) => {
                    printed = said(Command::new("sh").args(["-c", command]), folder.path());
                    wrong.extend(printed.as_ref().err().map(|said| format!("{name}: {said}")));
                }
                None => {
                    let is_there = printed.as_ref().is_ok_and(|printed| printed.contains(line.trim()));
                    if !is_there && line != "…" {
                        wrong.push(format!("{name}: `{line}` is not in what is printed: {printed:?}"));
                    }
                }
            }
        }
    }
    wrong
}

#[cfg(unix)]
#[test]
fn every_block_of_the_guide_runs() {
    let pages = pages();
    let tried = thread::scope(|scope| {
        let half = pages.len().div_ceil(2);
        let parts = pages.chunks(half).map(|part| {
            scope.spawn(move || part.iter().flat_map(|(name, page)| tried(name, page)).collect::<Vec<String>>())
        });
        let parts: Vec<_> = parts.collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect::<Vec<String>>()
    });
    assert!(tried.is_empty(), "{}", tried.join("\n\n"));
}

#[test]
fn each_trap_of_the_guide_is_found() {
    let session = Session::new(Setup::named("check")).unwrap();
    let mut traps = 0;
    for (name, page) in pages() {
        for block in blocks(&page) {
            let Some(number) = block.fence.strip_prefix("rhai,") else { continue };
            let found = session.check(&[(name.clone(), block.text.clone())]);
            let found: Vec<&str> = found.iter().flat_map(Checked::places).map(|(number, ..)| number).collect();
            assert_eq!(found, [number], "{name}:\n{}", block.text);
            traps += 1;
        }
    }
    assert!(traps > 5, "{traps}");
}

#[test]
fn each_page_of_the_guide_is_listed_and_each_link_leads_to_one() {
    let pages = pages();
    let summary = &pages.iter().find(|(name, _)| name == "SUMMARY.md").unwrap().1;
    for (name, page) in &pages {
        assert!(name == "SUMMARY.md" || summary.contains(&format!("]({name})")), "{name} is not in SUMMARY.md");
        for target in page.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
            // The reference is made when the book is.
            let is_elsewhere = target.starts_with("https://") || target.starts_with("reference/");
            let file: PathBuf = root().join("docs/guide/src").join(target.split('#').next().unwrap());
            assert!(is_elsewhere || file.is_file(), "{name} links to {target}");
        }
    }
}
