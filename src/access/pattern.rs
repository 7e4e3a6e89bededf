//! Files whose paths fit a pattern such as `reviews/*.csv`.

use super::{exists, is_dir, list};
use crate::error::{Error, Result};
use glob::{MatchOptions, Pattern};
use std::cmp::Ordering;
use std::path::{Component, Path, PathBuf};

/// Folders within folders that `**` goes into: links could lead round for ever.
const DEPTH: usize = 16;

/// As in a shell: names that begin with a dot are to be named so.
const LIKE_A_SHELL: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// Whether a path has `*`, `?` or `[…]` in it.
pub fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// What is there and fits, in the order in which people count: `part2.csv` before `part10.csv`. `**` stands for any folders.
///
/// # Errors
/// A pattern that is none; a folder that may not be read.
pub fn matching(pattern: &Path) -> Result<Vec<PathBuf>> {
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        let name = part.as_os_str().to_string_lossy();
        if !matches!(part, Component::Normal(_)) || !is_pattern(&name) {
            found.iter_mut().for_each(|path| path.push(part));
            continue;
        }
        let mut next = Vec::new();
        for path in found {
            if name == "**" {
                below(&path, DEPTH, &mut next)?;
                continue;
            }
            let fits = Pattern::new(&name).map_err(|e| Error::value(format!("`{}`: {e}", pattern.display())))?;
            for file in names(&path)?.into_iter().filter(|file| fits.matches_with(file, LIKE_A_SHELL)) {
                next.push(path.join(file));
            }
        }
        found = next;
    }
    let mut there = Vec::new();
    for path in found {
        if exists(&path)? {
            there.push(path);
        }
    }
    there.sort_by(|a, b| by_number(&a.to_string_lossy(), &b.to_string_lossy()));
    there.dedup();
    Ok(there)
}

/// A folder and those in it.
fn below(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    found.push(folder.to_path_buf());
    for name in names(folder)?.into_iter().filter(|name| depth > 0 && !name.starts_with('.')) {
        if is_dir(&folder.join(&name)) {
            below(&folder.join(&name), depth - 1, found)?;
        }
    }
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match is_dir(folder) {
        true => Ok(list(folder)?.into_iter().map(|name| name.to_string_lossy().into_owned()).collect()),
        // A folder that may not be read is an error, one that is not there holds nothing.
        false => exists(folder).map(|_| Vec::new()),
    }
}

/// Two names in the order of their letters, but numbers in them by size.
pub fn by_number(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        match (digits(left), digits(right)) {
            (0, _) | (_, 0) => {
                let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) else {
                    return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
                };
                if x != y {
                    return x.cmp(&y);
                }
                (left, right) = (&left[x.len_utf8()..], &right[y.len_utf8()..]);
            }
            (m, n) => {
                let (x, y) = (left[..m].trim_start_matches('0'), right[..n].trim_start_matches('0'));
                let order = x.len().cmp(&y.len()).then_with(|| x.cmp(y));
                if order.is_ne() {
                    return order;
                }
                (left, right) = (&left[m..], &right[n..]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_people_count() {
        let mut names = ["part10.csv", "part2.csv", "part02.csv", "a9b", "a10a", "b", "Part1", "ä2", ""];
        names.sort_by(|a, b| by_number(a, b));
        assert_eq!(names, ["", "Part1", "a9b", "a10a", "b", "part02.csv", "part2.csv", "part10.csv", "ä2"]);
    }

    #[test]
    fn patterns_find_what_a_shell_would() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["r/p10.csv", "r/p2.csv", "r/p2.txt", "r/.p3.csv", "r/deep/x/p4.csv", "s/p5.csv"] {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = |pattern: &str| -> Vec<String> {
            let found = matching(&dir.path().join(pattern)).unwrap();
            found.iter().map(|path| path.strip_prefix(dir.path()).unwrap().display().to_string()).collect()
        };
        assert_eq!(found("r/*.csv"), ["r/p2.csv", "r/p10.csv"]);
        assert_eq!(found("?/p[25].csv"), ["r/p2.csv", "s/p5.csv"]);
        assert_eq!(found("**/p*.csv"), ["r/deep/x/p4.csv", "r/p2.csv", "r/p10.csv", "s/p5.csv"]);
        assert!(found("no/*.csv").is_empty() && found("r/*.jsonl").is_empty());
        assert!(matching(&dir.path().join("[.csv")).unwrap_err().message.contains("[.csv"));
    }
}
