//! Data sets of several files: named one by one or by a pattern, beside each other, as the Hugging Face hub has them and as `datasets` saves them.

use imdbsh::error::Result;
use imdbsh::ml::data::{Corpus, CorpusOptions, Overlap, Reviews, Selection, Source, TableOptions, Texts, Valid};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn all() -> CorpusOptions {
    CorpusOptions { train: Some(Selection::All), test: Some(Selection::All), ..CorpusOptions::default() }
}

fn read(dir: &Path, options: &CorpusOptions) -> Result<Corpus> {
    Corpus::read(&Source::open(dir, None)?, options)
}

fn of(dir: &TempDir, files: &[&str], test: &[&str]) -> Result<Corpus> {
    let paths = |files: &[&str]| files.iter().map(|file| dir.path().join(file)).collect::<Vec<PathBuf>>();
    Corpus::read(
        &Source::of(&paths(files), paths(test))?,
        &CorpusOptions { test_share: 0.0, ..CorpusOptions::default() },
    )
}

fn texts(set: &Option<Reviews>) -> Vec<String> {
    set.iter().flat_map(|set| set.texts.iter().map(|text| text.unwrap().into_owned())).collect()
}

const A: &str = "text,label\na,1\nb,0\n";
const B: &str = "label\ttext\n0\tc\n1\td\n";
const C: &str = "{\"text\": \"e\", \"label\": 1}\n{\"text\": \"f\", \"label\": 0}\n";

#[test]
fn rows_of_several_files_follow_each_other_and_tell_theirs() {
    let dir = folder(&[("x/a.csv", A), ("b.tsv", B), ("y/a.csv", "text,label\ng,0\n"), ("t.jsonl", C)]);
    let corpus = of(&dir, &["x/a.csv", "b.tsv"], &["t.jsonl"]).unwrap();
    assert_eq!(texts(&corpus.train), ["a", "b", "c", "d"]);
    assert_eq!(texts(&corpus.test), ["e", "f"]);
    assert_eq!(corpus.train.as_ref().unwrap().names, Texts::new(["a.csv:2", "a.csv:3", "b.tsv:2", "b.tsv:3"]));
    assert_eq!(corpus.train.unwrap().labels, [1, 0, 0, 1]);
    let corpus = of(&dir, &["x/a.csv", "y/a.csv"], &[]).unwrap();
    assert!(
        corpus.train.unwrap().names.get(2).unwrap().unwrap().ends_with("y/a.csv:2"),
        "a name that two files have is told by its folder"
    );
    assert!(corpus.notes[0].contains("x/a.csv and 1 more file: "), "{:?}", corpus.notes);
}

#[test]
fn what_does_not_fit_together_is_said() {
    let dir = folder(&[
        ("a.csv", A),
        ("other.csv", "review,label\nx,1\n"),
        ("big.csv", "text,label\nx,Good\n"),
        ("small.csv", "text,label\ny,good\nz,bad\n"),
        ("notes.md", ""),
    ]);
    let said =
        |files: &[&str]| of(&dir, files, &[]).unwrap_err().message.replace(&format!("{}/", dir.path().display()), "");
    assert!(
        said(&["a.csv", "other.csv"]).starts_with("other.csv has no column `text`"),
        "{}",
        said(&["a.csv", "other.csv"])
    );
    let alike = said(&["big.csv", "small.csv"]);
    assert!(
        alike.starts_with("small.csv:2: the labels `Good` (big.csv, line 2) and `good` differ in capitals"),
        "{alike}"
    );
    assert!(said(&["a.csv", "notes.md"]).starts_with("notes.md is no data set"));
}

#[test]
fn a_validation_table_is_the_validation_set_unless_valid_says_otherwise() {
    for name in ["valid.csv", "validation.jsonl", "dev.csv"] {
        let text = if name.ends_with("jsonl") { C } else { "text,label\ne,1\nf,0\n" };
        let dir = folder(&[
            ("train.csv", "text,label\na,1\nb,0\nc,1\nd,0\n"),
            (name, text),
            ("test.csv", "text,label\ng,0\nh,1\n"),
        ]);
        let corpus = read(dir.path(), &all()).unwrap();
        assert_eq!([&corpus.train, &corpus.valid, &corpus.test].map(|set| texts(set).len()), [4, 2, 2], "{name}");
        assert_eq!(texts(&corpus.valid), ["e", "f"]);
        let share = CorpusOptions { valid: Some(Valid::share(0.5).unwrap()), ..all() };
        let corpus = read(dir.path(), &share).unwrap();
        assert_eq!([&corpus.train, &corpus.valid].map(|set| texts(set).len()), [2, 2]);
        assert!(!texts(&corpus.valid).contains(&"e".to_string()));
        assert!(corpus.notes.iter().any(|note| note.contains(&format!("{name} is not read"))), "{:?}", corpus.notes);
        let none = CorpusOptions { valid: Some(Valid::Nothing), ..all() };
        assert!(read(dir.path(), &none).unwrap().valid.is_none());
    }
    let dir = folder(&[("train.csv", A), ("valid.csv", "text,label\ne,2\n")]);
    let message = read(dir.path(), &all()).unwrap_err().message;
    assert!(message.contains("valid.csv:2: label `2` is not among the training labels"), "{message}");
}

#[test]
fn a_test_table_that_nobody_asks_for_needs_no_labels() {
    let dir = folder(&[("train.csv", A), ("test.csv", "text,label\nx,\n")]);
    let none = CorpusOptions { test: Some(Selection::None), ..all() };
    let corpus = read(dir.path(), &none).unwrap();
    assert!(texts(&corpus.train).len() == 2 && corpus.test.is_none());
    assert!(read(dir.path(), &all()).unwrap_err().message.contains("test.csv:2: the column `label` is empty"));
}

#[test]
fn a_folder_of_the_hub_is_read_by_the_names_of_its_parts() {
    let dir = folder(&[
        ("README.md", ""),
        ("dataset_infos.json", "{}"),
        ("data/train-00001-of-00002.csv", "text,label\nc,0\nd,1\n"),
        ("data/train-00000-of-00002.csv", A),
        ("data/test-00000-of-00001.csv", "text,label\ng,0\n"),
        ("data/unsupervised-00000-of-00001.csv", "text,label\nu,-1\n"),
    ]);
    let corpus = read(dir.path(), &all()).unwrap();
    assert_eq!(
        (texts(&corpus.train), texts(&corpus.test)),
        (["a", "b", "c", "d"].map(String::from).to_vec(), vec!["g".to_string()])
    );
    assert!(corpus.notes.iter().any(|note| note.contains("its split unsupervised is not read")), "{:?}", corpus.notes);
    let dir = folder(&[("one/train-00000-of-00001.csv", A), ("two/train-00000-of-00001.csv", A)]);
    let message = read(dir.path(), &all()).unwrap_err().message.replace(&dir.path().display().to_string(), "D");
    assert_eq!(message, "D has several configurations, one, two: data: \"D/one\" takes one");
    let whole = CorpusOptions { test: Some(Selection::None), ..all() };
    assert_eq!(texts(&read(&dir.path().join("one"), &whole).unwrap().train), ["a", "b"]);
}

#[test]
fn the_case_of_the_hub_has_four_and_two_rows() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/columns/hub");
    let corpus = read(&dir, &CorpusOptions { overlap: Overlap::Keep, ..all() }).unwrap();
    assert_eq!([&corpus.train, &corpus.test].map(|set| texts(set).len()), [4, 2]);
    assert_eq!(corpus.classes, ["0", "1"]);
    let table =
        TableOptions { text: vec!["review".into()], label: Some("sentiment".into()), ..TableOptions::default() };
    let options = CorpusOptions { table, test_share: 0.0, ..CorpusOptions::default() };
    let corpus = read(&dir.join("train_dictionary_zstd.parquet"), &options).unwrap();
    assert_eq!((texts(&corpus.train).len(), corpus.classes), (4, vec!["neg".to_string(), "pos".into()]));
}

#[test]
fn what_datasets_saved_is_read_set_by_set() {
    let saved = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/columns/saved");
    let corpus = read(&saved, &all()).unwrap();
    assert_eq!(texts(&corpus.train), ["a fine film", "dull"]);
    assert_eq!(texts(&corpus.test), ["other dull", "other a fine film"]);
    assert!(
        corpus.notes.iter().any(|note| note.contains("its labels are called 0 = neg, 1 = pos")),
        "{:?}",
        corpus.notes
    );
    let whole = CorpusOptions { test: Some(Selection::None), ..all() };
    assert_eq!(texts(&read(&saved.join("train"), &whole).unwrap().train).len(), 2);
}

#[test]
fn the_treebank_is_read_in_both_of_its_layouts() {
    let phrases = folder(&[
        (
            "datasetSentences.txt",
            "sentence_index\tsentence\n1\tIt works .\n2\tA clichÃ©d -LRB- dull -RRB- film\n3\tFine\n",
        ),
        ("datasetSplit.txt", "sentence_index,splitset_label\n1,1\n2,1\n3,2\n"),
        ("dictionary.txt", "It works .|0\nA clichéd ( dull ) film|1\nFine|2\nworks|3\n"),
        ("sentiment_labels.txt", "phrase ids|sentiment values\n0|0.7\n1|0.1\n2|0.61\n3|0.9\n"),
    ]);
    let corpus = read(phrases.path(), &all()).unwrap();
    assert_eq!(corpus.classes, ["0", "3"]);
    assert_eq!(texts(&corpus.train), ["It works .", "A clichéd ( dull ) film"]);
    assert_eq!((corpus.train.unwrap().labels, corpus.test.unwrap().labels), (vec![1, 0], vec![1]));
    let trees = folder(&[
        ("train.txt", "(3 (2 It) (4 (2 works) (2 .)))\n(0 (1 dull) (2 film))\n"),
        ("dev.txt", "(0 (2 bad))\n"),
        ("test.txt", "(3 (2 good))\n"),
    ]);
    let corpus = read(trees.path(), &all()).unwrap();
    assert_eq!(
        [&corpus.train, &corpus.valid, &corpus.test].map(texts),
        [vec!["It works .".to_string(), "dull film".into()], vec!["bad".into()], vec!["good".into()]]
    );
    assert_eq!(corpus.train.unwrap().names.get(1).unwrap().unwrap(), "train.txt:2");
    fs::write(trees.path().join("dev.txt"), "(0 (2 bad)\n").unwrap();
    let message = read(trees.path(), &all()).unwrap_err().message;
    assert!(message.contains("dev.txt:1: a bracket is not closed, expected a tree"), "{message}");
}

#[test]
fn the_same_reviews_as_parquet_as_a_table_and_as_a_folder_are_one_data_set() {
    let films = ["It was \"bad\", dull.<br />", "No.\n\nNo!", "Fine, café", " good "];
    let rows =
        films.iter().zip([0, 0, 1, 1]).map(|(text, label)| format!("\"{}\",{label}\n", text.replace('"', "\"\"")));
    let dir = folder(&[("films.csv", &format!("text,label\n{}", rows.collect::<String>()))]);
    for (file, text) in ["neg/0_1", "neg/1_2", "pos/0_9", "pos/1_10"].iter().zip(films) {
        let path = dir.path().join(format!("aclImdb/train/{file}.txt"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let options =
        CorpusOptions { train: Some(Selection::All), test: Some(Selection::None), ..CorpusOptions::default() };
    let parquet = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/columns/films.parquet");
    for path in [parquet, dir.path().join("films.csv"), dir.path().join("aclImdb")] {
        let set = read(&path, &options).unwrap().train;
        assert_eq!(texts(&set), films, "{}", path.display());
        assert_eq!(set.unwrap().labels, [0, 0, 1, 1]);
    }
}

#[test]
fn scripts_name_files_by_lists_and_patterns() {
    let dir = folder(&[
        ("r/p10.csv", "text,label\nten,1\n"),
        ("r/p2.csv", A),
        ("b.tsv", B),
        ("t.csv", "text,label\nx y,1\nz,0\n"),
    ]);
    let lists = ["\"r/*.csv\"", "[\"r/p2.csv\", \"b.tsv\"]", "\"r/p2.csv, b.tsv\"", "[\"r/*.csv\", \"b.tsv\"]"];
    let each =
        lists.map(|data| format!("print(imdb::read(#{{ data: {data}, test_data: [\"t.csv\"] }}).train.names.len());"));
    let code = format!("{} imdb::read(#{{ data: \"no/*.csv\" }})", each.concat());
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command.current_dir(dir.path()).env_remove("IMDBSH_DATA").args(["-e", &code]).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(out, "3\n4\n4\n5\n", "{err}");
    assert!(err.contains("no file fits `no/*.csv`"), "{err}");
}
