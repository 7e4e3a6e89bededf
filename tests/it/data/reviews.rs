//! Reading folders that are, and are not, laid out like aclImdb.

use imdbsh::error::{Error, ErrorKind};
use imdbsh::ml::data::{Label, Reviews, Texts};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("train/neg")).unwrap();
    for (name, contents) in files {
        fs::write(dir.path().join("train/neg").join(name), contents).unwrap();
    }
    dir
}

fn read(dir: &Path) -> Result<Reviews, Error> {
    Reviews::read(dir, "train", Label::Neg, None)
}

#[test]
fn reviews_are_sorted_by_number_and_their_names_say_the_rating() {
    let dir = folder(&[("10_1.txt", b"ten"), ("9_2.txt", b"nine"), ("0_10.txt", b"none"), (".DS_Store", b"")]);
    let reviews = read(dir.path()).unwrap();
    assert_eq!((reviews.ids.clone(), reviews.ratings.clone()), (vec![0, 9, 10], vec![10, 2, 1]));
    assert_eq!(reviews.texts, Texts::new(["none", "nine", "ten"]));
    assert_eq!(reviews.labels, [0, 0, 0]);
    let part = Reviews::read(dir.path(), "train", Label::Neg, Some(1..2)).unwrap();
    assert_eq!(part.ids, [9]);
    assert_eq!(part.followed_by(&reviews).unwrap().ids, [9, 0, 9, 10]);
}

// >>> b"a\xffb\xe9".decode(errors="replace")
// 'a\ufffdb\ufffd'
#[test]
fn bytes_that_are_not_utf_8_are_replaced_and_counted() {
    let reviews = read(folder(&[("0_1.txt", b"a\xffb\xe9"), ("1_1.txt", "\u{fffd}é".as_bytes())]).path()).unwrap();
    assert_eq!(reviews.texts, Texts::new(["a\u{fffd}b\u{fffd}", "\u{fffd}é"]));
    assert_eq!(reviews.replaced, 2);
}

#[test]
fn a_folder_that_is_not_laid_out_so_is_an_error_that_says_what_was_expected() {
    let layout = "(expected {train,test}/{neg,pos}/ID_RATING.txt, as aclImdb is laid out)";
    let dir = folder(&[]);
    let at = dir.path().display();
    let message = |split, label| Reviews::read(dir.path(), split, label, None).unwrap_err().message;
    assert_eq!(message("train", Label::Neg), format!("{at}/train/neg holds no reviews {layout}"));
    assert_eq!(message("train", Label::Pos), format!("{at}/train has no folder pos {layout}"));
    assert_eq!(message("test", Label::Pos), format!("{at} has no folder test {layout}"));
    let e = read(Path::new("no/such")).unwrap_err();
    assert_eq!((e.kind, e.message), (ErrorKind::File, format!("there is no folder no/such {layout}")));
    fs::create_dir(dir.path().join("aclImdb")).unwrap();
    assert!(message("test", Label::Pos).ends_with(&format!("; did you mean {at}/aclImdb?")));
}

#[test]
fn a_name_without_a_rating_is_an_error() {
    for name in ["3.txt", "x_1.txt", "3_11.txt", "3_0.txt", "3_1.html"] {
        let e = read(folder(&[(name, b"")]).path()).unwrap_err();
        assert!(e.message.ends_with(&format!("{name}: a review's file is named ID_RATING.txt, the rating 1 to 10")));
    }
}

#[test]
#[allow(clippy::reversed_empty_ranges, reason = "what a user may ask for")]
fn a_range_that_is_not_there_is_an_error() {
    let dir = folder(&[("0_1.txt", b"a"), ("1_1.txt", b"b")]);
    for (range, why) in [(1..3, "there are 2, so the range may end at 2"), (1..1, "is empty"), (2..1, "is empty")] {
        let e = Reviews::read(dir.path(), "train", Label::Neg, Some(range)).unwrap_err();
        assert_eq!(e.kind, ErrorKind::Value);
        assert!(e.message.contains(why), "{}", e.message);
    }
}

#[test]
fn an_unknown_label_is_answered_with_the_known_ones() {
    assert_eq!(Label::parse("pos").unwrap(), Label::Pos);
    assert_eq!(Label::parse("neu").unwrap_err().message, "unknown label `neu`; did you mean `neg`? (known: neg, pos)");
}
