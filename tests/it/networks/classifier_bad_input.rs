//! Checkpoints of classifiers: their names, and those that are damaged or contradict themselves.

use imdbsh::ml::models::encoder::{Classifier, Options};
use imdbsh::ml::weights;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use tch::Tensor;
use tempfile::TempDir;

/// A copy of a family's folder, whose configuration and tensors are `changed`.
fn changed(family: &str, config: Value, change: impl FnOnce(&mut Vec<(String, Tensor)>)) -> TempDir {
    let from = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tiny_encoders")).join(family);
    let folder = TempDir::new().unwrap();
    for file in ["tokenizer.json", "tokenizer_config.json"] {
        std::fs::copy(from.join(file), folder.path().join(file)).unwrap();
    }
    let mut items: Value = serde_json::from_slice(&std::fs::read(from.join("config.json")).unwrap()).unwrap();
    items.as_object_mut().unwrap().extend(config.as_object().unwrap().clone());
    std::fs::write(folder.path().join("config.json"), items.to_string()).unwrap();
    let mut tensors = weights::read(&from.join("model.safetensors")).unwrap().tensors;
    change(&mut tensors);
    weights::save(&folder.path().join("model.safetensors"), &tensors, &BTreeMap::new()).unwrap();
    folder
}

#[track_caller]
fn refused(folder: &TempDir, parts: &[&str]) {
    let message = match Classifier::load(folder.path(), Options::default()) {
        Ok(_) => panic!("it was loaded"),
        Err(e) => e.message,
    };
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in {message}");
    }
}

#[test]
fn a_head_of_another_size_than_the_labels() {
    let labels = json!({ "id2label": { "0": "neg", "1": "pos" } });
    let says = ["`classifier.out_proj.weight` [3, 32] gives 3 scores", "config.json names 2 classes: neg, pos"];
    refused(&changed("roberta", labels, |_| {}), &says);
    refused(&changed("bert", json!({ "id2label": ["neg", "pos"] }), |_| {}), &["expected a name for each of \"0\""]);
}

#[test]
fn a_checkpoint_without_a_head_or_with_half_of_one() {
    let without = |t: &mut Vec<(String, Tensor)>| t.retain(|(name, _)| !name.starts_with("classifier."));
    let says =
        ["it has no `classifier.out_proj.weight`, which ElectraForSequenceClassification has", "`encoder` reads"];
    refused(&changed("electra", json!({}), without), &says);
    let half = |t: &mut Vec<(String, Tensor)>| t.retain(|(name, _)| name != "pre_classifier.bias");
    refused(&changed("distilbert", json!({}), half), &["missing: pre_classifier.bias [32]"]);
}

#[test]
fn what_stands_in_front_of_all_names_is_passed_over() {
    for front in ["module.", "_orig_mod.module."] {
        for family in ["bert", "modernbert", "roberta"] {
            let within =
                |t: &mut Vec<(String, Tensor)>| t.iter_mut().for_each(|(name, _)| *name = format!("{front}{name}"));
            let (_, notes) = Classifier::load(changed(family, json!({}), within).path(), Options::default()).unwrap();
            assert!(notes.is_empty(), "{notes:?}");
        }
    }
}

#[test]
fn what_else_is_in_the_file_is_said() {
    let more = |t: &mut Vec<(String, Tensor)>| {
        t.push(("decoder.bias".into(), Tensor::zeros([3], (tch::Kind::Float, tch::Device::Cpu))));
    };
    let folder = changed("modernbert", json!({}), more);
    let (_, notes) = Classifier::load(folder.path(), Options::default()).unwrap();
    let [note] = notes.as_slice() else { panic!("{notes:?}") };
    assert!(note.contains("ignored 1 tensors that are not of the classifier: decoder.bias"), "{note}");
}

#[test]
fn a_tokenizer_of_more_tokens_than_the_model_has_words() {
    let folder = changed("mpnet", json!({ "vocab_size": 20 }), |_| {});
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let out = command.current_dir(folder.path()).args(["-e", r#"tokenizer(".")"#]).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(said.contains("tokens, but its model has 20 words (vocab_size)"), "{said}");
}

#[test]
fn a_pooler_that_the_head_reads_is_no_drawn_one() {
    let without = |t: &mut Vec<(String, Tensor)>| t.retain(|(name, _)| !name.contains("pooler."));
    refused(
        &changed("bert", json!({}), without),
        &["it has no pooler", "which the head of BertForSequenceClassification reads"],
    );
}

#[test]
fn scores_that_are_no_classes_of_texts() {
    let of = |config: Value, part: &str| refused(&changed("distilbert", config, |_| {}), &[part, "`encoder` reads"]);
    of(
        json!({ "architectures": ["DistilBertForTokenClassification"] }),
        "architectures is DistilBertForTokenClassification",
    );
    of(json!({ "problem_type": "multi_label_classification" }), "problem_type is \"multi_label_classification\"");
    of(json!({ "problem_type": "regression" }), "problem_type is \"regression\"");
    let twice = json!({ "id2label": { "0": "a", "1": "b", "2": "a" } });
    refused(&changed("distilbert", twice, |_| {}), &["id2label has the name a twice"]);
    let plain = json!({ "problem_type": null, "architectures": null });
    assert!(Classifier::load(changed("distilbert", plain, |_| {}).path(), Options::default()).is_ok());
}
