//! Vocabularies written to files and read back.

use imdbsh::error::{Error, ErrorKind};
use imdbsh::ml::data::{Split, Texts, Tokens, Vocabulary, VocabularyOptions, WordVectors};
use imdbsh::ml::run::RunFolder;
use imdbsh::ml::{random, weights};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tch::{Kind, Tensor};
use tempfile::TempDir;

fn vocabulary(texts: &[&str]) -> Vocabulary {
    let tokens = Tokens::split(&Texts::new(texts.iter().copied()), Split::WhiteSpace).unwrap();
    Vocabulary::new(&tokens, VocabularyOptions::default()).unwrap()
}

fn wrong(name: &str, contents: &str) -> Error {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, contents).unwrap();
    let e = Vocabulary::load(&path).unwrap_err();
    Error { message: e.message.replace(&path.display().to_string(), name), ..e }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn words_and_vectors_come_back_as_they_were(
        words in prop::collection::btree_set("[a-f]{1,3}|\"|\\\\|é\u{2028}|🎬", 1..40),
        seed in 0..1000i64,
    ) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let v = Vocabulary::of_words(["<unk>", "<pad>"].into_iter().chain(words)).unwrap();
        random::manual_seed(seed);
        let shape = [v.len() as i64, 7];
        let vectors = random::draw(random::Purpose::Script, || Tensor::randn(shape, (Kind::Float, tch::Device::Cpu)));
        let folder = TempDir::new().unwrap();
        for name in ["v.json", "v.safetensors"] {
            let path = folder.path().join(name);
            v.save(&path, None).unwrap();
            let (read, none) = Vocabulary::load(&path).unwrap();
            prop_assert!(read == v && none.is_none());
            v.save(&path, Some(&vectors)).unwrap();
            let (read, read_vectors) = Vocabulary::load(&path).unwrap();
            prop_assert!(read == v);
            prop_assert!(read_vectors.unwrap() == vectors);
        }
    }
}

// >>> json.load(open("v.json"))["word_to_index"]["film"], safe_open("v.safetensors", "pt").metadata()["index_to_word"]
#[test]
fn the_files_are_what_other_programs_expect() {
    let v = vocabulary(&["film film plot"]);
    let vectors = Tensor::from_slice(&[0f32, 0.0, 0.1, 2.0]).reshape([4, 1]);
    let folder = TempDir::new().unwrap();
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    let text = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    v.save(&path("v.json"), None).unwrap();
    assert_eq!(text("v.json"), r#"["<unk>","<pad>","film","plot"]"#);
    v.save(&path("v.json"), Some(&vectors)).unwrap();
    let words = r#""index_to_word":["<unk>","<pad>","film","plot"]"#;
    let indices = r#""word_to_index":{"<unk>":0,"<pad>":1,"film":2,"plot":3}"#;
    assert_eq!(text("v.json"), format!("{{{words},{indices},\"vectors\":[[0.0],[0.0],[0.1],[2.0]]}}"));
    v.save(&path("v.safetensors"), Some(&vectors)).unwrap();
    let contents = weights::read(&path("v.safetensors")).unwrap();
    assert_eq!((contents.tensors[0].0.as_str(), contents.tensors[0].1.size()), ("vectors", vec![4, 1]));
    assert_eq!(contents.metadata["index_to_word"], r#"["<unk>","<pad>","film","plot"]"#);
}

#[test]
fn an_object_of_words_and_indices_is_a_vocabulary() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("python.json");
    std::fs::write(&path, r#"{"film": 2, "<pad>": 1, "vectors": 3, "<unk>": 0}"#).unwrap();
    assert_eq!(Vocabulary::load(&path).unwrap().0.words().collect::<Vec<_>>(), ["<unk>", "<pad>", "film", "vectors"]);
}

#[test]
fn a_run_keeps_its_words_in_such_a_file() {
    let v = vocabulary(&["a film a film plot"]);
    let folder = TempDir::new().unwrap();
    let mut run = RunFolder::create("run", Some(folder.path().join("run"))).unwrap();
    run.write_words(v.words()).unwrap();
    assert_eq!(Vocabulary::load(&run.path().join("vocabulary.json")).unwrap().0, v);
}

#[test]
fn a_file_that_is_something_else_is_named_with_what_was_expected() {
    let begin = |name: &str, contents: &str| wrong(name, contents).message;
    let array = "expected an array of words in the order of their indices, an object of words and their indices, or";
    for contents in ["", "[1, 2]", "[\"<unk>\"", "{\"a\": -1}", "{\"index_to_word\": [1]}", "7"] {
        let message = begin("v.json", contents);
        assert!(message.starts_with(&format!("v.json: this is no vocabulary ({array}")), "{message}");
    }
    for (contents, expected) in [
        (r#"["a"]"#, "v.json: vocabulary: expected <unk>, <pad>, and at least one word behind them"),
        (r#"["<unk>", "<pad>", "a", "a"]"#, "v.json: vocabulary: `a`, word 3, stands twice"),
        (r#"{"<unk>": 0, "<pad>": 1, "a": 3}"#, "v.json: `a` has index 3: expected each index from 0 to 2 once"),
        (
            r#"{"index_to_word": ["<unk>", "<pad>", "a"], "word_to_index": {"<unk>": 0, "a": 1, "<pad>": 2}}"#,
            "v.json: index_to_word and word_to_index are not of the same words",
        ),
        (
            r#"{"index_to_word": ["<unk>", "<pad>", "a"], "vectors": [[1], [2, 3], [4]]}"#,
            "v.json: the vector of index 1 has 2 numbers, expected 1",
        ),
        (
            r#"{"index_to_word": ["<unk>", "<pad>", "a"], "vectors": [[1], [2]]}"#,
            "v.json: the vectors of a vocabulary of 3 words are floating-point numbers [3, dimensions], got [2, 1] float32",
        ),
    ] {
        let e = wrong("v.json", contents);
        assert_eq!((e.kind, e.message.as_str()), (ErrorKind::Data, expected));
    }
    assert!(begin("v.json", r#"{"vectors": [[1.0]]}"#).starts_with("v.json: there are no words (expected an array"));
    assert!(begin("v.safetensors", "short").starts_with("v.safetensors"));
    assert!(begin("v.txt", "").starts_with("v.txt: a vocabulary's file ends in .json or .safetensors"));
    let e = Vocabulary::load(Path::new("no/such.json")).unwrap_err();
    assert!(e.kind == ErrorKind::File && e.message.contains("no/such.json"));

    let folder = TempDir::new().unwrap();
    let path = folder.path().join("weights.safetensors");
    weights::save(
        &path,
        &[("vectors".into(), Tensor::zeros([3, 2], (Kind::Float, tch::Device::Cpu)))],
        &BTreeMap::new(),
    )
    .unwrap();
    let message = Vocabulary::load(&path).unwrap_err().message;
    assert!(message.ends_with("there are no words: expected them in the metadata, under `index_to_word`"), "{message}");
}

#[test]
fn vectors_that_do_not_fit_are_not_written() {
    let v = vocabulary(&["film"]);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("v.json");
    let e = v.save(&path, Some(&Tensor::from_slice(&[1f32, 2.0]).reshape([2, 1]))).unwrap_err();
    assert_eq!(
        e.message,
        "the vectors of a vocabulary of 3 words are floating-point numbers [3, dimensions], got [2, 1] float32"
    );
    let e = v.save(&path, Some(&Tensor::from_slice(&[1f32, 2.0, f32::NAN]).reshape([3, 1]))).unwrap_err();
    assert!(e.message.ends_with("v.json: JSON has no numbers that are NaN or infinite; .safetensors has"));
    assert!(!path.exists());
    assert!(v.save(&folder.path().join("no/folder/v.json"), None).unwrap_err().message.contains("no/folder/v.json"));
}

#[test]
fn saved_vectors_are_word_vectors_for_other_texts() {
    let v = vocabulary(&["film film plot"]);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("v.safetensors");
    v.save(&path, Some(&Tensor::from_slice(&[0f32, 0.0, 0.5, 0.0]).reshape([4, 1]))).unwrap();
    let vectors = WordVectors::load(&path).unwrap();
    // What had no vector, has none.
    assert_eq!((vectors.row("film"), vectors.row("plot"), vectors.len()), (Some(&[0.5][..]), None, 1));
    v.save(&path, None).unwrap();
    assert!(
        WordVectors::load(&path)
            .unwrap_err()
            .message
            .ends_with("holds words without vectors (vocabulary.save(path, vectors) writes them)")
    );
}
