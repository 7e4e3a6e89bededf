//! The Stanford sentiment treebank (Socher et al., 2013), in both of its layouts: sentences with scores of phrases, or trees.

use crate::access;
use crate::error::Result;
use crate::interrupt;
use crate::ml::data::table::{Cells, at};
use crate::ml::data::utf8::decode;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

const SENTENCES: &str = "datasetSentences.txt";
const SPLITS: &str = "datasetSplit.txt";
const PHRASES: &str = "dictionary.txt";
const SCORES: &str = "sentiment_labels.txt";
const TREES: [&str; 3] = ["train.txt", "dev.txt", "test.txt"];

/// Which layout a folder has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Phrases,
    Trees,
}

/// The sentences of training, validation and test, each with its file.
pub(super) type Sets = [(PathBuf, Vec<Cells<'static>>); 3];

/// `None` where the folder is none of the treebank.
pub(super) fn found(folder: &Path) -> Option<Layout> {
    let has = |name: &str| access::is_file(&folder.join(name));
    if has(SENTENCES) && has(SPLITS) && has(PHRASES) && has(SCORES) {
        return Some(Layout::Phrases);
    }
    let is_tree = || {
        let bytes = access::read(&folder.join(TREES[0])).unwrap_or_default();
        bytes
            .trim_ascii_start()
            .first_chunk::<3>()
            .is_some_and(|first| first[0] == b'(' && first[1].is_ascii_digit() && first[2] == b' ')
    };
    (TREES.into_iter().all(has) && is_tree()).then_some(Layout::Trees)
}

/// The sentences with their classes: 0 very negative, 1 negative, 2 neutral, 3 positive, 4 very positive.
///
/// # Errors
/// A line that is not as it should be; a sentence without a score.
pub(super) fn read(folder: &Path, layout: Layout) -> Result<Sets> {
    match layout {
        Layout::Trees => {
            let [train, dev, test] = TREES.map(|name| trees(&folder.join(name)));
            Ok([train?, dev?, test?])
        }
        Layout::Phrases => sentences(folder),
    }
}

fn lines(path: &Path) -> Result<Vec<String>> {
    let bytes = access::read(path)?;
    let (text, _) = decode(&bytes);
    Ok(text.trim_start_matches('\u{feff}').lines().map(|line| line.trim_end_matches('\r').to_string()).collect())
}

fn trees(path: &Path) -> Result<(PathBuf, Vec<Cells<'static>>)> {
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(lines(path)?).filter(|(_, text)| !text.trim().is_empty()) {
        let (label, words) = tree(&text)
            .map_err(|why| at(path, line, format!("{why}, expected a tree such as (3 (2 It) (4 works))")))?;
        rows.push(Cells { line, text: Some(words.into()), label: Some(label.to_string().into()), replaced: 0 });
        if line % 1024 == 0 {
            interrupt::check()?;
        }
    }
    Ok((path.to_path_buf(), rows))
}

/// The class of a tree's root, and its words with spaces between them.
fn tree(text: &str) -> Result<(char, String), String> {
    let (mut depth, mut label, mut words) = (0_usize, None, Vec::new());
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut parts = spaced.split_whitespace();
    while let Some(part) = parts.next() {
        match part {
            "(" => {
                let class = parts.next().filter(|class| ["0", "1", "2", "3", "4"].contains(class));
                let class = class
                    .and_then(|class| class.chars().next())
                    .ok_or("a bracket without a class from 0 to 4 behind it")?;
                if depth == 0 && label.replace(class).is_some() {
                    return Err("two trees in a line".into());
                }
                depth += 1;
            }
            ")" => depth = depth.checked_sub(1).ok_or("a bracket is closed that none opened")?,
            _ if depth == 0 => return Err("words stand outside of all brackets".into()),
            // Brackets of the text itself are written so.
            "-LRB-" => words.push("("),
            "-RRB-" => words.push(")"),
            word => words.push(word),
        }
    }
    match label {
        Some(label) if depth == 0 => Ok((label, words.join(" "))),
        _ => Err("a bracket is not closed".into()),
    }
}

fn sentences(folder: &Path) -> Result<Sets> {
    let [scores, phrases, splits] = [SCORES, PHRASES, SPLITS].map(|name| folder.join(name));
    let wrong = |path: &Path, line: u64, expected: &str| at(path, line, format!("expected {expected}"));
    let mut score_of: HashMap<String, f64> = HashMap::new();
    // The first line names the columns.
    for (line, text) in (1..).zip(lines(&scores)?).skip(1).filter(|(_, text)| !text.is_empty()) {
        let found = text.split_once('|').and_then(|(id, score)| Some((id.to_string(), score.parse().ok()?)));
        let (id, score) = found
            .filter(|(_, score)| (0.0..=1.0).contains(score))
            .ok_or_else(|| wrong(&scores, line, "ID|SCORE, the score 0 to 1"))?;
        score_of.insert(id, score);
    }
    let mut class_of: HashMap<String, char> = HashMap::new();
    for (line, text) in (1..).zip(lines(&phrases)?).filter(|(_, text)| !text.is_empty()) {
        let (phrase, id) = text.rsplit_once('|').ok_or_else(|| wrong(&phrases, line, "PHRASE|ID"))?;
        let score =
            score_of.get(id).ok_or_else(|| at(&phrases, line, format!("{SCORES} has no score of the phrase {id}")))?;
        class_of.insert(plain(phrase), class(*score));
    }
    let mut set_of: HashMap<String, usize> = HashMap::new();
    for (line, text) in (1..).zip(lines(&splits)?).skip(1).filter(|(_, text)| !text.is_empty()) {
        // 1 train, 2 test, 3 dev.
        let found = text.split_once(',').and_then(|(id, set)| {
            Some((
                id,
                match set.trim() {
                    "1" => 0,
                    "2" => 2,
                    "3" => 1,
                    _ => return None,
                },
            ))
        });
        let (id, set) = found.ok_or_else(|| wrong(&splits, line, "ID,SET, the set 1 (train), 2 (test) or 3 (dev)"))?;
        set_of.insert(id.to_string(), set);
    }
    let path = folder.join(SENTENCES);
    let mut sets = [(); 3].map(|()| (path.clone(), Vec::new()));
    for (line, text) in (1..).zip(lines(&path)?).skip(1).filter(|(_, text)| !text.is_empty()) {
        let (id, sentence) =
            text.split_once('\t').ok_or_else(|| wrong(&path, line, "ID and SENTENCE with a tab between them"))?;
        let set = set_of
            .get(id)
            .ok_or_else(|| at(&path, line, format!("{SPLITS} does not say whose the sentence {id} is")))?;
        let sentence = plain(sentence);
        let label = class_of
            .get(&sentence)
            .ok_or_else(|| at(&path, line, format!("{PHRASES} does not have the sentence {id}")))?;
        sets[*set].1.push(Cells {
            line,
            label: Some(label.to_string().into()),
            text: Some(sentence.into()),
            replaced: 0,
        });
    }
    Ok(sets)
}

/// As the paper divides the scores: up to 0.2, 0.4, 0.6, 0.8, 1.
fn class(score: f64) -> char {
    ['0', '1', '2', '3', '4'][[0.2, 0.4, 0.6, 0.8].iter().filter(|bound| score > **bound).count()]
}

/// A sentence as the phrases have it: its file was read as Latin-1 once too often, and has brackets written out.
fn plain(text: &str) -> String {
    let mended = if text.contains(['Ã', 'Â']) { mended(text) } else { None };
    mended.unwrap_or_else(|| text.to_string()).replace("-LRB-", "(").replace("-RRB-", ")")
}

/// What the text was before its bytes in UTF-8 were taken for characters.
fn mended(text: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_their_words_and_the_class_of_their_root() {
        assert_eq!(tree("(3 (2 It) (4 (3 works) (2 -LRB-)))").unwrap(), ('3', "It works (".to_string()));
        assert_eq!(tree("(0 dull)").unwrap(), ('0', "dull".to_string()));
        for (text, why) in [
            ("(3 (2 It)", "not closed"),
            ("(7 x)", "without a class"),
            ("(1 x))", "none opened"),
            ("x", "outside"),
            ("(1 x) (2 y)", "two trees"),
            ("", "not closed"),
        ] {
            assert!(tree(text).unwrap_err().contains(why), "{text}");
        }
    }

    #[test]
    fn scores_are_five_classes_and_old_damage_is_mended() {
        assert_eq!(
            [0.0, 0.2, 0.21, 0.4, 0.6, 0.61, 0.8, 0.81, 1.0].map(class),
            ['0', '0', '1', '1', '2', '3', '3', '4', '4']
        );
        assert_eq!(plain("clichÃ©d -LRB- x -RRB-"), "clichéd ( x )");
        assert_eq!(plain("Ã la carte"), "Ã la carte");
    }
}
