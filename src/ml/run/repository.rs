//! The git repository around a script: its commit, and whether what stands in the folder is that commit's. Read from git's own files; no process is
//! started. What a guest may not read, what is damaged and what is too large is unknown.

use super::index::{self, Index};
use crate::access;
use crate::error::{Error, Result};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Where nothing can be said.
const UNKNOWN: &str = "unknown";
/// Of more files than this it would take too long to look whether they were changed.
const MOST_FILES: usize = 50_000;

/// As `config.json` has it, `{ "commit": …, "changed": … }`: a commit by its hash, or `"unknown"`; `changed` true, false or `"unknown"`. Null where
/// no repository is around `folder`.
pub fn repository(folder: &Path) -> Value {
    let said = |commit: Option<String>, changed: Option<bool>| {
        let changed = changed.map_or_else(|| UNKNOWN.into(), Value::Bool);
        json!({ "commit": commit.unwrap_or_else(|| UNKNOWN.into()), "changed": changed })
    };
    match Repository::around(folder) {
        Ok(None) => Value::Null,
        Ok(Some(found)) => said(found.commit(), found.changed()),
        Err(_) => said(None, None),
    }
}

struct Repository {
    /// What is tracked stands below it.
    work: PathBuf,
    /// HEAD and the index.
    own: PathBuf,
    /// Branches, which all work trees share.
    common: PathBuf,
}

impl Repository {
    /// The innermost one.
    ///
    /// # Errors
    /// A folder above that may not be read: there may be one, or not.
    fn around(folder: &Path) -> Result<Option<Repository>> {
        let folder = std::path::absolute(folder).map_err(|e| Error::file("find", folder, e))?;
        for work in folder.ancestors() {
            let git = work.join(".git");
            let own = match access::metadata(&git)? {
                None => continue,
                Some(found) if found.is_dir() => git,
                Some(_) => match pointed_to(&git) {
                    Some(own) => work.join(own),
                    None => continue,
                },
            };
            if access::metadata(&own.join("HEAD"))?.is_some() {
                let common = text(&own.join("commondir")).map_or_else(|| own.clone(), |common| own.join(common));
                return Ok(Some(Repository { work: work.to_path_buf(), own, common }));
            }
        }
        Ok(None)
    }

    fn commit(&self) -> Option<String> {
        let head = text(&self.own.join("HEAD"))?;
        let Some(name) = head.strip_prefix("ref: ") else { return hash(&head) };
        // A branch of this work tree's own goes before that of all.
        let loose = [&self.own, &self.common].into_iter().find_map(|folder| hash(&text(&folder.join(name))?));
        loose.or_else(|| {
            let packed = access::read_to_string(&self.common.join("packed-refs")).ok()?;
            let line = packed.lines().find(|line| line.split_once(' ').is_some_and(|(_, of)| of == name))?;
            hash(line.split(' ').next()?)
        })
    }

    /// Whether a file of those that git tracks is another than git knows. Files that it does not track are no change.
    fn changed(&self) -> Option<bool> {
        let index = Index::read(&access::read(&self.own.join("index")).ok()?)?;
        if index.entries.len() > MOST_FILES {
            return None;
        }
        let mut unknown = false;
        for entry in &index.entries {
            match index::is_changed(&self.work, entry) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => unknown = true,
            }
        }
        // What was added to the index since the commit stands there in the place of the commit's.
        (!unknown && index.is_commits).then_some(false)
    }
}

/// `gitdir: PATH`, in the file that stands in the place of the folder in further work trees and submodules.
fn pointed_to(file: &Path) -> Option<PathBuf> {
    text(file)?.strip_prefix("gitdir: ").map(PathBuf::from)
}

fn text(file: &Path) -> Option<String> {
    let is_small = access::metadata(file).ok().flatten()?.len() < 4096;
    is_small.then(|| access::read_to_string(file).ok()).flatten().map(|text| text.trim().to_string())
}

fn hash(text: &str) -> Option<String> {
    let is_hash = [40, 64].contains(&text.len()) && text.bytes().all(|c| c.is_ascii_hexdigit());
    is_hash.then(|| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, process::Command, thread::sleep, time::Duration};

    fn git(folder: &Path, arguments: &str) -> Option<String> {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false"]);
        command.current_dir(folder).env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_DIR").args(arguments.split(' '));
        let output = command.output().ok()?;
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8(output.stdout).unwrap().trim().to_string())
    }

    #[test]
    fn commit_and_changes_are_those_that_git_says() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("repository");
        fs::create_dir_all(folder.join("a/b")).unwrap();
        for (name, text) in
            [("s.rhai", "1 + 1"), ("a/b/long-name-of-a-file.txt", "x"), ("a/b/long-name-of-another.txt", "y")]
        {
            fs::write(folder.join(name), text).unwrap();
        }
        if git(&folder, "init -q -b main").is_none() {
            return eprintln!("SKIPPED: there is no git here");
        }
        let said = |folder: &Path| repository(folder);
        assert_eq!(said(&folder.join("a"))["commit"], UNKNOWN);
        git(&folder, "add .");
        git(&folder, "commit -q -m one");
        let head = git(&folder, "rev-parse HEAD").unwrap();
        let unchanged = json!({ "commit": head, "changed": false });
        assert_eq!(said(&folder.join("a/b")), unchanged);

        for version in ["2", "3", "4"] {
            git(&folder, &format!("update-index --index-version {version}"));
            assert_eq!(said(&folder), unchanged, "version {version} of the index");
        }
        git(&folder, "pack-refs --all");
        assert_eq!(said(&folder), unchanged);
        git(&folder, "checkout -q --detach");
        assert_eq!(said(&folder), unchanged);
        fs::write(folder.join("not-tracked"), "").unwrap();
        assert_eq!(said(&folder), unchanged);

        git(&folder, "worktree add -q ../further");
        let further = place.path().join("further");
        assert_eq!(said(&further), unchanged);

        // The same bytes, written once more, are the same file.
        sleep(Duration::from_millis(20));
        fs::write(folder.join("s.rhai"), "1 + 1").unwrap();
        assert_eq!(said(&folder), unchanged);
        fs::write(folder.join("s.rhai"), "1 + 2").unwrap();
        assert_eq!(said(&folder)["changed"], true);
        git(&folder, "add s.rhai");
        assert_ne!(said(&folder)["changed"], false);
        git(&folder, "commit -q -m two");
        assert_eq!(said(&folder)["changed"], false);
        fs::remove_file(folder.join("a/b/long-name-of-another.txt")).unwrap();
        assert_eq!(said(&folder)["changed"], true);

        fs::write(folder.join(".git/index"), "DIRC").unwrap();
        assert_eq!(said(&folder)["changed"], UNKNOWN);
        fs::remove_file(folder.join(".git/HEAD")).unwrap();
        assert_eq!(said(&folder), Value::Null);
    }
}
