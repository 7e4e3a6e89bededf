//! Token ids are those of transformers' `AutoTokenizer`, of each family and from each kind of file: `tests/data/make_tiny_encoders.py` made the
//! expected ones.

use crate::common::python;
use imdbsh::ml::data::{Label, Reviews, Texts, Tokenizer, Truncation};
use std::io::Write;
use std::path::{Path, PathBuf};

fn folders() -> Vec<PathBuf> {
    let all = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tiny_encoders"));
    let inside = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = inside(all.into())
        .chain(inside(all.join("tokenizers")))
        .filter(|folder| folder.join("tokens.json").is_file())
        .collect();
    folders.sort();
    folders
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn ids_are_those_of_transformers_from_each_kind_of_file() {
    assert_eq!(folders().len(), 18);
    let mut wrong = Vec::new();
    for folder in folders() {
        let texts: Vec<String> =
            read(&folder.ancestors().find(|f| f.ends_with("tiny_encoders")).unwrap().join("texts.json"));
        let expected: Vec<Vec<i32>> = read(&folder.join("tokens.json"));
        let tokenizer = Tokenizer::read(&folder).unwrap();
        let encoded = tokenizer.encode(&Texts::new(texts.clone()), 40, Truncation::Head).unwrap();
        for (row, (text, ids)) in texts.iter().zip(&expected).enumerate() {
            let got = encoded.row(row).unwrap();
            if *got != **ids {
                wrong.push(format!("{}: {text:?}: {got:?}, expected {ids:?}", folder.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_pads_is_what_the_files_say() {
    for (folder, pad) in [("bert", "[PAD]"), ("roberta", "<pad>"), ("mpnet", "<pad>"), ("tokenizers/pairs", "<pad>")] {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tiny_encoders")).join(folder);
        let tokenizer = Tokenizer::read(&folder).unwrap();
        assert_eq!(tokenizer.token(tokenizer.pad()).unwrap(), pad, "{}", folder.display());
    }
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn files_that_are_not_read_or_do_not_belong_together_are_said() {
    let says = |files: &[(&str, &str)], part: &str| {
        let message = Tokenizer::read(folder(files).path()).unwrap_err().message;
        assert!(message.contains(part), "{message}");
    };
    says(&[("spiece.model", "")], "has its tokenizer in spiece.model only, which is not read");
    says(&[("vocab.json", "{}")], "has no merges.txt beside it");
    says(&[("vocab.json", "{}"), ("merges.txt", "")], "it has no <pad>, <s>, </s>");
    says(&[("vocab.json", "[]"), ("merges.txt", "")], "is no vocabulary of byte pairs");
    says(&[("vocab.json", r#"{"a":0}"#), ("merges.txt", "#version: 0.2\na b c\n")], "line 2 is `a b c`");
    says(&[("vocab.txt", "[PAD]"), ("tokenizer_config.json", "[")], "tokenizer_config.json is no JSON object");
    let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nfilm\n<fill>";
    says(&[("vocab.txt", lines), ("special_tokens_map.json", r#"{"cls_token":"<cls>"}"#)], "it has no <cls>");
    let filled = folder(&[("vocab.txt", lines), ("special_tokens_map.json", r#"{"pad_token":{"content":"<fill>"}}"#)]);
    assert_eq!(Tokenizer::read(filled.path()).unwrap().pad(), 5);
}

/// What a run keeps of a tokenizer has nothing beside it but the model's configuration.
#[test]
fn a_tokenizer_that_is_written_is_read_as_it_was() {
    for from in folders() {
        let original = Tokenizer::read(&from).unwrap();
        let config = std::fs::read_to_string(from.join("config.json")).unwrap();
        let kept = folder(&[("tokenizer.json", &original.to_json().unwrap()), ("config.json", &config)]);
        let again = Tokenizer::read(kept.path()).unwrap();
        assert_eq!((again.pad(), again.len()), (original.pad(), original.len()), "{}", from.display());
        let texts = Texts::new(["Élan FILM <mask>  x", "电影 great film"]);
        let ids = |tokenizer: &Tokenizer| {
            let encoded = tokenizer.encode(&texts, 40, Truncation::Head).unwrap();
            [encoded.row(0).unwrap().to_vec(), encoded.row(1).unwrap().to_vec()]
        };
        assert_eq!(ids(&original), ids(&again), "{}", from.display());
    }
}

/// Long texts of many kinds of characters, by each family's own kind of tokenizer.
#[test]
fn two_thousand_reviews_have_the_ids_of_transformers_in_each_family() {
    let reviews = std::env::var_os("IMDBSH_DATA").map(|data| Path::new(&data).join("aclImdb")).filter(|f| f.is_dir());
    let Some(reviews) = reviews else {
        let mut stderr = std::io::stderr();
        writeln!(stderr, "skipped: token ids of 2,000 reviews, which need IMDBSH_DATA with aclImdb/").unwrap();
        return;
    };
    let Some(python) = python::python_with("transformers") else { return };
    let mut texts = Vec::new();
    for label in ["neg", "pos"] {
        let read = Reviews::read(&reviews, "train", Label::parse(label).unwrap(), Some(0..1000)).unwrap();
        texts.extend(read.texts.iter().map(|text| String::from(text.unwrap())));
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    serde_json::to_writer(&file, &texts).unwrap();
    let code = "
import json, sys
from transformers import AutoTokenizer
texts = json.load(open(sys.argv[1]))
print(json.dumps([AutoTokenizer.from_pretrained(f)(texts, max_length=257, truncation=True)['input_ids'] for f in sys.argv[2:]]))
";
    let folders: Vec<PathBuf> =
        folders().into_iter().filter(|folder| folder.join("model.safetensors").is_file()).collect();
    assert_eq!(folders.len(), 8);
    let arguments: Vec<&Path> = std::iter::once(file.path()).chain(folders.iter().map(PathBuf::as_path)).collect();
    let expected: Vec<Vec<Vec<i32>>> = serde_json::from_str(&python::printed(&python, code, &arguments)).unwrap();
    for (folder, expected) in folders.iter().zip(&expected) {
        let tokenizer = Tokenizer::read(folder).unwrap();
        let encoded = tokenizer.encode(&Texts::new(texts.clone()), 257, Truncation::Head).unwrap();
        for (row, ids) in expected.iter().enumerate() {
            assert_eq!(*encoded.row(row).unwrap(), **ids, "{}, review {row}", folder.display());
        }
    }
}
