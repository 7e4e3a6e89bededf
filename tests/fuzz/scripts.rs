//! Scripts of the repository with some of their words exchanged, doubled or left out.

use super::chance::Chance;
use imdbsh::script::{docs, lexer::lex};
use std::{fs, path::Path};

const WORDS: &[&str] = &[
    "0",
    "-1",
    "9223372036854775807",
    "1e308",
    "0.0",
    "\"\"",
    "\"é\\u0000\"",
    "()",
    "[]",
    "#{}",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "`",
    "\"",
    "'",
    "${",
    "//",
    "/*",
    "#",
    "let",
    "const",
    "fn",
    "if",
    "else",
    "for",
    "in",
    "while",
    "loop",
    "break",
    "continue",
    "return",
    "throw",
    "try",
    "catch",
    "switch",
    "=>",
    "|x|",
    "||",
    "..",
    "..=",
    "**",
    "?.",
    "?[",
    "??",
    "::",
    "import",
    "as",
    "export",
    "private",
    "this",
    "Fn",
    "call",
    "curry",
    "is_shared",
    "type_of",
    "eval",
    "pause",
    "_",
    "@",
    "\\",
    ";",
    ",",
    ":",
    "!",
    "-",
    "=",
    "+=",
];

pub struct Scripts {
    /// Each a list of words.
    texts: Vec<Vec<String>>,
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut end = 0;
    for token in lex(text).tokens {
        words.push(text[end..token.range.start].to_string());
        words.push(text[token.range.clone()].to_string());
        end = token.range.end;
    }
    words.push(text[end..].to_string());
    words.retain(|word| !word.is_empty());
    words
}

impl Scripts {
    pub fn new(engine: &rhai::Engine) -> Scripts {
        let mut texts: Vec<String> = docs::index(engine)
            .iter()
            .flat_map(|doc| doc.examples())
            .map(|e| e.replace("tests/data", &data()))
            .collect();
        for folder in ["scripts", "examples", "stdlib", "tests/stdlib"] {
            let mut files: Vec<_> =
                fs::read_dir(super::root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.sort();
            for file in files.iter().filter(|f| f.extension() == Some(Path::new("rhai").as_os_str())) {
                let text = fs::read_to_string(file).unwrap();
                // A function, or a paragraph, is enough to go on with.
                texts.extend(text.split("\n\n").map(str::to_string));
                texts.push(text);
            }
        }
        assert!(texts.len() > 500, "only {} texts", texts.len());
        Scripts { texts: texts.iter().map(|text| words(text)).collect() }
    }

    pub fn make(&self, chance: &mut Chance) -> String {
        let mut words = chance.of(&self.texts).clone();
        for _ in 0..1 + chance.below(5) {
            let at = chance.below(words.len() + 1).min(words.len());
            let end = (at + 1 + chance.below(6)).min(words.len());
            match chance.below(9) {
                0 => drop(words.drain(at..end)),
                1 => {
                    let copy = words[at..end].to_vec();
                    words.splice(at..at, copy);
                }
                2 => words.insert(at, (*chance.of(WORDS)).to_string()),
                3 if at < words.len() => words[at] = (*chance.of(WORDS)).to_string(),
                4 if at < words.len() => {
                    let other = chance.of(&self.texts);
                    words[at] = if other.is_empty() { String::new() } else { chance.of(other).clone() };
                }
                5 if at < words.len() => {
                    let other = chance.below(words.len());
                    words.swap(at, other);
                }
                6 => {
                    let other = chance.of(&self.texts);
                    let from = chance.below(other.len() + 1).min(other.len());
                    let to = (from + chance.below(20)).min(other.len());
                    let piece = other[from..to].to_vec();
                    words.splice(at..at, piece);
                }
                7 => {
                    // Deep nesting.
                    let times = 1 << chance.below(12);
                    words.insert(
                        at,
                        chance.of(&["(", "[", "{", "-", "!", "#{a:", "|x|", "if true {", "f(", "`${"]).repeat(times),
                    );
                }
                8 if at < words.len() => {
                    let text = words[at].clone();
                    let middle = text.char_indices().nth(chance.below(text.chars().count())).map_or(0, |(i, _)| i);
                    words[at] = text[..middle].to_string();
                }
                _ => {}
            }
        }
        words.concat()
    }
}

fn data() -> String {
    super::root().join("tests/data").display().to_string()
}
