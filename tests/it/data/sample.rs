//! The embedded sample against the data that it was taken from.

#[path = "../../../tools/make_sample.rs"]
mod make_sample;

use imdbsh::ml::data::{Label, Reviews, Split, Tokens, WordVectors, sample};
use std::io::Write;
use std::path::{Path, PathBuf};

const FOLDERS: [(&str, Label); 4] =
    [("train", Label::Neg), ("train", Label::Pos), ("test", Label::Neg), ("test", Label::Pos)];

fn data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("IMDBSH_DATA").map(PathBuf::from);
    if folder.is_none() {
        // Not `eprintln!`, which a passing test keeps to itself.
        let mut stderr = std::io::stderr();
        writeln!(stderr, "skipped: {test}: IMDBSH_DATA is not set (a folder with aclImdb/ and glove.6B.100d.txt)")
            .unwrap();
    }
    folder
}

#[test]
fn half_of_each_set_is_of_each_class_and_ratings_agree() {
    for (split, label) in FOLDERS {
        let reviews = sample::reviews(split, label, None).unwrap();
        assert_eq!((reviews.len(), reviews.texts.len(), reviews.ratings.len()), (1000, 1000, 1000));
        assert_eq!(reviews.ids, (0..1000).collect::<Vec<_>>());
        assert!(reviews.labels.iter().all(|l| *l == label.class()));
        // aclImdb has no reviews of 5 and 6 stars.
        let expected = if label == Label::Pos { 7..=10 } else { 1..=4 };
        assert!(reviews.ratings.iter().all(|r| expected.contains(r)));
    }
}

#[test]
fn the_whole_sample_takes_less_than_ten_megabytes() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample").read_dir().unwrap();
    let bytes: u64 = files.map(|f| f.unwrap().metadata().unwrap().len()).sum();
    assert!(bytes <= 9_800_000, "{bytes}");
}

#[test]
fn a_slice_beyond_the_sample_and_an_unknown_split_are_errors() {
    let e = sample::reviews("train", Label::Neg, Some(500..1001)).unwrap_err();
    assert_eq!(e.message, "reviews 500..1001 of the sample's train/neg: there are 1000, so the range may end at 1000");
    let e = sample::reviews("tests", Label::Neg, None).unwrap_err();
    assert_eq!(e.message, "unknown split `tests`; did you mean `test`? (known: train, test)");
    assert_eq!(sample::reviews("test", Label::Pos, Some(10..12)).unwrap().ids, [10, 11]);
}

#[test]
fn reviews_and_vectors_are_exactly_those_of_the_whole_data() {
    let Some(data) = data("reviews_and_vectors_are_exactly_those_of_the_whole_data") else { return };
    let vectors = sample::vectors().unwrap();
    for (split, label) in FOLDERS {
        let whole = Reviews::read(&data.join("aclImdb"), split, label, Some(0..1000)).unwrap();
        assert_eq!(sample::reviews(split, label, None).unwrap(), whole);
        let clean = whole.texts.drop_breaks().unwrap().replace(r"[^\w'-]+", " ").unwrap().lower_case();
        let tokens = Tokens::split(&clean, Split::WhiteSpace).unwrap();
        let glove = WordVectors::read(&data.join("glove.6B.100d.txt"), &[&tokens], None).unwrap().0;
        for word in tokens.distinct().iter() {
            assert_eq!(vectors.row(word), glove.row(word), "{word}");
        }
    }
}

#[test]
fn the_committed_files_are_made_again_byte_for_byte() {
    let Some(data) = data("the_committed_files_are_made_again_byte_for_byte") else { return };
    let target = tempfile::tempdir().unwrap();
    make_sample::make(&data, target.path()).unwrap();
    let mut files = 0;
    for made in target.path().read_dir().unwrap() {
        let made = made.unwrap();
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample").join(made.file_name());
        assert!(std::fs::read(made.path()).unwrap() == std::fs::read(&committed).unwrap(), "{}", committed.display());
        files += 1;
    }
    assert_eq!(files, 6);
}
