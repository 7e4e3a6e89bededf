//! The reference of the guide: every function as Markdown, made of what `imdbsh doc` shows.

use super::docs::Doc;
use super::themes::Themes;

/// A page of the reference.
pub struct Chapter {
    /// `optimizers`
    pub name: String,
    pub title: String,
    /// Markdown, without the title.
    pub text: String,
}

impl Chapter {
    pub fn new(title: &str, text: String) -> Chapter {
        let plain: String =
            title.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
        Chapter { name: parts.join("-"), title: title.to_string(), text }
    }
}

/// The functions of the project by theme, then Rhai's own.
pub fn chapters(all: &[Doc], themes: &Themes) -> Vec<Chapter> {
    let groups = themes.groups(all).into_iter().map(|group| Chapter::new(&group.title, entries(&group.docs)));
    let mut chapters: Vec<Chapter> = groups.collect();
    let builtin: Vec<&Doc> = all.iter().filter(|doc| doc.builtin && !doc.text.is_empty()).collect();
    chapters.push(Chapter::new("Rhai's own functions", entries(&builtin)));
    chapters
}

fn entries(docs: &[&Doc]) -> String {
    docs.iter().map(|doc| entry(doc)).collect::<Vec<_>>().join("\n")
}

fn entry(doc: &Doc) -> String {
    format!("## {}\n\n```rhai\n{}\n```\n\n{}\n", doc.name, doc.signatures.join("\n"), escaped(&doc.text))
}

/// Markdown in which `<unk>` is no tag, and a heading of Rhai's own docs is none of the page's.
pub fn escaped(text: &str) -> String {
    let mut is_code = false;
    let lines = text.lines().map(|line| {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            return line.to_string();
        }
        if is_code {
            return line.to_string();
        }
        if let Some(title) = line.strip_prefix('#') {
            return format!("**{}**", title.trim_start_matches('#').trim());
        }
        // What stands between two backticks is code.
        let parts = line.split('`').enumerate();
        let parts = parts.map(|(i, part)| if i % 2 == 0 { part.replace('<', "&lt;") } else { part.to_string() });
        parts.collect::<Vec<_>>().join("`")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_is_no_tag_is_none_and_code_stays() {
        assert_eq!(escaped("a <b> `<c>`\n```\n<d>\n# e\n```\n# F"), "a &lt;b> `<c>`\n```\n<d>\n# e\n```\n**F**");
    }
}
