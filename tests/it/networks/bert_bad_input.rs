//! What is no BERT is refused with the reason, whatever it is.

use crate::common::networks::*;
use imdbsh::ml::batch::Pad;
use imdbsh::ml::models::encoder::{Encoder, Options};
use imdbsh::ml::models::{Module, Pass, Readout};
use imdbsh::ml::weights;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tch::Tensor;
use tempfile::TempDir;

fn tiny() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny_bert")
}

/// A folder with the tiny BERT's configuration and `weights` under their name.
fn folder(weights: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    for file in ["config.json", weights] {
        std::fs::copy(tiny().join(file), folder.path().join(file)).unwrap();
    }
    folder
}

#[track_caller]
fn refused(folder: &Path, parts: &[&str]) {
    let message = match Encoder::load(folder, Options::default()) {
        Ok(_) => panic!("it was loaded"),
        Err(e) => e.message,
    };
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in {message}");
    }
}

#[test]
fn a_folder_without_configuration_or_weights() {
    let empty = TempDir::new().unwrap();
    refused(empty.path(), &["is no folder of a model: it has no config.json"]);
    std::fs::copy(tiny().join("config.json"), empty.path().join("config.json")).unwrap();
    refused(empty.path(), &["it has no weights (model.safetensors, pytorch_model.bin"]);
    for name in ["a.pt", "b.params"] {
        std::fs::copy(tiny().join("pytorch_model.bin"), empty.path().join(name)).unwrap();
    }
    refused(empty.path(), &["which are the weights?", "a.pt", "b.params"]);
    refused(Path::new("no/such/folder"), &["no/such/folder is no folder of a model"]);
}

#[test]
fn weights_that_are_truncated_or_of_another_format() {
    let folder = folder("model.safetensors");
    let path = folder.path().join("model.safetensors");
    let whole = std::fs::read(&path).unwrap();
    for end in [0, 5, 100, whole.len() - 1] {
        std::fs::write(&path, &whole[..end]).unwrap();
        refused(folder.path(), &["model.safetensors is not a whole safetensors file"]);
    }
    std::fs::write(&path, "<html>not found</html>").unwrap();
    refused(folder.path(), &["is not a whole safetensors file"]);
    std::fs::write(&path, b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.").unwrap();
    refused(folder.path(), &["is not read: its pickle is cut short"]);
    let zip = std::fs::read(tiny().join("pytorch_model.bin")).unwrap();
    std::fs::write(&path, &zip[..zip.len() / 2]).unwrap();
    refused(folder.path(), &["is not read: it is no whole zip file"]);
}

#[test]
fn a_state_dict_that_is_damaged_anywhere_is_an_error_or_other_numbers() {
    let folder = folder("pytorch_model.bin");
    let path = folder.path().join("pytorch_model.bin");
    let whole = std::fs::read(&path).unwrap();
    for place in (0..whole.len()).step_by(whole.len() / 150) {
        let mut other = whole.clone();
        other[place] ^= 0x5a;
        std::fs::write(&path, &other).unwrap();
        let _ = weights::read(&path);
    }
}

#[test]
fn missing_and_misshapen_tensors_are_all_named_at_once() {
    let folder = folder("model.safetensors");
    let path = folder.path().join("model.safetensors");
    let mut tensors = weights::read(&path).unwrap().tensors;
    tensors.retain(|(name, _)| name != "encoder.layer.1.output.dense.bias" && name != "embeddings.LayerNorm.weight");
    for (name, t) in &mut tensors {
        if name == "encoder.layer.0.attention.self.key.weight" {
            *t = t.narrow(0, 0, 8).contiguous();
        }
    }
    weights::save(&path, &tensors, &BTreeMap::new()).unwrap();
    refused(
        folder.path(),
        &[
            "missing: embeddings.LayerNorm.weight [16], encoder.layer.1.output.dense.bias [16]; misshapen",
            "misshapen: encoder.layer.0.attention.self.key.weight is [8, 16] in the file, [16, 16] by the configuration",
        ],
    );
    weights::save(
        &path,
        &[("lstm.weight_ih_l0".into(), Tensor::zeros([2], (tch::Kind::Float, tch::Device::Cpu)))],
        &BTreeMap::new(),
    )
    .unwrap();
    refused(folder.path(), &["missing: embeddings.word_embeddings.weight [122, 16]", " more"]);
}

#[test]
fn without_a_pooler_in_the_file_there_is_a_new_one_and_layers_too_many_are_said() {
    let folder = folder("model.safetensors");
    let path = folder.path().join("model.safetensors");
    let mut tensors = weights::read(&path).unwrap().tensors;
    tensors.retain(|(name, _)| !name.starts_with("pooler."));
    tensors
        .push(("encoder.layer.3.output.dense.bias".into(), Tensor::zeros([16], (tch::Kind::Float, tch::Device::Cpu))));
    weights::save(&path, &tensors, &BTreeMap::new()).unwrap();
    let (_, notes) = Encoder::load(folder.path(), Options::default()).unwrap();
    assert!(notes[0].contains("ignored 1 tensors") && notes[0].contains("encoder.layer.3."), "{notes:?}");
    assert!(notes[1].contains("has no pooler"), "{notes:?}");
}

#[test]
fn a_configuration_that_is_not_supported() {
    let folder = folder("model.safetensors");
    let path = folder.path().join("config.json");
    std::fs::write(&path, r#"{ "model_type": "roberta", "position_embedding_type": "relative_key_query" }"#).unwrap();
    refused(folder.path(), &["config.json", "this roberta is not supported", "position_embedding_type"]);
    std::fs::write(&path, r#"{ "model_type": "deberta-v2" }"#).unwrap();
    refused(folder.path(), &["model_type is \"deberta-v2\", only \"bert\", \"albert\"", "\"modernbert\"", "are"]);
    std::fs::write(&path, "{").unwrap();
    refused(folder.path(), &["config.json is no configuration"]);
}

#[test]
fn inputs_that_do_not_fit() {
    let (bert, _) = Encoder::load(&tiny(), Options { readout: Readout::Cls, ..Options::default() }).unwrap();
    let says = |input: imdbsh::ml::batch::Value, part: &str| {
        let message = bert.forward(&input, &Pass::default()).unwrap_err().message;
        assert!(message.contains(part), "`{part}` is not in {message}");
    };
    let ids = |rows: i64, length: i64| Tensor::full([rows, length], 5i64, (tch::Kind::Int64, tch::Device::Cpu));
    says(ids(2, 33).into(), "rows of 33 tokens, but the model has 32 positions");
    says((ids(2, 4) + 200).into(), "beyond the model's 122 words: the tokenizer is another model's");
    says(ids(2, 4).to_kind(tch::Kind::Float).into(), "token ids, int64 [batch, length], got [2, 4] float32");
    says(ids(2, 4).reshape([8]).into(), "got [8]");
    says(sequence(&ids(2, 4), &[4, 2], Pad::Front).into(), "padded in front");
}
