//! Folders that are named after classes.

use imdbsh::error::Result;
use imdbsh::ml::data::{Corpus, CorpusOptions, Selection, Source, Texts};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder with these files; each holds its own path.
fn folder(files: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    dir
}

fn all() -> CorpusOptions {
    CorpusOptions { train: Some(Selection::All), test: Some(Selection::All), ..CorpusOptions::default() }
}

fn read(dir: &Path, options: &CorpusOptions) -> Result<Corpus> {
    Corpus::read(&Source::open(dir, None)?, options)
}

fn said(dir: &TempDir, options: &CorpusOptions) -> String {
    let message = read(dir.path(), options).unwrap_err().message;
    message.replace(&format!("{}", dir.path().display()), "D")
}

#[test]
fn classes_of_any_name_are_read_in_the_order_of_their_names_and_files_as_people_count() {
    let files = [
        "train/positive/p10.txt",
        "train/positive/p2.txt",
        "train/negative/n1",
        "train/negative/b.md",
        "train/.git/x",
        "test/positive/1.txt",
        "test/negative/2.txt",
    ];
    let dir = folder(&files);
    fs::write(dir.path().join("train/positive/.DS_Store"), "").unwrap();
    let corpus = read(dir.path(), &all()).unwrap();
    assert_eq!(corpus.classes, ["negative", "positive"]);
    let (train, test) = (corpus.train.unwrap(), corpus.test.unwrap());
    assert_eq!(
        train.names,
        Texts::new(["train/negative/n1", "train/negative/b.md", "train/positive/p2.txt", "train/positive/p10.txt"])
    );
    assert_eq!(train.texts, train.names);
    assert_eq!((train.labels, test.labels), (vec![0, 0, 1, 1], vec![0, 1]));
    assert!(corpus.notes[0].ends_with("classes 0 = negative (2), 1 = positive (2)"), "{:?}", corpus.notes);
    let slices = CorpusOptions { train: Some(Selection::parse("positive[1:] + negative[:1]").unwrap()), ..all() };
    assert_eq!(read(dir.path(), &slices).unwrap().train.unwrap().labels, [1, 0]);
    let turned = CorpusOptions { class_names: ["positive", "negative"].map(str::to_string).to_vec(), ..all() };
    assert_eq!(read(dir.path(), &turned).unwrap().train.unwrap().labels, [0, 0, 1, 1]);
}

#[test]
fn sets_may_have_longer_names_or_be_drawn() {
    let dir = folder(&[
        "20news-bydate-train/alt.atheism/49960",
        "20news-bydate-train/sci.med/58043",
        "20news-bydate-test/alt.atheism/53068",
        "20news-bydate-test/sci.med/59245",
    ]);
    let corpus = read(dir.path(), &all()).unwrap();
    assert_eq!(
        (corpus.classes, corpus.test.unwrap().names),
        (
            vec!["alt.atheism".to_string(), "sci.med".into()],
            Texts::new(["test/alt.atheism/53068", "test/sci.med/59245"])
        )
    );
    let names: Vec<String> = (0..20).map(|i| format!("{}/{i}.txt", ["ham", "spam"][i % 2])).collect();
    let dir = folder(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let corpus = read(dir.path(), &all()).unwrap();
    let (train, test) = (corpus.train.unwrap(), corpus.test.unwrap());
    assert_eq!((train.len(), test.len(), test.labels), (16, 4, vec![0, 0, 1, 1]));
    assert!(corpus.notes[1].contains("draws 4 of its texts for testing and leaves 16"), "{:?}", corpus.notes);
    let whole = CorpusOptions { test: Some(Selection::None), ..all() };
    assert_eq!(read(dir.path(), &whole).unwrap().train.unwrap().len(), 20);
}

#[test]
fn what_cannot_be_classes_is_said() {
    let dir = folder(&["train/a/1.txt", "train/b/1.txt", "test/a/1.txt", "test/c/1.txt"]);
    assert_eq!(said(&dir, &all()), "D/test has the class c, which the training set has not (a, b)");
    let dir = folder(&["train/a/1.txt", "train/b/deep/1.txt"]);
    assert_eq!(said(&dir, &all()), "D/train/b/deep is a folder in the folder of a class, where each file is a text");
    let dir = folder(&["train/a/1.txt", "train/b/.hidden"]);
    assert_eq!(said(&dir, &all()), "D/train/b holds no files, expected a text in each");
    let dir = folder(&["train/a/1.txt", "train/b/1.txt"]);
    let named = CorpusOptions { class_names: ["a", "c"].map(str::to_string).to_vec(), ..all() };
    assert_eq!(said(&dir, &named), "class_names are a, c, and the folders in D/train are a, b");
    assert_eq!(said(&dir, &CorpusOptions { classes: Some(3), ..all() }), "classes is 3, but D/train has 2: a, b");
    // Of aclImdb half is missing, and its own message says so.
    let dir = folder(&["train/neg/0_1.txt"]);
    assert!(said(&dir, &all()).contains("as aclImdb is laid out"));
}

#[test]
fn a_validation_folder_is_the_validation_set() {
    for name in ["valid", "validation", "val", "dev"] {
        let files: Vec<String> = ["train", name, "test"]
            .iter()
            .flat_map(|set| (0..3).flat_map(move |i| ["good", "bad"].map(|class| format!("{set}/{class}/{i}.txt"))))
            .collect();
        let dir = folder(&files.iter().map(String::as_str).collect::<Vec<_>>());
        let corpus = read(dir.path(), &all()).unwrap();
        let valid = corpus.valid.unwrap_or_else(|| panic!("{name} is not read"));
        assert_eq!((valid.len(), corpus.train.unwrap().len(), corpus.test.unwrap().len()), (6, 6, 6), "{name}");
        assert_eq!(valid.names.get(0).unwrap().unwrap(), "valid/bad/0.txt");
    }
}

/// aclImdb has none, so that its `neg` and `pos` with one are somebody else's, whose files may have any names.
#[test]
fn a_validation_set_beside_neg_and_pos_is_read() {
    let files =
        ["train/neg/a.txt", "train/pos/b.txt", "train/unsup/c.txt", "dev/neg/d.txt", "dev/pos/e.txt", "test/neg/f.txt"];
    let corpus = read(folder(&files).path(), &all()).unwrap();
    assert_eq!(corpus.classes, ["neg", "pos"]);
    assert_eq!((corpus.train.unwrap().labels, corpus.valid.unwrap().labels), (vec![0, 1], vec![0, 1]));
}
