//! The pages of the guide, which are in the program.

use super::words::Words;
use include_dir::{Dir, include_dir};

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/guide/src");

/// What stands in front of a page's name.
const PREFIX: &str = "guide/";

/// How many pages a search lists.
const FOUND: usize = 6;

/// A page of the guide.
pub struct Page {
    /// `own-data`
    pub name: &'static str,
    /// What stands above it.
    pub title: &'static str,
    pub text: &'static str,
}

/// All pages, by their names.
pub fn all() -> Vec<Page> {
    let pages = FOLDER.files().filter_map(|file| {
        let name = file.path().file_name()?.to_str()?.strip_suffix(".md")?;
        let text = file.contents_utf8()?;
        let title = text.lines().next()?.trim_start_matches('#').trim();
        (name != "SUMMARY").then_some(Page { name, title, text })
    });
    let mut pages: Vec<Page> = pages.collect();
    pages.sort_by_key(|page| page.name);
    pages
}

/// The page that `guide/own-data` names, or the list of all for `guide`.
pub fn page(name: &str) -> Option<String> {
    if name == PREFIX.trim_end_matches('/') {
        return Some(lines(&all()));
    }
    let name = name.strip_prefix(PREFIX)?.trim_end_matches(".md");
    all().into_iter().find(|page| page.name == name).map(|page| page.text.trim_end().to_string())
}

/// The pages in which all of the words stand, a line each: those that have them in a heading, else those in whose text they are.
pub fn search(words: &str) -> Option<String> {
    let words = Words::of(words);
    if words.is_empty() || words.is_short {
        return None;
    }
    let headings =
        |page: &Page| page.text.lines().filter(|line| line.starts_with('#')).any(|line| words.stand_in(line));
    let (mut found, others): (Vec<Page>, Vec<Page>) = all().into_iter().partition(headings);
    if found.is_empty() {
        // In one paragraph, not anywhere on the page.
        let in_text = |page: &Page| page.text.split("\n\n").any(|paragraph| words.stand_in(paragraph));
        found = others.into_iter().filter(in_text).collect();
    }
    found.truncate(FOUND);
    (!found.is_empty()).then(|| lines(&found))
}

fn lines(pages: &[Page]) -> String {
    let width = pages.iter().map(|page| page.name.len()).max().unwrap_or(0);
    let lines = pages.iter().map(|page| format!("{PREFIX}{:width$}  {}", page.name, page.title));
    lines.collect::<Vec<_>>().join("\n")
}
