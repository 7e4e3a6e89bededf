//! Token ids are those of transformers' `encode_plus`.

use crate::common::pytorch;
use imdbsh::ml::batch::Inputs;
use imdbsh::ml::data::{BatchOptions, Dataset, Reviews, Texts, Tokenizer, Truncation, WordOptions};
use serde_json::Value;
use std::path::Path;
use std::rc::Rc;
use tch::Tensor;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tiny_bert"))
}

fn integers(value: &Value) -> Vec<i64> {
    value.as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect()
}

#[test]
fn ids_masks_and_decoded_texts_are_those_of_encode_plus_from_either_file() {
    let rows: Vec<Value> = serde_json::from_slice(&std::fs::read(folder().join("tokens.json")).unwrap()).unwrap();
    for file in ["tokenizer.json", "vocab.txt"] {
        let tokenizer = Tokenizer::read(&folder().join(file)).unwrap();
        assert_eq!((tokenizer.len(), tokenizer.pad()), (122, 0));
        for row in &rows {
            let text = row["text"].as_str().unwrap();
            let max_len = row["max_len"].as_u64().unwrap() as usize;
            let encoded = tokenizer.encode(&Texts::new([text]), max_len, Truncation::Head).unwrap();
            let words = WordOptions { to_limit: true, ..WordOptions::default() };
            let data = Rc::new(Dataset::words(encoded, &Tensor::from_slice(&[0i64]), words).unwrap());
            let batch = data.batches(BatchOptions::default()).unwrap().next().unwrap().unwrap();
            let Inputs::Words(words) = &batch.inputs else { panic!() };
            let ids = Vec::<i64>::try_from(words.ids.reshape([-1])).unwrap();
            assert_eq!(ids, integers(&row["ids"]), "{file}: {text:?}");
            let length = words.lengths.int64_value(&[0]);
            assert_eq!(length, integers(&row["mask"]).iter().sum::<i64>(), "{file}: {text:?}");
            assert_eq!(tokenizer.decode(&ids, true).unwrap(), row["decoded"].as_str().unwrap(), "{file}: {text:?}");
        }
    }
}

#[test]
fn of_a_long_text_the_ends_can_be_kept() {
    let tokenizer = Tokenizer::read(folder()).unwrap();
    let texts = Texts::new(["a b c d e f g h i j", "a b"]);
    let encoded = tokenizer.encode(&texts, 8, Truncation::Ends).unwrap();
    let decoded = |row| {
        let ids: Vec<i64> = encoded.row(row).unwrap().iter().map(|id| i64::from(*id)).collect();
        tokenizer.decode(&ids, false).unwrap()
    };
    assert_eq!([decoded(0), decoded(1)], ["[CLS] a b g h i j [SEP]", "[CLS] a b [SEP]"]);
}

#[test]
fn texts_of_no_and_of_very_many_characters_are_rows_as_others() {
    let tokenizer = Tokenizer::read(folder()).unwrap();
    let encoded =
        tokenizer.encode(&Texts::new([String::new(), "so good ".repeat(12_500)]), 257, Truncation::Head).unwrap();
    assert_eq!(encoded.lengths(), [2, 257]);
    let message = tokenizer.encode(&Texts::new(["a"]), 1, Truncation::Head).unwrap_err().message;
    assert_eq!(message, "encode: max_len is 1, but 2 special tokens stand around each text");
    assert_eq!(tokenizer.decode(&[500], false).unwrap_err().message, "decode: no token has the id 500 (0 to 121)");
}

#[test]
fn what_is_no_tokenizer_is_said_with_the_file() {
    let empty = tempfile::tempdir().unwrap();
    let says = |path: &Path, part: &str| {
        let message = Tokenizer::read(path).unwrap_err().message;
        assert!(message.contains(part), "{message}");
    };
    says(empty.path(), "has no tokenizer: neither tokenizer.json nor vocab.txt");
    let vocabulary = empty.path().join("vocab.txt");
    std::fs::write(&vocabulary, "[UNK]\n[CLS]\nfilm\n").unwrap();
    says(empty.path(), "vocab.txt is no vocabulary of BERT: it has no [PAD], [SEP]");
    std::fs::write(empty.path().join("tokenizer.json"), "{}").unwrap();
    says(empty.path(), "tokenizer.json is no tokenizer");
}

// coded = BertTokenizerFast.from_pretrained(folder)([" ".join(words(x)) …], max_length=257, truncation=True)["input_ids"]
#[test]
fn two_thousand_reviews_have_the_ids_of_transformers() {
    let assets = std::env::var_os("IMDBSH_DATA").map(std::path::PathBuf::from).filter(|p| p.join("minilm").is_dir());
    let (Some(assets), Some(python)) = (assets, pytorch::python()) else {
        use std::io::Write;
        writeln!(std::io::stderr(), "skipped: token ids of 2,000 reviews, which need IMDBSH_DATA with minilm/")
            .unwrap();
        return;
    };
    let mut texts = Vec::new();
    for label in ["neg", "pos"] {
        let label = imdbsh::ml::data::Label::parse(label).unwrap();
        let reviews = Reviews::read(&assets.join("aclImdb"), "train", label, Some(0..1000)).unwrap();
        texts.extend(reviews.texts.iter().map(|text| String::from(text.unwrap())));
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    serde_json::to_writer(&file, &texts).unwrap();
    let code = "
import json, sys
from transformers import BertTokenizerFast
tokenizer = BertTokenizerFast.from_pretrained(sys.argv[2])
ids = tokenizer(json.load(open(sys.argv[1])), max_length=257, truncation=True)['input_ids']
json.dump(ids, open(sys.argv[1], 'w'))
";
    let run =
        std::process::Command::new(python).args(["-c", code]).arg(file.path()).arg(assets.join("minilm")).output();
    let run = run.unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let expected: Vec<Vec<i32>> = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
    let encoded =
        Tokenizer::read(&assets.join("minilm")).unwrap().encode(&Texts::new(texts), 257, Truncation::Head).unwrap();
    for (row, ids) in expected.iter().enumerate() {
        assert_eq!(*encoded.row(row).unwrap(), **ids, "review {row}");
    }
}
