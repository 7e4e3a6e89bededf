//! Files of vectors as people have them: text and binary, packed and not, with headers that are right and wrong.

use assert_cmd::Command;
use imdbsh::error::Result;
use imdbsh::memory;
use imdbsh::ml::data::{Split, Texts, Tokens, WordVectors};
use std::fs;
use std::io::Write;
use std::path::Path;

use crate::common::alone::alone;

fn tokens(words: &str) -> Tokens {
    Tokens::split(&Texts::new([words]), Split::WhiteSpace).unwrap()
}

/// Without a cache, as it is made, and from the cache: the same each time. The notes without the file's name.
fn read(name: &str, bytes: &[u8], words: &str) -> Result<(WordVectors, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let shown = path.display().to_string();
    let once = |cache: Option<&Path>| {
        WordVectors::read(&path, &[&tokens(words)], cache).map_err(|mut e| {
            e.message = e.message.replace(&shown, name);
            e
        })
    };
    let (vectors, notes) = once(None)?;
    for _ in 0..2 {
        assert_eq!(once(Some(&folder.path().join("cache")))?, (vectors.clone(), notes.clone()), "{name}");
    }
    Ok((vectors, notes.iter().map(|note| note.replace(&format!("{shown}: "), "")).collect()))
}

const TEXT: &str = "the 1 2 3\nfilm 4 5 6\n";

/// `the` and `film`, as in [`TEXT`].
#[track_caller]
fn is_text(read: Result<(WordVectors, Vec<String>)>, notes: &[&str]) {
    let (vectors, said) = read.unwrap();
    assert_eq!((vectors.len(), vectors.dim()), (2, 3));
    assert_eq!(vectors.row("the"), Some(&[1.0, 2.0, 3.0][..]));
    assert_eq!(vectors.row("film"), Some(&[4.0, 5.0, 6.0][..]));
    assert_eq!(said, notes);
}

fn binary(header: &str, rows: &[(&str, [f32; 3])], end: &str) -> Vec<u8> {
    let mut bytes = format!("{header}\n").into_bytes();
    for (word, row) in rows {
        bytes.extend(word.bytes().chain([b' ']).chain(row.iter().flat_map(|value| value.to_le_bytes())));
        bytes.extend(end.bytes());
    }
    bytes
}

const ROWS: [(&str, [f32; 3]); 2] = [("the", [1.0, 2.0, 3.0]), ("film", [4.0, 5.0, 6.0])];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        packed.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        packed.write_all(bytes).unwrap();
    }
    packed.finish().unwrap().into_inner()
}

#[test]
fn packed_files_are_read_as_what_is_in_them_whatever_they_are_called() {
    let text = TEXT.as_bytes();
    let bzip2 = || {
        let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    };
    for (name, bytes) in [
        ("v.txt.gz", gzip(text)),
        ("v.txt", gzip(text)),
        ("v.vec.gz", gzip(&[b"2 3\n", text].concat())),
        // As pigz and bgzip write them: several, one behind the other.
        ("v.gz", [gzip(b"the 1 2 3\nfi"), gzip(b"lm 4 5 6\n")].concat()),
        ("v.txt.zst", zstd::encode_all(text, 3).unwrap()),
        ("v.bz2", bzip2()),
        ("v.zip", zip(&[("v.txt", text)])),
        ("v.zip", zip(&[("README.md", b"read me"), ("__MACOSX/._v.txt", b"x"), ("a/v.vec", text)])),
        ("v.bin.gz", gzip(&binary("2 3", &ROWS, ""))),
        ("v.bin.zip", zip(&[("GoogleNews.bin", &binary("2 3", &ROWS, "\n"))])),
    ] {
        is_text(read(name, &bytes, "the film"), &[]);
    }
}

#[test]
fn an_archive_without_vectors_or_with_several_files_of_them_names_what_it_holds() {
    let text = TEXT.as_bytes();
    let several = zip(&[("glove.50d.txt", text), ("glove.100d.txt", text)]);
    let said = read("glove.zip", &several, "the").unwrap_err().message;
    assert!(said.starts_with("glove.zip holds several vectors files, expected one: glove."), "{said}");
    let none = zip(&[("paper.pdf", b"x"), ("LICENSE", b"x")]);
    let said = read("glove.zip", &none, "the").unwrap_err().message;
    assert!(said.starts_with("glove.zip holds no vectors file: ") && said.contains("paper.pdf"), "{said}");
}

#[test]
fn any_white_space_stands_between_numbers_and_a_mark_at_the_start_is_no_letter() {
    for text in [
        "the\t1\t2\t3\nfilm\t4\t5\t6\n",
        "the  1   2 3\nfilm \t4\t 5 6\n",
        "the 1 2 3 \nfilm 4 5 6  \n",
        "the 1 2 3\r\nfilm 4 5 6\r\n",
        "the 1 2 3\t\r\n\r\nfilm 4 5 6",
        "\u{feff}the 1 2 3\nfilm 4 5 6\n",
        "  the 1 2 3\n\tfilm 4 5 6\n",
        "\n\nthe 1 2 3\n\n \t\nfilm 4 5 6\n\n",
        "the +1 2.0 3e0\nfilm 4. 5.00 60e-1",
    ] {
        is_text(read("v.txt", text.as_bytes(), "the film"), &[]);
    }
}

#[test]
fn headers_are_no_rows_and_what_they_promise_and_is_not_there_is_said() {
    for (header, notes) in [
        ("2 3\n", &[][..]),
        ("2\t3 \r\n", &[]),
        ("\u{feff}2 3\n", &[]),
        ("5 3\n", &["its header promises 5 rows, and there are 2"]),
        ("1 3\n", &["its header promises 1 rows, and there are 2"]),
        ("2 300\n", &["its header promises rows of 300 numbers, and they have 3"]),
        ("9 4\n", &["its header promises 9 rows of 4 numbers, and there are 2 of 3"]),
    ] {
        is_text(read("v.vec", format!("{header}{TEXT}").as_bytes(), "the film"), notes);
    }
    // One row alone that is of another width is wrong, not the header.
    let said = read("v.vec", b"1 4\nthe 1 2 3\n", "the").unwrap_err().message;
    assert_eq!(said, "v.vec:2: 3 numbers behind the word, expected 4 as in the first line");
    for (bytes, why) in [
        (&b"4 2\n"[..], "v.vec holds no vectors, though its header promises 4"),
        (b"4 2", "v.vec holds no vectors, though its header promises 4"),
        (b"\xff\xfet\0h\0e\0", "v.vec: its text is UTF-16, expected UTF-8"),
    ] {
        assert_eq!(read("v.vec", bytes, "the").unwrap_err().message, why);
    }
}

#[test]
fn words_with_spaces_keep_their_numbers_at_the_end() {
    let text = ". . . 7 7 7\nthe 1 2 3\nat name@domain.com 8 8 8\n1 / 2 9 9 9\nfilm 4 5 6\n";
    is_text(read("v.txt", text.as_bytes(), "the film"), &[]);
    is_text(read("v.txt", format!("5 3\n{text}").as_bytes(), "the film"), &[]);
    let spaced = Texts::new([". . ."]).replace("^.*$", "x").unwrap();
    assert_eq!(spaced.len(), 1);
    // Nothing tells a word of several numbers from a row that is too wide.
    let said = read("v.txt", b"the 1 2 3\n1 2 9 9 9\n", "the").unwrap_err().message;
    assert_eq!(said, "v.txt:2: 4 numbers behind the word, expected 3 as in the first line");
}

#[test]
fn of_a_word_that_comes_again_the_first_row_counts_and_all_are_counted() {
    let text = format!("{TEXT}the 7 7 7\nother 1 1 1\nother 2 2 2\nfilm 8 8 8\n");
    let said = "3 rows are of a word that has one already (the first of `the`): the first counts";
    is_text(read("v.txt", text.as_bytes(), "the film"), &[said]);
    // Many blocks between them.
    let many: String = (0..80_000).map(|i| format!("w{i} {i} 0 0\n")).collect();
    let said = "1 row is of a word that has one already (the first of `film`): the first counts";
    is_text(read("v.txt", format!("{TEXT}{many}film 9 9 9\n").as_bytes(), "the film"), &[said]);
}

#[test]
fn word2vecs_binary_is_read_with_and_without_line_feeds() {
    for end in ["", "\n"] {
        is_text(read("v.bin", &binary("2 3", &ROWS, end), "the film"), &[]);
        let more = [&ROWS[..], &[("the", [9.0; 3]), ("\u{e9}lan", [-0.5; 3])]].concat();
        let said = "1 row is of a word that has one already (the first of `the`): the first counts";
        is_text(read("v.bin", &binary("4 3", &more, end), "the film"), &[said]);
    }
    is_text(read("v.bin", &binary("3 3", &ROWS, "\n"), "the film"), &["its header promises 3 rows, and there are 2"]);
    let mut foreign = binary("3 3", &ROWS, "");
    foreign.extend(b"\xff\xfe ".iter().chain(&[0; 12]));
    is_text(read("v.bin", &foreign, "the film"), &["1 word is not UTF-8 and so in no text"]);
    // Numbers that look like spaces and line feeds are numbers.
    let odd = f32::from_le_bytes(*b" \n \n");
    let (vectors, _) = read("v.bin", &binary("1 3", &[("the", [odd, 1.0, odd])], ""), "the").unwrap();
    assert_eq!(vectors.row("the"), Some(&[odd, 1.0, odd][..]));
}

#[test]
fn a_binary_file_that_is_damaged_names_the_row() {
    let whole = binary("2 3", &ROWS, "");
    let said = |bytes: &[u8]| read("v.bin", bytes, "the film").unwrap_err().message;
    let cut = "v.bin, row 2: no word and 3 numbers: the file is cut short or damaged";
    assert_eq!(said(&whole[..whole.len() - 1]), cut);
    assert_eq!(said(&[&whole[..], b"and"].concat()), cut.replace("row 2", "row 3"));
    let nan = binary("2 3", &[ROWS[0], ("film", [4.0, f32::NAN, 6.0])], "");
    assert_eq!(said(&nan), "v.bin, row 2: `NaN` in the row of `film` is not a finite number");
    let model = b"\xba\x16\x4f\x2f\x0c\0\0\0".as_slice();
    assert_eq!(said(model), "v.bin: this is a model of fastText's, of which its file .vec holds the vectors");
}

#[test]
fn a_packed_file_that_is_cut_is_said_to_be() {
    let rows: String = (0..2000).map(|i| format!("w{i} {i} 0.5 -{i}\n")).collect();
    let whole = gzip(rows.as_bytes());
    for percent in 1..100 {
        let said = read("v.gz", &whole[..whole.len() * percent / 100], "w1").unwrap_err().message;
        assert!(said.starts_with("v.gz is damaged, or not whole: "), "{percent} %: {said}");
    }
}

#[test]
fn what_an_archive_unpacks_to_is_refused_before_it_is_in_memory() {
    alone!();
    memory::limit(Some(200_000_000), |_| {});
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"the 1 2 3\n").unwrap();
    let part = vec![b'0'; 1 << 20];
    (0..1500).for_each(|_| packed.write_all(&part).unwrap());
    let said = read("v.gz", &packed.finish().unwrap(), "the").unwrap_err().message;
    assert!(said.contains("no row ends within 16777216 bytes"), "{said}");
}

fn load(folder: &Path, code: &str) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command.args(["-e", code]).env("XDG_CACHE_HOME", folder).current_dir(folder).output().unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn how_many_words_have_a_vector_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    put("t.csv", "text,label\nthe film,1\nfilm the,0\nthe film the,1\nfilm plot,0\n");
    put("few.txt", "the 1 2\nplot 3 4\n");
    put("most.txt", "the 1 2\nfilm 3 4\n");
    put("foreign.txt", "le 0.1 0.2 0.3\nfilme 0.4 0.5 0.6\n");
    let with = |vectors: &str| {
        let code = format!("imdb::load(#{{ data: \"t.csv\", vectors: \"{vectors}\", test: 0, test_share: 0.0 }});");
        load(folder.path(), &code)
    };
    let said = "train: 4 reviews; words in each: median 2, 95 % at most 3; 55.6 % of their words have a vector, and 66.7 % of the 3 distinct ones";
    let lines =
        |said: &str| said.lines().filter(|line| line.contains(" vector")).map(str::to_string).collect::<Vec<_>>();
    let (code, few) = with("few.txt");
    assert_eq!((code, lines(&few)), (0, vec![said.to_string()]), "{few}");
    let (code, most) = with("most.txt");
    assert!(code == 0 && lines(&most)[0].contains("88.9 % of their words have a vector"), "8 of 9 words: {most}");
    let (code, none) = with("foreign.txt");
    assert!(
        code != 0 && none.contains("none of the 3 words of the training reviews has a vector in foreign.txt"),
        "{none}"
    );
    put("all.txt", "the 1 2\nfilm 3 4\nplot 5 6\n");
    let (code, all) = with("all.txt");
    assert!(code == 0 && lines(&all)[0].contains("100.0 % of their words have a vector, and 100.0 %"), "{all}");
}
