//! Each family of encoders, with the head that classifies, gives the numbers of transformers: `tests/data/make_tiny_encoders.py` made the
//! expected ones.

use crate::common::networks::*;
use imdbsh::ml::batch::{Pad, Sequence, Value};
use imdbsh::ml::models::encoder::{Classifier, Encoder, Options};
use imdbsh::ml::models::{Module, Readout, Replica, named_parameters};
use imdbsh::ml::{device, weights};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tch::{Device, Kind, Reduction, Tensor};

const FAMILIES: [&str; 8] =
    ["bert", "distilbert", "roberta", "xlm-roberta", "electra", "mpnet", "albert", "modernbert"];

fn folder(family: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tiny_encoders")).join(family)
}

fn classifier(family: &str) -> Classifier {
    let (classifier, notes) = Classifier::load(&folder(family), Options::default()).unwrap();
    assert!(notes.is_empty(), "{family}: {notes:?}");
    classifier.set_training(false);
    classifier
}

fn encoder(family: &str, readout: Readout) -> Encoder {
    let (encoder, _) = Encoder::load(&folder(family), Options { readout, ..Options::default() }).unwrap();
    encoder.set_training(false);
    encoder
}

fn outputs(family: &str) -> BTreeMap<String, Tensor> {
    let tensors = weights::read(&folder(family).join("outputs.safetensors")).unwrap().tensors;
    tensors.into_iter().map(|(name, t)| (name, t.to_device(device::current()))).collect()
}

/// The ids with padding, with lengths, and without, as transformers got them.
fn inputs(expected: &BTreeMap<String, Tensor>) -> [(&'static str, Value); 2] {
    let lengths = expected["lengths"].to_device(Device::Cpu);
    let padded = Sequence::padded(expected["ids"].shallow_clone(), &lengths, Pad::Back).unwrap();
    [("padded", padded.into()), ("full", expected["full_ids"].shallow_clone().into())]
}

/// Sum of the products with sin(1), sin(2), …
fn fingerprint(t: &Tensor) -> f64 {
    let ramp = Tensor::arange(t.numel() as i64, (Kind::Double, t.device())) + 1.0;
    (t.to_kind(Kind::Double).reshape([-1]) * ramp.sin()).sum(Kind::Double).double_value(&[])
}

#[track_caller]
fn close(what: &str, got: &Tensor, expected: &Tensor) {
    assert_eq!(got.size(), expected.size(), "{what}");
    let off = (got - expected).abs().max().double_value(&[]);
    assert!(off < 1e-4, "{what} is off by {off}");
}

#[test]
fn hidden_states_are_those_of_transformers() {
    on_every_device(|_| {
        for family in FAMILIES {
            let (expected, encoder) = (outputs(family), encoder(family, Readout::All));
            for (case, input) in inputs(&expected) {
                close(&format!("{family}, {case}"), &run(&encoder, input), &expected[&format!("{case}.hidden")]);
            }
        }
    });
}

#[test]
fn logits_and_gradients_are_those_of_transformers() {
    on_every_device(|_| {
        let labels = Tensor::from_slice(&[0i64, 1, 2, 0]).to_device(device::current());
        for family in FAMILIES {
            let expected = outputs(family);
            for (case, input) in inputs(&expected) {
                let classifier = classifier(family);
                let logits = run(&classifier, input);
                close(&format!("{family}, {case}, logits"), &logits, &expected[&format!("{case}.logits")]);
                logits.cross_entropy_loss::<Tensor>(&labels, None, Reduction::Mean, -100, 0.0).backward();
                for (name, p) in named_parameters(&classifier) {
                    let got = if p.grad().defined() { fingerprint(&p.grad()) } else { 0.0 };
                    let wanted = expected[&format!("{case}.grad.{name}")].double_value(&[]);
                    let off = (got - wanted).abs();
                    assert!(off < 1e-4 * wanted.abs().max(1.0), "{family}, {case}, {name}: {got} and {wanted}");
                }
            }
        }
    });
}

#[test]
fn parameters_have_the_names_of_transformers() {
    for family in FAMILIES {
        let expected = outputs(family);
        let wanted: BTreeSet<&str> = expected.keys().filter_map(|name| name.strip_prefix("full.grad.")).collect();
        let all = named_parameters(&classifier(family));
        let names: BTreeSet<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, wanted, "{family}");
        assert_eq!(names.len(), all.len(), "{family}");
    }
}

#[test]
fn what_stands_in_the_padding_changes_nothing() {
    for family in FAMILIES {
        let expected = outputs(family);
        let lengths = Vec::<i64>::try_from(&expected["lengths"]).unwrap();
        let encoder = encoder(family, Readout::All);
        let run = |ids: &Tensor| run(&encoder, sequence(ids, &lengths, Pad::Back));
        assert_eq!(run(&expected["ids"]), run(&expected["full_ids"]), "{family}");
    }
}

#[test]
fn one_position_alone_is_what_it_is_among_all() {
    for family in FAMILIES {
        let [(_, input), (_, full)] = inputs(&outputs(family));
        let all = run(&encoder(family, Readout::All), input.clone());
        close(family, &run(&encoder(family, Readout::Cls), input), &all.select(1, 0));
        let all = run(&encoder(family, Readout::All), full.clone());
        close(family, &run(&encoder(family, Readout::Last), full), &all.select(1, -1));
    }
}

/// In training, with all that is dropped: as many draws, the same ones.
#[test]
fn a_copy_computes_the_same_and_is_another() {
    for family in FAMILIES {
        let (expected, original) = (outputs(family), Rc::new(classifier(family)) as Rc<dyn Module>);
        let copy = Replica::default().module(&original).unwrap();
        let input = || expected["full_ids"].shallow_clone();
        assert_eq!(run(original.as_ref(), input()), run(copy.as_ref(), input()), "{family}");
        assert_eq!(copy.class_names().unwrap(), ["bad", "fair", "good"]);
        for ((name, p), (other, q)) in named_parameters(original.as_ref()).iter().zip(&named_parameters(copy.as_ref()))
        {
            assert_eq!(name, other);
            assert_ne!(p.data_ptr(), q.data_ptr(), "{family}: {name}");
        }
        for network in [&original, &copy] {
            network.set_training(true);
        }
        let trained = |network: &dyn Module| {
            imdbsh::ml::random::begin_step(3, 5);
            run(network, input())
        };
        assert_eq!(trained(original.as_ref()), trained(copy.as_ref()), "{family}");
    }
}
