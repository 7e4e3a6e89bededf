//! BERT gives the numbers of transformers: `tests/data/make_tiny_bert.py` made the expected ones.

use crate::common::networks::*;
use imdbsh::ml::batch::{Pad, Sequence, Value};
use imdbsh::ml::models::encoder::{Encoder, Options};
use imdbsh::ml::models::{Module, Readout, named_parameters};
use imdbsh::ml::{device, weights};
use std::collections::HashMap;
use std::path::Path;
use tch::{Kind, Reduction, Tensor};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tiny_bert"))
}

fn bert(readout: Readout) -> Encoder {
    let (bert, notes) = Encoder::load(folder(), Options { readout, ..Options::default() }).unwrap();
    assert!(notes.is_empty(), "{notes:?}");
    bert.set_training(false);
    bert
}

fn outputs() -> HashMap<String, Tensor> {
    let tensors = weights::read(&folder().join("outputs.safetensors")).unwrap().tensors;
    tensors.into_iter().map(|(name, t)| (name, t.to_device(device::current()))).collect()
}

/// Sum of the products with sin(1), sin(2), …
fn fingerprint(t: &Tensor) -> f64 {
    let n = t.numel() as i64;
    let ramp = Tensor::arange(n, (Kind::Double, t.device())) + 1.0;
    (t.to_kind(Kind::Double).reshape([-1]) * ramp.sin()).sum(Kind::Double).double_value(&[])
}

#[track_caller]
fn close(what: &str, got: &Tensor, expected: &Tensor) {
    assert_eq!(got.size(), expected.size(), "{what}");
    let off = (got - expected).abs().max().double_value(&[]);
    assert!(off < 1e-4, "{what} is off by {off}");
}

#[test]
fn hidden_states_logits_and_gradients_are_those_of_transformers_for_each_readout() {
    on_every_device(|_| {
        let expected = outputs();
        for (case, readout) in Encoder::READOUTS.into_iter().flat_map(|r| [("padded", r), ("full", r)]) {
            let bert = bert(readout);
            let (ids, lengths) = (expected["ids"].shallow_clone(), expected["lengths"].to_device(tch::Device::Cpu));
            let input: Value = match case {
                "full" => ids.into(),
                _ => Sequence::padded(ids, &lengths, Pad::Back).unwrap().into(),
            };
            // Padding is id 0; what the test's ids have there must not matter but for `last`, which reads one of them.
            let input = match &input {
                Value::Sequence(s) => {
                    let ids = s.to_padded().unwrap() * real(&[12, 3, 7, 1], 12, Pad::Back).squeeze_dim(2);
                    Sequence::padded(ids, &lengths, Pad::Back).unwrap().into()
                }
                _ => input,
            };
            let what = |part: &str| format!("{case}.{}.{part}", readout.name());
            let hidden = run(&bert, input);
            close(&what("hidden"), &hidden, &expected[&what("hidden")]);
            let pooled = if readout == Readout::All { hidden.sum_dim_intlist(1i64, false, None) } else { hidden };
            let logits = pooled.linear(&expected["head.weight"], Some(&expected["head.bias"]));
            close(&what("logits"), &logits, &expected[&what("logits")]);
            let labels = Tensor::from_slice(&[0i64, 1, 1, 0]).to_device(device::current());
            logits.cross_entropy_loss::<Tensor>(&labels, None, Reduction::Mean, -100, 0.0).backward();
            for (name, p) in named_parameters(&bert) {
                let got = if p.grad().defined() { fingerprint(&p.grad()) } else { 0.0 };
                let wanted = expected[&what(&format!("grad.{name}"))].double_value(&[]);
                assert!((got - wanted).abs() < 1e-4, "{}: {got} and {wanted}", what(&name));
            }
        }
    });
}

#[test]
fn what_stands_in_the_padding_changes_nothing() {
    let bert = bert(Readout::All);
    let ids = Tensor::from_slice(&[5i64, 6, 7, 8, 5, 6, 99, 98]).view([2, 4]);
    let other = Tensor::from_slice(&[5i64, 6, 7, 8, 5, 6, 1, 1]).view([2, 4]);
    let run = |ids: Tensor| run(&bert, sequence(&ids, &[4, 2], Pad::Back));
    assert_eq!(run(ids), run(other));
}

#[test]
fn the_same_weights_are_read_from_safetensors_and_from_a_state_dict_with_pre_training_heads() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["config.json", "pytorch_model.bin"] {
        std::fs::copy(self::folder().join(file), folder.path().join(file)).unwrap();
    }
    let expected = named_parameters(&bert(Readout::Cls));
    for name in ["pytorch_model.bin", "bert.params", "mine.pt"] {
        std::fs::rename(
            std::fs::read_dir(folder.path())
                .unwrap()
                .map(|e| e.unwrap().path())
                .find(|p| p.extension().is_some_and(|e| e != "json"))
                .unwrap(),
            folder.path().join(name),
        )
        .unwrap();
        let (bert, notes) = Encoder::load(folder.path(), Options::default()).unwrap();
        for ((name, p), (_, q)) in named_parameters(&bert).iter().zip(&expected) {
            assert_eq!(p, q, "{name}");
        }
        let [note] = notes.as_slice() else { panic!("{notes:?}") };
        assert!(note.contains("ignored 9 tensors") && note.contains("cls.predictions.bias"), "{note}");
    }
}

#[test]
fn parameters_have_the_names_and_the_order_of_transformers() {
    let names: Vec<String> = named_parameters(&bert(Readout::Last)).into_iter().map(|(name, _)| name).collect();
    let first = ["embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"];
    assert_eq!(names[..2], first);
    assert_eq!(names[5], "encoder.layer.0.attention.self.query.weight");
    assert_eq!(names.last().unwrap(), "pooler.dense.bias");
    assert_eq!(names.len(), 5 + 3 * 16 + 2);
}
