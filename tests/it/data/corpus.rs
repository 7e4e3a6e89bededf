//! Training and test sets from folders and tables that are, and are not, as they should be.

use imdbsh::error::{Error, ErrorKind};
use imdbsh::ml::data::{Corpus, CorpusOptions, Reviews, Selection, Source, TableOptions, Tables, Texts};
use imdbsh::ml::random;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder laid out like aclImdb: ten reviews of each label in each split, named so that a listing's order is another.
fn films() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for split in ["train", "test"] {
        for (label, stars) in [("neg", [1, 2, 3, 4, 1]), ("pos", [7, 8, 9, 10, 7])] {
            let folder = dir.path().join(split).join(label);
            fs::create_dir_all(&folder).unwrap();
            for id in 0..10 {
                fs::write(folder.join(format!("{}_{}.txt", id * 3, stars[id % 5])), format!("{split} {label} {id}"))
                    .unwrap();
            }
        }
    }
    fs::create_dir(dir.path().join("train/unsup")).unwrap();
    fs::write(dir.path().join("train/unsup/0_0.txt"), "no label").unwrap();
    fs::write(dir.path().join("train/labeledBow.feat"), "extra").unwrap();
    fs::write(dir.path().join("train/neg/.DS_Store"), "extra").unwrap();
    fs::write(dir.path().join("train/neg/Thumbs.db"), "extra").unwrap();
    dir
}

fn options(train: &str, test: &str) -> CorpusOptions {
    let parse = |text| Some(Selection::parse(text).unwrap());
    CorpusOptions { train: parse(train), test: parse(test), ..CorpusOptions::default() }
}

fn read(folder: &Path, train: &str, test: &str) -> Result<Corpus, Error> {
    Corpus::read(&Source::open(folder, None)?, &options(train, test))
}

fn texts(set: &Option<Reviews>) -> Vec<String> {
    set.as_ref().unwrap().texts.iter().map(|text| text.unwrap().into()).collect()
}

#[test]
fn numbers_all_and_slices_take_reviews_in_the_order_of_their_ids() {
    let dir = films();
    let corpus = read(dir.path(), "4", "neg[8:] + train/pos[-1:]").unwrap();
    assert_eq!(texts(&corpus.train), ["train neg 0", "train neg 1", "train pos 0", "train pos 1"]);
    assert_eq!(texts(&corpus.test), ["test neg 8", "test neg 9", "train pos 9"]);
    let test = corpus.test.unwrap();
    assert_eq!((test.labels, test.ids), (vec![0, 0, 1], vec![24, 27, 27]));
    assert_eq!(test.names, Texts::new(["test/neg/24_4.txt", "test/neg/27_1.txt", "train/pos/27_7.txt"]));
    assert_eq!((corpus.classes, corpus.notes), (vec!["neg".into(), "pos".into()], vec![]));
    let all = read(dir.path(), "all", "0").unwrap();
    assert_eq!((all.train.unwrap().len(), all.test), (20, None));
    assert_eq!(read(dir.path(), "train + test", "0").unwrap().train.unwrap().len(), 40);
}

#[test]
fn stars_are_ten_classes_and_those_that_never_occur_are_said() {
    let dir = films();
    let ten = CorpusOptions { classes: Some(10), ..options("neg[:3] + pos[:4]", "all") };
    let at = dir.path().display().to_string();
    let corpus = Corpus::read(&Source::Folder(dir.path().into()), &ten).unwrap();
    assert_eq!(corpus.train.unwrap().labels, [0, 1, 2, 6, 7, 8, 9]);
    assert_eq!(corpus.classes, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    assert_eq!(
        corpus.notes,
        [
            format!("{at}: the training reviews have none of class 4, 5, 6, which so cannot be learned"),
            format!("{at}: the test reviews have some of class 4, which the training reviews never have"),
        ]
    );
    let three = CorpusOptions { classes: Some(3), ..CorpusOptions::default() };
    let e = Corpus::read(&Source::Sample, &three).unwrap_err();
    assert_eq!(e.message, "classes is 3: reviews of films have 2 (negative, positive) or 10 (stars)");
}

#[test]
fn what_cannot_be_chosen_is_said_with_what_there_is() {
    let dir = films();
    let at = dir.path().display();
    for (train, test, expected) in [
        (
            "30",
            "4",
            format!("train: 15 reviews of {at}/train/neg were asked for and there are 10; \"all\" takes them all"),
        ),
        ("5", "4", "train is 5, it must be an even number, for half of the reviews are neg and pos each".into()),
        (
            "4",
            "neg[5:11]",
            format!("`neg[5:11]` goes beyond the end: {at}/test/neg holds 10 reviews, so slices lie in [0:10]"),
        ),
        (
            "4",
            "pos[-11:]",
            format!("`pos[-11:]` goes beyond the end: {at}/test/pos holds 10 reviews, so slices lie in [0:10]"),
        ),
        ("4", "test[15:15]", format!("`test[15:15]` is empty: {at}/test holds 20 reviews")),
        ("4", "neu[:2]", format!("`neu[:2]`: {at}/test has no `neu` (it has neg, pos)")),
        ("4", "train/unsup[:2]", "`train/unsup[:2]`: the reviews of `unsup` have no label to learn from".into()),
        (
            "neg[:4] + neg[3:5] + pos",
            "4",
            "train: `neg[3:5]` holds train/neg/9_4.txt once more: no review may come twice".into(),
        ),
        (
            "neg",
            "4",
            format!("{at}: all 10 training reviews are of the class `neg`; a classifier learns from at least two"),
        ),
    ] {
        assert_eq!(read(dir.path(), train, test).unwrap_err().message, expected);
    }
}

#[test]
fn reviews_in_both_sets_are_said() {
    let dir = films();
    let notes = read(dir.path(), "all", "train/neg[:3] + pos[:2]").unwrap().notes;
    assert_eq!(notes.len(), 1);
    assert!(notes[0].ends_with("the test set shares 3 reviews with the training set, which has seen their labels"));
}

#[test]
fn the_whole_data_set_is_read_in_the_labs_order() {
    let folder = std::env::var_os("IMDBSH_DATA").map(|dir| Path::new(&dir).join("aclImdb")).filter(|dir| dir.is_dir());
    let Some(folder) = folder else {
        eprintln!("skipped: IMDBSH_DATA names no folder with aclImdb");
        return;
    };
    let ten = CorpusOptions { classes: Some(10), ..options("25000", "neg[5000:6000] + pos[2500:3500]") };
    let corpus = Corpus::read(&Source::Folder(folder), &ten).unwrap();
    let (train, test) = (corpus.train.unwrap(), corpus.test.unwrap());
    assert_eq!(train.ids, (0..12_500).chain(0..12_500).collect::<Vec<_>>());
    assert_eq!(test.ids, (5000..6000).chain(2500..3500).collect::<Vec<_>>());
    assert!(test.ratings[..1000].iter().all(|r| *r <= 4) && test.ratings[1000..].iter().all(|r| *r >= 7));
    assert_eq!((train.replaced, corpus.notes.len()), (0, 2));
    assert!(corpus.notes[0].ends_with("the training reviews have none of class 5, 6, which so cannot be learned"));
    // As Python counts them: " ".join(text.lower().split()) of each.
    let twice = "96 training reviews have the text of another (train/neg/216_4.txt that of train/neg/215_4.txt); 1 text has more than one label";
    assert!(corpus.notes[1].ends_with(twice), "{}", corpus.notes[1]);
}

#[test]
fn a_folder_without_a_label_and_a_name_without_a_rating_are_errors_before_anything_is_read() {
    let dir = films();
    fs::remove_dir_all(dir.path().join("test/pos")).unwrap();
    let e = read(dir.path(), "4", "4").unwrap_err();
    assert_eq!(e.kind, ErrorKind::File);
    assert!(e.message.starts_with(&format!("{}/test has no folder pos (expected ", dir.path().display())), "{e}");
    // Without a test set its folders are not asked for.
    assert!(read(dir.path(), "4", "0").is_ok());
    fs::write(dir.path().join("train/pos/31.txt"), "no rating").unwrap();
    let e = read(dir.path(), "4", "0").unwrap_err();
    assert!(e.message.ends_with("train/pos/31.txt: a review's file is named ID_RATING.txt, the rating 1 to 10"), "{e}");
}

#[test]
fn empty_reviews_and_broken_characters_are_kept_counted_and_said() {
    let dir = films();
    fs::write(dir.path().join("train/neg/0_1.txt"), b"caf\xe9 \xff").unwrap();
    fs::write(dir.path().join("test/pos/3_8.txt"), b" \n").unwrap();
    let corpus = read(dir.path(), "4", "4").unwrap();
    assert_eq!(texts(&corpus.train)[0], "caf\u{fffd} \u{fffd}");
    let at = dir.path().display();
    assert_eq!(
        corpus.notes,
        [
            format!("{at}: 2 characters that were not UTF-8 were replaced by U+FFFD (the first in train/neg/0_1.txt)"),
            format!("{at}: 1 review is empty and is kept, as one unknown word (the first is test/pos/3_8.txt)"),
        ]
    );
}

#[test]
fn what_is_no_data_set_is_said() {
    let dir = films();
    let file = dir.path().join("reviews.xlsx");
    fs::write(&file, "").unwrap();
    let e = Source::open(&file, None).unwrap_err();
    let expected = "is no data set: expected a folder laid out like aclImdb, one with a folder for each class, or a file that ends in .csv, .tsv, .jsonl, .parquet or .arrow";
    assert_eq!(e.message, format!("{} {expected}", file.display()));
    assert!(Source::open(dir.path(), Some(&file)).unwrap_err().message.contains("test_data is for tables"));
}

#[test]
fn a_folder_stands_for_the_tables_in_it_of_whatever_format() {
    for ending in ["csv", "tsv", "tab", "jsonl", "ndjson", "json", "parquet", "arrow", "feather"] {
        let (dir, train) = file(&format!("train.{ending}"), "");
        assert_eq!(Source::open(dir.path(), None).unwrap(), tables(&train, None));
        let test = dir.path().join(format!("test.{ending}"));
        fs::write(&test, "").unwrap();
        assert_eq!(Source::open(dir.path(), None).unwrap(), tables(&train, Some(&test)));
    }
}

fn tables(train: &Path, test: Option<&Path>) -> Source {
    let list = |path: &Path| vec![path.to_path_buf()];
    Source::Tables(Tables { train: list(train), test: test.map(list).unwrap_or_default(), ..Tables::default() })
}

/// A file of this name and contents.
fn file(name: &str, contents: &str) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, contents).unwrap();
    (dir, path)
}

fn table(name: &str, contents: &str, options: &CorpusOptions) -> Result<Corpus, String> {
    let (dir, path) = file(name, contents);
    let read = Source::open(&path, None).and_then(|source| Corpus::read(&source, options));
    let folder = format!("{}/", dir.path().display());
    read.map_err(|e| e.message.replace(&folder, ""))
}

fn whole() -> CorpusOptions {
    CorpusOptions { test_share: 0.0, ..CorpusOptions::default() }
}

#[test]
fn a_table_is_read_the_same_in_all_its_formats() {
    let csv = "id,text,label\r\n1,\"fine, \"\"truly\"\"\nfine\",pos\r\n\r\n2,dull,neg\r\n3,so so,neg\r\n";
    let bom = format!("\u{feff}{csv}");
    let tsv = "text\tid\tlabel\n\"fine, \"\"truly\"\"\nfine\"\t1\tpos\ndull\t2\tneg\nso so\t3\tneg";
    let jsonl = "{\"label\": \"pos\", \"text\": \"fine, \\\"truly\\\"\\nfine\"}\n\n{\"text\": \"dull\", \"label\": \"neg\", \"id\": 2}\n{\"text\": \"so so\", \"label\": \"neg\"}";
    for (name, contents) in [
        ("a.csv", csv),
        ("a.CSV", &bom),
        ("a.tsv", tsv),
        ("a.tab", tsv),
        ("a.jsonl", jsonl),
        ("a.ndjson", jsonl),
        ("a.json", jsonl),
    ] {
        let corpus = table(name, contents, &whole()).unwrap();
        assert_eq!(texts(&corpus.train), ["fine, \"truly\"\nfine", "dull", "so so"], "{name}");
        assert_eq!(corpus.train.as_ref().unwrap().labels, [1, 0, 0], "{name}");
        assert_eq!(corpus.classes, ["neg", "pos"]);
        assert_eq!(corpus.test, None);
        assert!(corpus.notes[0].ends_with("classes 0 = neg (2), 1 = pos (1)"), "{:?}", corpus.notes);
    }
    let named = table("a.csv", csv, &whole()).unwrap().train.unwrap();
    assert_eq!((named.ids, named.names), (vec![2, 5, 6], Texts::new(["a.csv:2", "a.csv:5", "a.csv:6"])));
}

#[test]
fn labels_are_classes_by_size_by_the_alphabet_or_as_they_are_told() {
    let classes = |labels: &str, options: &CorpusOptions| {
        let rows: String = labels.split(' ').map(|label| format!("film,{label}\n")).collect();
        let corpus = table("a.csv", &format!("text,label\n{rows}"), options)?;
        Ok::<_, String>((corpus.classes, corpus.train.unwrap().labels))
    };
    let strings = |names: &[&str]| names.iter().map(|n| n.to_string()).collect::<Vec<_>>();
    assert_eq!(classes("10 9 -1 9.0", &whole()).unwrap(), (strings(&["-1", "9", "10"]), vec![2, 1, 0, 1]));
    assert_eq!(classes("pos neg 10", &whole()).unwrap(), (strings(&["10", "neg", "pos"]), vec![2, 1, 0]));
    let told = |names: &[&str]| CorpusOptions { class_names: strings(names), ..whole() };
    assert_eq!(classes("a b a", &told(&["b", "a"])).unwrap(), (strings(&["b", "a"]), vec![1, 0, 1]));
    assert_eq!(
        classes("good bed", &told(&["good", "bad"])).unwrap_err(),
        "a.csv:3: label `bed` is not among class_names; did you mean `bad`? (they are good, bad)"
    );
    assert_eq!(classes("a b", &told(&["a", "b", "a"])).unwrap_err(), "class_names holds `a` twice");
    assert_eq!(
        classes("a a", &whole()).unwrap_err(),
        "a.csv: all 2 labels are `a`; a classifier learns from at least two classes"
    );
    let three = CorpusOptions { classes: Some(3), ..whole() };
    assert_eq!(classes("a b", &three).unwrap_err(), "classes is 3, but the labels of a.csv are 2: a, b");
    // JSON's numbers and CSV's are the same labels.
    let json =
        "{\"text\": \"a\", \"label\": 1.0}\n{\"text\": \"b\", \"label\": 0}\n{\"text\": \"b\", \"label\": \"1\"}";
    assert_eq!(table("a.jsonl", json, &whole()).unwrap().train.unwrap().labels, [1, 0, 1]);
    let words: String = (0..60).map(|i| format!("film {i},{i}.5\n")).collect();
    let e = table("a.csv", &format!("text,label\n{words}"), &whole()).unwrap_err();
    assert!(
        e.starts_with("a.csv: the column `label` has 60 different values in 60 rows, expected a few classes"),
        "{e}"
    );
}

#[test]
fn columns_may_have_other_names() {
    let other =
        TableOptions { text: vec!["review".into()], label: Some("sentiment".into()), ..TableOptions::default() };
    let other = CorpusOptions { table: other, ..whole() };
    for (name, contents) in [
        ("a.csv", "review,sentiment\nfine,positive\ndull,negative\n"),
        (
            "a.jsonl",
            "{\"review\": \"fine\", \"sentiment\": \"positive\"}\n{\"review\": \"dull\", \"sentiment\": \"negative\"}",
        ),
    ] {
        assert_eq!(texts(&table(name, contents, &other).unwrap().train), ["fine", "dull"]);
        let e = table(name, contents, &whole()).unwrap_err();
        for part in ["a.", "`text`", "`review`", "`sentiment`", "text_column: \"NAME\" says which it is"] {
            assert!(e.contains(part), "{part}: {e}");
        }
    }
    let e = table("a.csv", "text,labell\nfine,1\n", &whole()).unwrap_err();
    assert!(
        e.starts_with("a.csv has no column `label`; did you mean `labell`? (its first line names `text`, `labell`; "),
        "{e}"
    );
}

#[test]
fn a_broken_table_is_an_error_that_names_the_line() {
    let hint = "(a quote in a quoted field is doubled; `quotes: false` reads all quotes as plain characters)";
    let long = "x".repeat(100);
    for (name, contents, expected) in [
        (
            "a.csv",
            "text,label\nfine,1\n\"dull,0\nx,1\n",
            format!("a.csv:3: the quote that opens a field is never closed {hint}"),
        ),
        (
            "a.csv",
            "text,label\n\"a \"fine\" film\",1\n",
            format!("a.csv:2: text stands behind the quote that closes a field {hint}"),
        ),
        (
            "a.tsv",
            "text\tlabel\nfine\t1\n\"\"dull\t0\n",
            format!("a.tsv:3: text stands behind the quote that closes a field {hint}"),
        ),
        ("a.csv", "text,label\nfine,1\ndull\n", "a.csv:3: 1 columns, expected 2 as in the first line".into()),
        ("a.csv", "text,label\nfine, truly,1\n", "a.csv:2: 3 columns, expected 2 as in the first line".into()),
        (
            "a.csv",
            "text,label\nfine,1\ndull, \n",
            "a.csv:3: the column `label` is empty, expected a label (`missing: \"skip\"` leaves such rows out)".into(),
        ),
        ("a.csv", "text,text,label\na,b,1\n", "a.csv has two columns `text`, expected one".into()),
        ("a.csv", "", "a.csv holds no rows (expected the columns `text` and `label`)".into()),
        ("a.csv", "text,label\n", "a.csv holds no rows (expected the columns `text` and `label`)".into()),
        ("a.jsonl", "\n", "a.jsonl holds no rows (expected the columns `text` and `label`)".into()),
        (
            "a.json",
            "[{\"text\": \"a\"}]",
            "a.json, element 1: no field `label` (the line has `text`; label_column: \"NAME\" says which it is)".into(),
        ),
        (
            "a.jsonl",
            "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"a\", \"label\": 1\n",
            "a.jsonl:2: expected a JSON object {…} in each line; EOF while parsing an object at column 24".into(),
        ),
        ("a.jsonl", "{\"text\": 3, \"label\": 1}", "a.jsonl:1: `text` is a number, expected a text".into()),
        (
            "a.jsonl",
            "{\"text\": \"a\", \"label\": null}",
            "a.jsonl:1: the column `label` is empty, expected a label (`missing: \"skip\"` leaves such rows out)"
                .into(),
        ),
    ] {
        assert_eq!(table(name, contents, &whole()).unwrap_err(), expected, "{contents}");
    }
    let e = table("a.csv", &format!("{long},1\nb,0\n"), &whole()).unwrap_err();
    assert!(e.len() < 200 && e.contains("xxx…"), "{e}");
    let plain = TableOptions { quotes: false, ..TableOptions::default() };
    let corpus =
        table("a.tsv", "text\tlabel\n\"\"dull\t0\n\" 5\"\t1\n", &CorpusOptions { table: plain, ..whole() }).unwrap();
    assert_eq!(texts(&corpus.train), ["\"\"dull", "\" 5\""]);
}

#[test]
fn broken_characters_of_a_table_are_kept_counted_and_said() {
    let dir = tempfile::tempdir().unwrap();
    for (name, contents) in [
        ("a.csv", &b"text,label\ncaf\xe9,1\ndull,0\n"[..]),
        ("a.jsonl", &b"{\"text\": \"caf\xe9\", \"label\": 1}\n{\"text\": \"dull\", \"label\": 0}"[..]),
    ] {
        let path = dir.path().join(name);
        fs::write(&path, contents).unwrap();
        let corpus = Corpus::read(&Source::open(&path, None).unwrap(), &whole()).unwrap();
        assert_eq!(texts(&corpus.train), ["caf\u{fffd}", "dull"]);
        assert!(corpus.notes[1].contains("1 character that was not UTF-8 was replaced"), "{:?}", corpus.notes);
    }
}

/// A table of 100 rows, a fifth of them `rare`.
fn hundred() -> String {
    (0..100)
        .fold("text,label\n".into(), |all, i| format!("{all}film {i},{}\n", if i % 5 == 0 { "rare" } else { "usual" }))
}

#[test]
fn one_table_is_divided_by_the_seed_alone_each_class_by_its_share() {
    let divided = |seed| {
        random::manual_seed(seed);
        let corpus = table("a.csv", &hundred(), &CorpusOptions::default()).unwrap();
        assert!(
            corpus.notes[1]
                .ends_with(&format!("seed {seed} draws 20 of its rows for testing and leaves 80 for training"))
        );
        let (train, test) = (corpus.train.unwrap(), corpus.test.unwrap());
        let rare = |set: &Reviews| set.labels.iter().filter(|l| **l == 0).count();
        assert_eq!((train.len(), test.len(), rare(&train), rare(&test)), (80, 20, 16, 4));
        assert!(train.ids.is_sorted() && test.ids.is_sorted());
        let all: HashSet<i64> = train.ids.iter().chain(&test.ids).copied().collect();
        assert_eq!(all.len(), 100);
        test.ids
    };
    let one = divided(1);
    random::permutation(10, 3).unwrap();
    assert_eq!(divided(1), one);
    assert_ne!(divided(2), one);
}

#[test]
fn no_class_is_drawn_away_from_training_and_a_share_may_be_none_or_all() {
    let share = |test_share| {
        let options = CorpusOptions { test_share, ..CorpusOptions::default() };
        table("a.csv", "text,label\na,x\nb,x\nc,x\nd,y\n", &options).unwrap()
    };
    let half = share(0.9);
    assert_eq!(half.train.unwrap().labels, [0, 1]);
    assert!(share(0.0).test.is_none());
    let all = CorpusOptions { train: Some(Selection::None), test_share: 1.0, ..CorpusOptions::default() };
    let all = table("a.csv", "text,label\na,x\nb,x\nc,x\nd,y\n", &all).unwrap();
    assert_eq!((all.train, all.test.unwrap().len()), (None, 4));
    let none = CorpusOptions { test: Some(Selection::All), ..whole() };
    assert_eq!(
        table("a.csv", "text,label\na,x\nb,y\n", &none).unwrap_err(),
        "a.csv has no test set, for test_share is 0"
    );
}

#[test]
fn a_number_takes_each_class_of_a_table_by_its_share_and_slices_name_classes() {
    let some = CorpusOptions { test_share: 0.0, ..options("10", "0") };
    let train = table("a.csv", &hundred(), &some).unwrap().train.unwrap();
    assert_eq!((train.ids, train.labels.iter().sum::<i64>()), (vec![2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 8));
    let slices = CorpusOptions { test_share: 0.0, ..options("rare[1:3] + usual[-1:]", "0") };
    assert_eq!(table("a.csv", &hundred(), &slices).unwrap().train.unwrap().ids, [7, 12, 101]);
    let many = CorpusOptions { test_share: 0.0, ..options("101", "0") };
    assert_eq!(
        table("a.csv", &hundred(), &many).unwrap_err(),
        "train: 101 reviews were asked for and a.csv has 100; \"all\" takes them all"
    );
}

#[test]
fn a_test_table_has_the_classes_of_the_training_table() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, contents: &str| {
        fs::write(dir.path().join(name), contents).unwrap();
        dir.path().join(name)
    };
    let train = write("train.csv", "text,label\na,neg\nb,pos\nc,neutral\n");
    let test =
        write("test.jsonl", "{\"text\": \"d\", \"label\": \"pos\"}\n{\"text\": \"e\", \"label\": \"neutral\"}\n");
    let source = Source::open(&train, Some(&test)).unwrap();
    let corpus = Corpus::read(&source, &CorpusOptions::default()).unwrap();
    assert_eq!(corpus.classes, ["neg", "neutral", "pos"]);
    assert_eq!((corpus.train.unwrap().labels, corpus.test.unwrap().labels), (vec![0, 2, 1], vec![2, 1]));
    // A folder with such files stands for them.
    let folder = Source::open(dir.path(), None).unwrap();
    assert_eq!(Corpus::read(&folder, &CorpusOptions::default()).unwrap().test.unwrap().labels, [2, 1]);
    let test = write("other.csv", "text,label\nd,pos\ne,positive\n");
    let e = Corpus::read(&tables(&train, Some(&test)), &CorpusOptions::default()).unwrap_err();
    assert_eq!(e.kind, ErrorKind::Data);
    let expected = "label `positive` is not among the training labels (they are neg, neutral, pos)";
    assert_eq!(e.message, format!("{}:3: {expected}", test.display()));
}
