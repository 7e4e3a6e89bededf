//! Which file of `src` takes names from which. Reads `use` lines and inline paths that begin with `crate`, `self` or `super`, and
//! follows `pub use` to the file that defines the name; so a name that is handed on by a `mod.rs` is an arrow to its own file. A
//! `mod.rs` that calls something of a child (`child::register`) has an arrow to the child. Unit tests are left out.

use regex::Regex;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;

/// A path of names: `crate::ml::plot` is `["ml", "plot"]`.
type Names = Vec<String>;

pub struct Arrows {
    /// The text of each file below `src`, without its unit tests and without lines that are comments.
    pub code: BTreeMap<String, String>,
    /// From one file to another, by the lines where a name is taken.
    pub arrows: BTreeMap<(String, String), BTreeSet<(usize, String)>>,
    /// Each path that a file names, with its line.
    pub taken: Vec<(String, Names, usize)>,
    file_of: HashMap<Names, String>,
    defined: HashMap<Names, HashSet<String>>,
    exported: HashMap<Names, HashMap<String, Names>>,
    patterns: Patterns,
}

struct Patterns {
    uses: Regex,
    items: Regex,
    group: Regex,
    single: Regex,
    inline: Regex,
    call: Regex,
}

impl Patterns {
    fn new() -> Self {
        let regex = |pattern: &str| Regex::new(pattern).unwrap();
        let visible = r"(?:pub(?:\([^)]*\))?\s+)?";
        let kinds = "fn|struct|enum|trait|type|const|static|mod|union";
        Patterns {
            uses: regex(r"(?m)^\s*(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);"),
            items: regex(&format!(r"(?m)^\s*{visible}(?:const |unsafe |async )*(?:{kinds})\s+(\w+)")),
            group: regex(r"(?s)^([\w:]*?)(?:::)?\{(.*)\}$"),
            single: regex(r"^([\w:*]+)(?:\s+as\s+(\w+))?$"),
            inline: regex(r"\b((?:crate|super|self)(?:::\w+)+)"),
            call: regex(r"\b(\w+)::(\w+)"),
        }
    }
}

/// All files below `folder` that end so, by their paths from there.
pub fn files(folder: &Path, ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, into: &mut Vec<std::path::PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, into) } else { into.push(path) }
        }
    }
    let mut all = Vec::new();
    walk(folder, &mut all);
    all.retain(|path| path.extension().is_some_and(|e| e == ending));
    all.sort();
    let name = |path: &Path| path.strip_prefix(folder).unwrap().to_str().unwrap().to_string();
    all.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The text without its unit tests.
pub fn without_tests(text: &str) -> String {
    let outside = Regex::new(r"#\[cfg\(test\)\]\s*(?:pub(?:\([^)]*\))?\s+)?mod \w+;").unwrap();
    let text = outside.replace_all(text, "");
    let inside = Regex::new(r"#\[cfg\((?:all\()?test\b[^\n]*\nmod tests \{").unwrap();
    inside.split(&text).next().unwrap_or_default().to_string()
}

fn names(path: &str) -> Names {
    path.split("::").filter(|name| !name.is_empty()).map(str::to_string).collect()
}

fn module_of(file: &str) -> Names {
    let mut parts: Names = file.trim_end_matches(".rs").split('/').map(str::to_string).collect();
    parts.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
    parts
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

impl Arrows {
    pub fn of(src: &Path) -> Self {
        Self::of_texts(files(src, "rs"))
    }

    /// The same for files that are given: their paths below `src`, and their texts.
    pub fn of_texts(texts: Vec<(String, String)>) -> Self {
        let comment = Regex::new(r"(?m)^[ \t]*//.*$").unwrap();
        let code: BTreeMap<String, String> = texts
            .into_iter()
            .map(|(file, text)| (file, comment.replace_all(&without_tests(&text), "").into_owned()))
            .collect();
        let patterns = Patterns::new();
        let file_of =
            code.keys().filter(|file| *file != "main.rs").map(|file| (module_of(file), file.clone())).collect();
        let items = |text: &str| patterns.items.captures_iter(text).map(|c| c[1].to_string()).collect();
        let defined = code
            .iter()
            .filter(|(file, _)| *file != "main.rs")
            .map(|(file, text)| (module_of(file), items(text)))
            .collect();
        let (arrows, exported, taken) = (BTreeMap::new(), HashMap::new(), Vec::new());
        let mut all = Arrows { code, arrows, taken, file_of, defined, exported, patterns };
        // What a file hands on must be known before names are followed.
        let sources: Vec<String> = all.code.keys().cloned().collect();
        for file in sources {
            let targets = all.taken_by(&file).into_iter().map(|(target, line)| (file.clone(), target, line));
            let targets: Vec<_> = targets.collect();
            all.taken.extend(targets);
        }
        for (file, target, line) in &all.taken {
            if let Some((to, name)) = all.resolve(target, 0).filter(|(to, _)| to != file) {
                let name = name.or(target.last().cloned()).unwrap_or_default();
                all.arrows.entry((file.clone(), to)).or_default().insert((*line, name));
            }
        }
        all
    }

    /// The paths that a file names, with their lines. What it hands on by `pub use` is noted instead.
    fn taken_by(&mut self, file: &str) -> Vec<(Names, usize)> {
        let module = module_of(file);
        let code = self.code[file].clone();
        let mut out = Vec::new();
        for found in self.patterns.uses.captures_iter(&code) {
            let tree = found[2].split_whitespace().collect::<Vec<_>>().join(" ");
            for (path, alias) in self.expand(&tree, &[]) {
                let child = || {
                    let known = self.file_of.contains_key(&[&module[..], &path[..1]].concat());
                    known.then(|| [&module[..], &path[..]].concat())
                };
                let Some(target) = absolute(&path, &module).or_else(child) else { continue };
                if found.get(1).is_some() {
                    let name = alias.or(target.last().cloned()).unwrap_or_default();
                    self.exported.entry(module.clone()).or_default().insert(name, target);
                } else {
                    out.push((target, line_of(&code, found.get(2).unwrap().start())));
                }
            }
        }
        let blank = |c: &regex::Captures| "\n".repeat(c[0].matches('\n').count());
        let rest = self.patterns.uses.replace_all(&code, blank).into_owned();
        for found in self.patterns.inline.captures_iter(&rest) {
            if let Some(target) = absolute(&names(&found[1]), &module) {
                out.push((target, line_of(&rest, found.get(1).unwrap().start())));
            }
        }
        if file.ends_with("mod.rs") || file == "lib.rs" {
            for found in self.patterns.call.captures_iter(&rest) {
                let child = [&module[..], &[found[1].to_string()]].concat();
                if self.file_of.contains_key(&child) {
                    let target = [&child[..], &[found[2].to_string()]].concat();
                    out.push((target, line_of(&rest, found.get(0).unwrap().start())));
                }
            }
        }
        out
    }

    /// `a::{b, c as d}` as paths, each with the name that it has here.
    fn expand(&self, tree: &str, before: &[String]) -> Vec<(Names, Option<String>)> {
        let tree = tree.trim();
        if let Some(group) = self.patterns.group.captures(tree) {
            let head = [before, &names(&group[1])].concat();
            let mut depth = 0;
            let parts = group[2].split(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                c == ',' && depth == 0
            });
            return parts.filter(|part| !part.trim().is_empty()).flat_map(|part| self.expand(part, &head)).collect();
        }
        let single = self.patterns.single.captures(tree);
        let path =
            |c: regex::Captures| ([before, &names(&c[1])].concat(), c.get(2).map(|alias| alias.as_str().to_string()));
        single.map(path).into_iter().collect()
    }

    /// The file that defines what a path leads to, and the name there.
    fn resolve(&self, target: &[String], depth: usize) -> Option<(String, Option<String>)> {
        for k in (0..=target.len()).rev() {
            let (module, rest) = target.split_at(k);
            let Some(file) = self.file_of.get(module) else { continue };
            let Some(name) = rest.first() else { return Some((file.clone(), None)) };
            let handed_on = self.exported.get(module).and_then(|names| names.get(name));
            if let Some(onward) = handed_on.filter(|_| depth < 8 && !self.defined[module].contains(name)) {
                let onward = [&onward[..], &rest[1..]].concat();
                let found = if onward == target { None } else { self.resolve(&onward, depth + 1) };
                if found.is_some() {
                    return found;
                }
            }
            return Some((file.clone(), Some(name.clone())));
        }
        None
    }

    /// Whether a module hands on, by `pub use`, what bears this name.
    pub fn hands_on(&self, module: &[String], name: &str) -> bool {
        self.exported.get(module).is_some_and(|names| names.contains_key(name))
    }

    /// The files that lead to each other, the largest set first.
    pub fn circles(&self) -> Vec<Vec<String>> {
        let mut next: HashMap<&str, Vec<&str>> = HashMap::new();
        for (from, to) in self.arrows.keys() {
            next.entry(from).or_default().push(to);
        }
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.code.keys().map(|file| (&**file, reached(&next, file))).collect();
        let mut seen = BTreeSet::new();
        let mut circles = Vec::new();
        for file in self.code.keys().map(String::as_str) {
            let circle = reached[file].iter().filter(|other| reached[*other].contains(file));
            let circle: Vec<String> = circle.map(ToString::to_string).collect();
            if !circle.is_empty() && seen.insert(circle.clone()) {
                circles.push(circle);
            }
        }
        circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
        circles
    }

    /// `api/plot.rs:12 -> ml/plot/panel.rs (Panel)`, for messages.
    pub fn described(&self, from: &str, to: &str) -> String {
        let at = &self.arrows[&(from.to_string(), to.to_string())];
        let shown: Vec<String> = at.iter().map(|(line, name)| format!("{from}:{line} -> {to} ({name})")).collect();
        shown.join("\n")
    }
}

fn reached<'a>(next: &HashMap<&'a str, Vec<&'a str>>, from: &'a str) -> BTreeSet<&'a str> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(file) = open.pop() {
        open.extend(next.get(file).into_iter().flatten().filter(|to| found.insert(**to)));
    }
    found
}

fn absolute(path: &[String], module: &[String]) -> Option<Names> {
    match path.first()?.as_str() {
        "crate" => return Some(path[1..].to_vec()),
        "super" | "self" => {}
        _ => return None,
    }
    let mut module = module.to_vec();
    let mut path = path;
    while let Some((first, rest)) = path.split_first().filter(|(first, _)| ["super", "self"].contains(&first.as_str()))
    {
        if first == "super" {
            module.pop();
        }
        path = rest;
    }
    module.extend_from_slice(path);
    Some(module)
}
