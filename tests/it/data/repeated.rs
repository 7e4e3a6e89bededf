//! Texts that stand in a set twice, or in two sets, are said; a test set that was learned is refused.

use imdbsh::error::Result;
use imdbsh::ml::data::{Corpus, CorpusOptions, Overlap, Selection, Source};
use std::fs;

fn read(train: &str, test: &str, overlap: Overlap) -> Result<Vec<String>> {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    fs::write(path("train.csv"), format!("text,label\n{train}")).unwrap();
    fs::write(path("test.csv"), format!("text,label\n{test}")).unwrap();
    let options =
        CorpusOptions { train: Some(Selection::All), test: Some(Selection::All), overlap, ..CorpusOptions::default() };
    let source = Source::open(&path("train.csv"), Some(&path("test.csv"))).unwrap();
    let place = format!("{}/", dir.path().display());
    let corpus = Corpus::read(&source, &options).map_err(|mut e| {
        e.message = e.message.replace(&place, "");
        e
    })?;
    Ok(corpus
        .notes
        .into_iter()
        .map(|note| note.replace(&place, ""))
        .filter(|note| note.contains("the text of"))
        .collect())
}

#[test]
fn a_text_that_comes_again_is_said_and_one_that_was_learned_is_refused() {
    let train = "same words,1\nother words,0\nSame  words,1\nnew words,0\n , 1\n,0\n";
    let test = "same words,1\nunseen words,0\n";
    let twice = "train.csv: 1 training review has the text of another (train.csv:4 that of train.csv:2)";
    let learned = "1 of 2 test reviews (50.0 %) has the text of a training review (test.csv:2 that of train.csv:2)";
    let message = read(train, test, Overlap::Error).unwrap_err().message;
    assert!(
        message.starts_with(&format!("train.csv: {learned}: ")) && message.contains("overlap: \"keep\""),
        "{message}"
    );
    assert_eq!(read(train, test, Overlap::Keep).unwrap(), [twice.to_string(), format!("train.csv: {learned}")]);
    assert_eq!(read(train, "unseen,0\n,1\n", Overlap::Error).unwrap(), [twice]);
    // Less than a hundredth is said, and no more.
    let many: String = (0..150).map(|i| format!("text {i},{}\n", i % 2)).collect();
    let notes = read("same words,1\nother words,0\n", &format!("same words,1\n{many}"), Overlap::Error).unwrap();
    assert_eq!(
        notes,
        ["train.csv: 1 of 151 test reviews (0.7 %) has the text of a training review (test.csv:2 that of train.csv:2)"]
    );
}

#[test]
fn texts_of_the_validation_set_that_are_learned_are_said_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    for (name, rows) in
        [("train", "same words,1\nother,0\n"), ("valid", "unseen,0\nSAME words,1\n"), ("test", "new,0\n")]
    {
        fs::write(dir.path().join(format!("{name}.csv")), format!("text,label\n{rows}")).unwrap();
    }
    let corpus = Corpus::read(&Source::open(dir.path(), None).unwrap(), &CorpusOptions::default()).unwrap();
    let said = "1 of 2 validation reviews (50.0 %) has the text of a training review (valid.csv:3 that of train.csv:2)";
    assert!(corpus.notes.iter().any(|note| note.ends_with(said)), "{:?}", corpus.notes);
    // The same text of two classes; a class that nobody is tested on; texts that choose the epoch and are tested.
    assert!(
        corpus.notes.iter().any(|note| note.ends_with("the test reviews have none of class 1")),
        "{:?}",
        corpus.notes
    );
    fs::write(dir.path().join("train.csv"), "text,label\nsame words,1\nother,0\nother,1\n").unwrap();
    fs::write(dir.path().join("test.csv"), "text,label\nunseen,0\nnew,1\n").unwrap();
    let more = Corpus::read(&Source::open(dir.path(), None).unwrap(), &CorpusOptions::default()).unwrap();
    for said in [
        "1 training review has the text of another (train.csv:4 that of train.csv:3); 1 text has more than one label",
        "1 of 2 validation reviews (50.0 %) has the text of a test review (valid.csv:2 that of test.csv:2)",
    ] {
        assert!(more.notes.iter().any(|note| note.ends_with(said)), "{:?}", more.notes);
    }
    let in_train: Vec<_> = corpus.account.iter().map(|set| (set.set, set.in_train)).collect();
    assert_eq!(in_train, [("train", 0), ("valid", 1), ("test", 0)]);
}
