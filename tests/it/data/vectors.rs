//! Word vectors from files and from the cache of them.

use assert_cmd::Command;
use imdbsh::ml::data::{Split, Texts, Tokens, WordVectors};
use proptest::prelude::*;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn tokens(words: &[&str]) -> Tokens {
    Tokens::split(&Texts::new([words.join(" ")]), Split::Spaces).unwrap()
}

/// A folder with `vectors.txt` in it, and a place for a cache.
struct Place {
    folder: TempDir,
    wanted: Tokens,
}

impl Place {
    fn new(text: impl AsRef<[u8]>, wanted: &[&str]) -> Place {
        let place = Place { folder: TempDir::new().unwrap(), wanted: tokens(wanted) };
        fs::write(place.source(), text).unwrap();
        place
    }

    fn source(&self) -> PathBuf {
        self.folder.path().join("vectors.txt")
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache/vectors")
    }

    /// The cache's only file.
    fn file(&self) -> PathBuf {
        let files: Vec<PathBuf> = fs::read_dir(self.cache()).unwrap().map(|f| f.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].clone()
    }

    fn read(&self) -> (WordVectors, Vec<String>) {
        WordVectors::read(&self.source(), &[&self.wanted], Some(&self.cache())).unwrap()
    }

    fn without_cache(&self) -> WordVectors {
        WordVectors::read(&self.source(), &[&self.wanted], None).unwrap().0
    }
}

const TEXT: &str = "the 1 2\nfilm 3 -4e-2\nother 5 6\nplot 0.123 1\n";

fn usual() -> Place {
    Place::new(TEXT, &["the", "film", "plot", "nowhere"])
}

/// Another text of the same size in place of the source, with the same time: what is read now comes from the cache.
fn hide_source(place: &Place) {
    let modified = fs::metadata(place.source()).unwrap().modified().unwrap();
    fs::write(place.source(), TEXT.replace(|c: char| c.is_ascii_digit(), "x")).unwrap();
    File::options().append(true).open(place.source()).unwrap().set_modified(modified).unwrap();
}

#[test]
fn the_second_time_rows_come_from_the_cache() {
    let place = usual();
    let (first, note) = place.read();
    assert_eq!((first.row("film"), first.row("nowhere"), first.len()), (Some(&[3.0, -0.04][..]), None, 3));
    assert!(note.is_empty(), "{note:?}");
    hide_source(&place);
    assert_eq!(place.read(), (first, vec![]));
    // Rows that nobody asked for the first time are there, too.
    let other = WordVectors::read(&place.source(), &[&tokens(&["other"])], Some(&place.cache())).unwrap().0;
    assert_eq!(other.row("other"), Some(&[5.0, 6.0][..]));
}

#[test]
fn a_source_that_has_changed_is_read_anew_without_a_word() {
    let place = usual();
    place.read();
    fs::write(place.source(), "the 7 8 9\nfilm 1 2 3").unwrap();
    let (vectors, note) = place.read();
    assert_eq!((vectors.dim(), vectors.row("the"), note), (3, Some(&[7.0, 8.0, 9.0][..]), vec![]));
    let modified =
        fs::metadata(place.source()).unwrap().modified().unwrap() + std::time::Duration::from_nanos(1_000_000);
    fs::write(place.source(), "the 4 5 6\nfilm 1 2 3").unwrap();
    File::options().append(true).open(place.source()).unwrap().set_modified(modified).unwrap();
    assert_eq!(place.read().0.row("the"), Some(&[4.0, 5.0, 6.0][..]));
    place.file();
}

#[test]
fn a_cache_that_is_not_whole_is_made_anew_and_said() {
    let place = usual();
    let (expected, _) = place.read();
    let file = place.file();
    let whole = fs::read(&file).unwrap();
    let check = |bytes: &[u8], why: &str| {
        fs::write(&file, bytes).unwrap();
        let (vectors, note) = place.read();
        assert_eq!(vectors, expected, "{why}");
        let note = note.concat();
        let (name, source) = (file.display(), place.source());
        assert_eq!(note, format!("{name} {why}: it is made anew from {}", source.display()));
        assert_eq!((place.read(), fs::read(&file).unwrap() == whole), ((expected.clone(), vec![]), true), "{why}");
    };
    check(&[], "is cut short");
    check(&whole[..50], "is cut short");
    for length in [100, whole.len() - 1] {
        check(&whole[..length], "is cut short or damaged");
    }
    // Cut out of the middle, and each byte of all but the row that nobody wants (`other`, the third of 8 bytes).
    check(&[&whole[..20], &whole[28..]].concat(), "is damaged");
    for at in (0..16).chain(24..whole.len() - 12) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        check(&bytes, "is damaged");
    }
    let mut bytes = whole.clone();
    let version = whole.len() - 12;
    bytes[version] = 9;
    check(&bytes, "is of version 9, this program's are of version 2");
}

#[test]
fn a_cache_that_cannot_be_written_is_done_without() {
    let place = usual();
    fs::write(place.folder.path().join("cache"), "a file, where a folder is wanted").unwrap();
    assert_eq!(place.read(), (place.without_cache(), vec![]));
    fs::remove_file(place.folder.path().join("cache")).unwrap();
    // A folder in the place of the cache's file.
    place.read();
    let file = place.file();
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(place.read().0, place.without_cache());
}

#[test]
fn several_at_once_find_the_same_and_leave_one_cache() {
    let place = usual();
    let expected = place.without_cache();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let tokens = tokens(&["the", "film", "plot", "nowhere"]);
                for _ in 0..10 {
                    let (read, note) = WordVectors::read(&place.source(), &[&tokens], Some(&place.cache())).unwrap();
                    assert_eq!((&read, note), (&expected, vec![]));
                }
            });
        }
    });
    place.file();
}

#[test]
fn a_wrong_line_is_an_error_with_and_without_a_cache_and_leaves_none() {
    // A row that is wrong is said even where nobody wants its word, for the cache would keep it.
    for (line, why) in [
        ("other 5", "1 numbers behind the word, expected 2 as in the first line"),
        ("other 5 6 7", "3 numbers behind the word, expected 2 as in the first line"),
        ("other 5 nan", "`nan` in the row of `other` is not a finite number"),
        ("other 5 1e99", "`1e99` in the row of `other` is not a finite number"),
        ("other 5 six", "`six` in the row of `other` is not a finite number"),
        ("other", "0 numbers behind the word, expected 2 as in the first line"),
    ] {
        let place = Place::new(TEXT.replace("other 5 6", line), &["the"]);
        for cache in [None, Some(place.cache())] {
            let e = WordVectors::read(&place.source(), &[&place.wanted], cache.as_deref()).unwrap_err();
            assert_eq!(e.message, format!("{}:3: {why}", place.source().display()));
        }
        assert_eq!(fs::read_dir(place.cache()).unwrap().count(), 0);
    }
}

#[test]
fn odd_words_of_gloves_files_are_words() {
    // A word with a no-break space, one that is a line separator, one that is not UTF-8, words with spaces, a number, an
    // empty word; lines that end as Windows has it.
    let text = [
        "the 1 2\r\n".as_bytes(),
        "\u{a0}x 3 4\n\u{85} 5 6\n\u{2028} 7 8\n".as_bytes(),
        b"\xff\xfe 9 9\n",
        "at name@domain.com 1 1\n. . . 2 2\n3 4 5\n 6 7\nthe 8 9".as_bytes(),
    ]
    .concat();
    let words = ["the", "\u{a0}x", "\u{85}", "\u{2028}", "at", "3", ""];
    let place = Place::new(text, &words);
    for _ in 0..2 {
        let (read, note) = place.read();
        let expected: [&[f32]; 7] = [&[1., 2.], &[3., 4.], &[5., 6.], &[7., 8.], &[], &[4., 5.], &[6., 7.]];
        for (word, expected) in words.iter().zip(expected) {
            assert_eq!(read.row(word).unwrap_or_default(), expected, "{word:?}");
        }
        let name = place.source().display().to_string();
        let said = [
            format!("{name}: 1 row is of a word that has one already (the first of `the`): the first counts"),
            format!("{name}: 1 word is not UTF-8 and so in no text"),
        ];
        assert_eq!(note, said);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_cache_holds_what_the_text_holds(
        rows in prop::collection::vec(("[a-d]{1,2}|é[a-z]", prop::array::uniform3(-10f32..10f32)), 1..60),
        wanted in prop::collection::vec("[a-d]{1,2}", 0..20),
    ) {
        let text: String = rows.iter().map(|(word, [a, b, c])| format!("{word} {a} {b} {c}\n")).collect();
        let place = Place::new(text, &wanted.iter().map(String::as_str).collect::<Vec<_>>());
        let (first, second) = (place.read().0, place.read().0);
        prop_assert_eq!(&first, &second);
        prop_assert_eq!(&first, &place.without_cache());
        for word in &wanted {
            let row = rows.iter().find(|(w, _)| w == word).map(|(_, row)| &row[..]);
            prop_assert_eq!(first.row(word), row);
        }
    }
}

fn run(cache: &Path, code: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command.args(["-e", code]).env("XDG_CACHE_HOME", cache).current_dir(cache).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_keeps_its_cache_in_the_users_and_says_what_it_makes_anew_in_one_line() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("vectors.txt"), TEXT).unwrap();
    let code = "let w = texts([\"film\"]).split(); print(word_vectors(\"vectors.txt\", [w]).table(vocabulary(w))[2][0].item())";
    let expected = (0, "3.0\n".to_string(), String::new());
    assert_eq!(run(folder.path(), code), expected);
    let vectors = folder.path().join("imdbsh/vectors");
    let file = fs::read_dir(&vectors).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, "short").unwrap();
    let (code_, out, err) = run(folder.path(), code);
    assert_eq!((code_, out.as_str()), (0, "3.0\n"));
    assert_eq!(err, format!("{} is cut short: it is made anew from vectors.txt\n", file.display()));
    assert_eq!(run(folder.path(), code), expected);
}
