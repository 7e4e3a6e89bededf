//! Tables that are too large to be held: their texts are read of the file whenever they are asked for.

use imdbsh::error::Result;
use imdbsh::ml::data::{
    Corpus, CorpusOptions, Dataset, Overlap, Selection, Source, Split, TableOptions, Texts, Tokens, Valid, Vocabulary,
    VocabularyOptions, WordOptions,
};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tch::Tensor;

/// Rows, long ones, so that there need not be many of them.
const ROWS: usize = 1300;

/// What the text of a row holds: some in quotes, with what has to be in quotes, some in other letters.
fn text(row: usize) -> String {
    let words = format!("row {row} is fine, \"so\" they\nsaid é ");
    match row % 3 {
        0 => words.repeat(2500),
        1 => format!("plain words of {row} ").repeat(4000),
        _ => format!("short {row}"),
    }
}

fn csv() -> String {
    let mut all = String::from("text,label\n");
    for row in 0..ROWS {
        writeln!(all, "\"{}\",{}", text(row).replace('"', "\"\""), ["neg", "pos"][row % 2]).unwrap();
    }
    all
}

fn json_lines() -> String {
    let mut all = String::new();
    for row in 0..ROWS {
        let text = serde_json::to_string(&text(row)).unwrap();
        writeln!(all, "{{\"label\": \"{}\", \"text\": {text}}}", ["neg", "pos"][row % 2]).unwrap();
    }
    all
}

fn put(folder: &Path, name: &str, contents: &str) -> PathBuf {
    assert!(contents.len() > 64 << 20, "{} bytes are held", contents.len());
    let path = folder.join(name);
    fs::write(&path, contents).unwrap();
    path
}

fn read(path: &Path, keep_texts: bool) -> Result<Corpus> {
    let table = TableOptions { keep_texts, ..TableOptions::default() };
    let options = CorpusOptions {
        train: Some(Selection::All),
        test_share: 0.1,
        valid: Some(Valid::Count(50)),
        overlap: Overlap::Keep,
        table,
        ..CorpusOptions::default()
    };
    Corpus::read(&Source::open(path, None)?, &options)
}

/// Some of the texts, which are all of one kind.
fn some(texts: &Texts) -> Vec<String> {
    (0..texts.len()).step_by(37).map(|at| texts.get(at).unwrap().unwrap().into_owned()).collect()
}

#[test]
fn texts_of_a_large_table_are_those_that_stand_in_it_and_are_not_held() {
    let folder = tempfile::tempdir().unwrap();
    for (name, contents) in [("a.csv", csv()), ("a.jsonl", json_lines())] {
        let path = put(folder.path(), name, &contents);
        let (again, kept) = (read(&path, false).unwrap(), read(&path, true).unwrap());
        for (again, kept) in [(&again.train, &kept.train), (&again.valid, &kept.valid), (&again.test, &kept.test)] {
            let (again, kept) = (again.as_ref().unwrap(), kept.as_ref().unwrap());
            assert!(again.texts.bytes() < 1 << 16 && kept.texts.bytes() > 64 << 20, "{name}");
            assert_eq!(some(&again.texts), some(&kept.texts));
            assert_eq!((&again.labels, &again.ids), (&kept.labels, &kept.ids));
            assert_eq!(some(&again.names), some(&kept.names));
        }
        let train = again.train.unwrap();
        // The first line of a CSV file names its columns, and texts have line feeds.
        let row = train.labels.len() / 2;
        let told = train.texts.get(row).unwrap().unwrap().into_owned();
        let number: usize = told.split_whitespace().find_map(|word| word.parse().ok()).unwrap();
        assert_eq!(told, text(number));
        let before = (0..number).map(|row| text(row).matches('\n').count() + 1).sum::<usize>() as i64;
        assert_eq!(train.ids[row], if name == "a.csv" { before + 2 } else { number as i64 + 1 });
        assert_eq!(again.notes, kept.notes);
        assert_eq!(again.account, kept.account);
    }
}

#[test]
fn words_of_a_large_table_are_the_same_whether_it_is_held_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), "a.csv", &csv());
    let prints = [false, true].map(|keep| {
        let options = CorpusOptions {
            train: Some(Selection::parse("[0:12]").unwrap()),
            test: Some(Selection::None),
            table: TableOptions { keep_texts: keep, ..TableOptions::default() },
            ..CorpusOptions::default()
        };
        let train = Corpus::read(&Source::open(&path, None).unwrap(), &options).unwrap().train.unwrap();
        let words = Tokens::split(&train.texts.lower_case(), Split::WhiteSpace).unwrap();
        let vocabulary = Vocabulary::new(&words, VocabularyOptions::default()).unwrap();
        let encoded = vocabulary.encode(&words, 300).unwrap();
        let labels = Tensor::from_slice(&train.labels);
        let print = train.texts.fingerprint(&labels).unwrap();
        (print, Dataset::words(encoded, &labels, WordOptions::default()).unwrap().fingerprint().unwrap())
    });
    assert_eq!(prints[0], prints[1]);
}

#[test]
fn a_file_that_changes_is_an_error_and_another_in_its_place_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), "a.csv", &csv());
    let train = read(&path, false).unwrap().train.unwrap();
    let before = some(&train.texts);
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"more,pos\n").unwrap();
    let error = train.texts.get(0).unwrap_err().message;
    assert!(error.contains("a.csv has changed since it was opened: read it once more"), "{error}");
    // Another file in its place is another file.
    let path = put(folder.path(), "b.csv", &csv());
    let train = read(&path, false).unwrap().train.unwrap();
    fs::rename(&path, folder.path().join("old.csv")).unwrap();
    fs::write(&path, "text,label\nother,pos\n").unwrap();
    assert_eq!(some(&train.texts), before);
}

#[test]
fn a_quote_that_is_never_closed_is_found_in_a_large_table() {
    let folder = tempfile::tempdir().unwrap();
    let mut contents = csv();
    contents.push_str("\"open,pos\n");
    contents.push_str(&"words, words\n".repeat(100));
    let path = put(folder.path(), "a.csv", &contents);
    let line = contents.lines().count() - 100;
    let message = read(&path, false).unwrap_err().message;
    assert!(message.contains(&format!("a.csv:{line}: the quote that opens a field is never closed")), "{message}");
    let mut contents = String::from("text,label\nfine,pos\n\"open,neg\n");
    contents.push_str(&"words, words\n".repeat(7 << 20));
    let path = put(folder.path(), "b.csv", &contents);
    let message = read(&path, false).unwrap_err().message;
    assert!(message.contains("b.csv:3: the row is longer than 64 MB (is a quote in it never closed?"), "{message}");
}
