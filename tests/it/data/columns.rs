//! Parquet and Arrow's files, as pandas, pyarrow and `datasets` write them: `tests/data/columns/make.py` made those that are read here.

use crate::common::alone::alone;
use imdbsh::error::Result;
use imdbsh::memory;
use imdbsh::ml::data::{Corpus, CorpusOptions, Encoding, Missing, Selection, Source, TableOptions};
use imdbsh::script::quiet_panics;
use std::fs;
use std::path::{Path, PathBuf};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/columns").join(name)
}

fn read(path: &Path, table: TableOptions) -> Result<Corpus> {
    let options = CorpusOptions { train: Some(Selection::All), test_share: 0.0, table, ..CorpusOptions::default() };
    Corpus::read(&Source::open(path, None)?, &options)
}

/// The texts of a file with the names of their classes, those without a text left out.
#[track_caller]
fn rows(name: &str, table: TableOptions) -> Vec<(String, String)> {
    let corpus = read(&file(name), TableOptions { missing: Missing::Skip, ..table }).unwrap();
    let set = corpus.train.unwrap();
    let texts = set.texts.iter().map(|text| text.unwrap().into_owned());
    texts.zip(set.labels.iter().map(|label| corpus.classes[*label as usize].clone())).collect()
}

fn said(name: &str, table: TableOptions) -> String {
    read(&file(name), table).unwrap_err().message
}

fn usual() -> TableOptions {
    TableOptions::default()
}

fn named(text: &str, label: &str) -> TableOptions {
    TableOptions { text: vec![text.into()], label: Some(label.into()), ..usual() }
}

fn with_labels(labels: [&str; 4]) -> Vec<(String, String)> {
    let texts = ["a fine film", "dull", "café — naïve", "so\nbad"];
    texts.into_iter().zip(labels).map(|(text, label)| (text.to_string(), label.to_string())).collect()
}

#[test]
fn every_codec_encoding_and_type_gives_the_rows_that_were_written() {
    let numbers = with_labels(["1", "0", "1", "0"]);
    for name in ["none", "snappy", "gzip", "brotli", "zstd", "lz4", "v2_delta", "large_string_int8"] {
        assert_eq!(rows(&format!("{name}.parquet"), usual()), numbers, "{name}");
    }
    for name in ["file.arrow", "views.arrow", "zstd.arrow", "lz4.feather", "stream.ipc"] {
        assert_eq!(rows(name, usual()), numbers, "{name}");
    }
    let words = with_labels(["neg", "pos", "neg", "pos"]);
    for name in ["pandas_categories.parquet", "coded.arrow", "coded_stream.ipc"] {
        assert_eq!(rows(name, usual()), words, "{name}");
    }
    assert_eq!(rows("float_unsigned.parquet", usual()), with_labels(["0.5", "0", "0.5", "0"]));
    let big = rows("float_unsigned.parquet", named("text", "big"));
    assert_eq!(big[0].1, "9223372036854779904", "above the numbers with a sign");
    for name in ["nested.parquet", "nested.arrow"] {
        assert_eq!(rows(name, named("review.text", "review.stars")), with_labels(["2", "1", "2", "1"]), "{name}");
    }
}

#[test]
fn bytes_are_texts_in_the_encoding_that_is_asked_for() {
    let latin = TableOptions { encoding: Encoding::parse("latin1").unwrap(), ..usual() };
    assert_eq!(rows("binary_bool.parquet", latin)[2], ("café ? naïve".to_string(), "true".to_string()));
    let corpus = read(&file("binary_bool.parquet"), TableOptions { missing: Missing::Skip, ..usual() }).unwrap();
    assert_eq!(corpus.train.unwrap().replaced, 2);
}

#[test]
fn rows_are_counted_through_all_groups_and_null_is_no_text() {
    let message = said("zstd.parquet", usual());
    assert!(message.contains("zstd.parquet:3: `text` is null"), "{message}");
    let corpus = read(&file("snappy.parquet"), TableOptions { missing: Missing::Skip, ..usual() }).unwrap();
    assert_eq!(corpus.train.unwrap().names.get(3).unwrap().unwrap(), "snappy.parquet:6");
    assert!(corpus.notes.iter().any(|note| note.contains("2 rows without a label or a text left out")));
}

#[test]
fn names_of_classes_are_said_and_no_class_is_no_label() {
    for name in ["class_label.parquet", "saved/train/data-00000-of-00001.arrow"] {
        let corpus = read(&file(name), TableOptions { missing: Missing::Skip, ..usual() }).unwrap();
        assert_eq!(corpus.classes, ["0", "1"], "{name}");
        assert!(corpus.notes[0].ends_with("its labels are called 0 = neg, 1 = pos"), "{:?}", corpus.notes);
    }
    let message = said("class_label.parquet", usual());
    assert!(message.contains(":3: the column `label` is empty, expected a label"), "{message}");
}

#[test]
fn the_first_bytes_tell_whatever_a_file_is_called() {
    let dir = tempfile::tempdir().unwrap();
    let numbers = with_labels(["1", "0", "1", "0"]);
    for (from, to) in
        [("zstd.parquet", "a.arrow"), ("stream.ipc", "b.parquet"), ("file.arrow", "c.csv"), ("none.parquet", "d.PQ")]
    {
        let path = dir.path().join(to);
        fs::copy(file(from), &path).unwrap();
        let corpus = read(&path, TableOptions { missing: Missing::Skip, ..usual() }).unwrap();
        assert_eq!(corpus.train.unwrap().len(), numbers.len(), "{to}");
    }
    let mut packed = zip::ZipWriter::new(fs::File::create(dir.path().join("x.zip")).unwrap());
    packed.start_file("inside.parquet", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut packed, &fs::read(file("lz4.parquet")).unwrap()).unwrap();
    packed.finish().unwrap();
    let skip = TableOptions { missing: Missing::Skip, ..usual() };
    assert_eq!(read(&dir.path().join("x.zip"), skip).unwrap().train.unwrap().len(), 4);
    let path = dir.path().join("text.parquet");
    fs::write(&path, "text,label\na,1\nb,0\n").unwrap();
    let message = read(&path, usual()).unwrap_err().message;
    assert!(message.ends_with("text.parquet is no Parquet file, which would begin with PAR1"), "{message}");
}

#[test]
fn what_is_not_read_is_named() {
    for (name, table, expected) in [
        (
            "old.feather",
            usual(),
            "is a Feather file of version 1, which is not read: pyarrow.feather.write_feather writes version 2",
        ),
        (
            "nested.parquet",
            named("words.list.element", "day"),
            "the column `words.list.element` holds a list in each row, expected one value",
        ),
        (
            "nested.parquet",
            named("review.text", "day"),
            "the column `day` holds values of the type Date, expected texts or plain numbers",
        ),
        ("nested.parquet", named("review.stars", "day"), "expected texts"),
        (
            "nested.parquet",
            usual(),
            "has no column `text` (it has `review.text`, `review.stars`, `words.list.element`, `day`; text_column: \"NAME\" says which it is)",
        ),
        (
            "file.arrow",
            named("txt", "label"),
            "has no column `txt`; did you mean `text`? (it has `text`, `label`; text_column",
        ),
        ("file.arrow", named("label", "label"), "the column `label` holds values of the type Int64, expected texts"),
    ] {
        let message = said(name, table);
        assert!(message.contains(expected), "{name}: {message}");
    }
}

#[test]
fn several_texts_are_joined_and_columns_have_numbers() {
    let both = TableOptions { text: vec!["text,label".into()], ..named("", "label") };
    assert_eq!(rows("coded.arrow", both)[0].0, "a fine film neg");
    let by_number = TableOptions {
        text: vec![imdbsh::ml::data::Column::Place(1)],
        label: Some(imdbsh::ml::data::Column::Place(2)),
        ..usual()
    };
    assert_eq!(rows("none.parquet", by_number), with_labels(["1", "0", "1", "0"]));
}

#[test]
fn a_file_that_is_cut_or_changed_is_an_error_or_what_is_left_of_it() {
    alone!();
    // What a file claims to be its size is not asked for blindly: more would end the process.
    memory::limit(Some(1_500_000_000), |_| {});
    quiet_panics();
    let dir = tempfile::tempdir().unwrap();
    let (mut refused, mut seed) = (0, 1_u64);
    for name in
        ["zstd.parquet", "v2_delta.parquet", "none.parquet", "coded.arrow", "zstd.arrow", "stream.ipc", "nested.arrow"]
    {
        let whole = fs::read(file(name)).unwrap();
        let path = dir.path().join(name);
        let mut try_with = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            let options = TableOptions {
                missing: Missing::Skip,
                ..if name.starts_with("nested") { named("review.text", "review.stars") } else { usual() }
            };
            match read(&path, options) {
                Ok(corpus) => assert!(corpus.train.is_none_or(|set| set.len() <= 6), "{name}"),
                Err(error) => {
                    assert!(error.message.contains(name), "{name}: {}", error.message);
                    refused += 1;
                }
            }
        };
        (0..100).for_each(|part| try_with(&whole[..whole.len() * part / 100]));
        for _ in 0..300 {
            let mut bytes = whole.clone();
            for _ in 0..=(seed % 3) {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = (seed >> 33) as usize % bytes.len();
                bytes[at] = (seed >> 20) as u8;
            }
            try_with(&bytes);
        }
    }
    assert!(refused > 700, "{refused}");
}
