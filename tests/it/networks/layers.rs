//! Layers, networks of layers, their parameters and summaries.

use crate::common::networks::*;
use imdbsh::ml::batch::{Batch, Inputs, Pad, Value, Words};
use imdbsh::ml::models::*;
use imdbsh::ml::random;
use std::rc::Rc;
use tch::{Device, Kind, Tensor};

fn labnet() -> Rc<dyn Module> {
    let options = RecurrentOptions { bidirectional: true, ..RecurrentOptions::default() };
    let layer = Sequential::new(vec![
        rc(Linear::new(256, 32, true).unwrap()),
        rc(Activation::new("tanh").unwrap()),
        rc(Dropout::new(0.5).unwrap()),
        rc(Linear::new(32, 2, true).unwrap()),
    ]);
    let children = vec![
        ("lstm".to_string(), rc(Recurrent::new(Cell::Lstm, 100, 128, options).unwrap())),
        ("layer".to_string(), rc(layer)),
    ];
    rc(Sequential::named(children).unwrap())
}

#[test]
fn initial_parameters_follow_pytorchs_distributions() {
    on_every_device(|_| {
        let uniform_within = |module: &dyn Module, bound: f64| {
            for (name, p) in named_parameters(module) {
                let largest = p.abs().max().double_value(&[]);
                assert!(largest <= bound && largest > 0.9 * bound, "{name}: {largest} of {bound}");
                // A uniform distribution's deviation is bound/√3.
                let std = p.std(false).double_value(&[]);
                assert!((std * 3f64.sqrt() / bound - 1.0).abs() < 0.1, "{name}: deviation {std}");
            }
        };
        uniform_within(&Linear::new(100, 200, true).unwrap(), 0.1);
        uniform_within(&Recurrent::new(Cell::Lstm, 30, 64, RecurrentOptions::default()).unwrap(), 0.125);
        let table = Embedding::new(1000, 20, Some(3)).unwrap().own_parameters().remove(0).1;
        assert!((table.std(true).double_value(&[]) - 1.0).abs() < 0.05);
        assert_eq!(numbers(&table.get(3)), vec![0.0; 20]);
        let norm = LayerNorm::new(&[3], 1e-5, true).unwrap().own_parameters();
        assert_eq!((numbers(&norm[0].1), numbers(&norm[1].1)), (vec![1.0; 3], vec![0.0; 3]));
    });
}

#[test]
fn the_same_seed_builds_the_same_network_on_every_device() {
    let build = |seed| {
        random::manual_seed(seed);
        named_parameters(labnet().as_ref()).iter().flat_map(|(_, p)| numbers(p)).collect::<Vec<f64>>()
    };
    let reference = build(5);
    on_every_device(|_| assert_eq!(build(5), reference));
    assert_ne!(build(6), reference);
}

#[test]
fn dropout_scales_what_it_keeps_and_is_the_identity_in_evaluation() {
    on_every_device(|d| {
        let layer = Dropout::new(0.25).unwrap();
        let x = Tensor::ones([1000], (Kind::Float, d));
        let y = numbers(&run(&layer, x.shallow_clone()));
        assert!(y.iter().all(|v| *v == 0.0 || (v - 4.0 / 3.0).abs() < 1e-6));
        let kept = y.iter().filter(|v| **v != 0.0).count();
        assert!((650..850).contains(&kept), "kept {kept} of 1000");
        layer.set_training(false);
        assert_eq!(numbers(&run(&layer, x)), vec![1.0; 1000]);
    });
    for p in [1.0, -0.1, f64::NAN] {
        assert!(Dropout::new(p).unwrap_err().message.contains("must be in [0, 1)"));
    }
}

#[test]
fn an_embedding_turns_a_batch_of_words_into_a_sequence() {
    on_every_device(|d| {
        let table = ramp(&[5, 2], 1.0, 0.0);
        let fixed = Embedding::from_table(&table, false, None).unwrap();
        let words = Words {
            ids: Tensor::from_slice(&[0i64, 3, 4, 2]).view([2, 2]).to_device(d),
            lengths: Tensor::from_slice(&[1i64, 2]),
            pad_id: 1,
            limit: 3,
            pad: Pad::Front,
            vectors: None,
        };
        let batch = Batch {
            inputs: Inputs::Words(words),
            labels: Tensor::zeros([2], (Kind::Int64, d)),
            asked: None,
            rows: vec![0, 1],
        };
        let out = fixed.forward(&Value::Batch(Rc::new(batch)), &Pass::default()).unwrap();
        let Value::Sequence(s) = out else { panic!("not a sequence") };
        assert_eq!(
            (s.shape(), s.layout().pad(), s.layout().lengths().to_vec()),
            (vec![2, 2, 2], Pad::Front, vec![1, 2])
        );
        assert_close("row 3", &s.to_padded().unwrap().get(0).get(1), &numbers(&table.get(3)));
        assert!(trainable_parameters(&fixed).is_empty());
        assert_eq!(fixed.own_parameters()[0].1.data_ptr(), table.data_ptr(), "a fixed table is shared");

        let trained = Embedding::from_table(&table, true, None).unwrap();
        let _ = tch::no_grad(|| trained.own_parameters()[0].1.shallow_clone().fill_(9.0));
        assert_ne!(numbers(&table), vec![9.0; 10], "training must not change the caller's table");

        let e = fixed.forward(&Tensor::from_slice(&[5i64]).into(), &Pass::default()).unwrap_err();
        assert_eq!(e.message, "embedding(5, 2, fixed): an index is outside its table (0 to 4)");
        let e = fixed.forward(&ramp(&[2], 1.0, 0.0).into(), &Pass::default()).unwrap_err();
        assert!(e.message.contains("takes int64 indices, got [2] float32"), "{}", e.message);
        assert!(Embedding::new(5, 2, Some(5)).unwrap_err().message.contains("padding_idx 5"));
    });
}

#[test]
fn layers_say_which_shape_they_take() {
    let of =
        |module: &dyn Module| module.forward(&ramp(&[2, 5], 1.0, 0.0).into(), &Pass::default()).unwrap_err().message;
    let linear = Linear::new(3, 4, false).unwrap();
    let expected = "linear(3, 4, bias=false) takes 3 features in the last dimension, got [2, 5] float32";
    assert_eq!(of(&linear), expected);
    assert!(of(&LayerNorm::new(&[3], 1e-5, true).unwrap()).contains("takes [.., 3], got [2, 5] float32"));
    assert!(Linear::new(3, 0, true).unwrap_err().message.contains("out_features must be at least 1, got 0"));
    assert!(LayerNorm::new(&[], 1e-5, true).is_err() && LayerNorm::new(&[3], 0.0, true).is_err());
}

#[test]
fn an_unknown_activation_is_answered_with_the_nearest() {
    let e = Activation::new("reluu").err().unwrap();
    assert!(e.message.starts_with("unknown activation `reluu`; did you mean `relu`?"), "{}", e.message);
    assert!(Activation::along("relu", 1).is_err());
}

#[test]
fn a_softmax_along_time_never_sees_padding() {
    let softmax = Activation::along("softmax", 1).unwrap();
    let padded = sequence(&ramp(&[2, 4, 3], 1.0, 0.0), &[4, 1], Pad::Back);
    assert!(softmax.forward(&padded.into(), &Pass::default()).is_err());
    let y = run(&softmax, ramp(&[2, 4, 3], 1.0, 0.0));
    assert_close("sums", &y.sum_dim_intlist(1, false, Kind::Float), &[1.0; 6]);
}

#[test]
fn a_sequential_names_its_layers_as_pytorch_does() {
    let names: Vec<String> = named_parameters(labnet().as_ref()).into_iter().map(|(n, _)| n).collect();
    let mut expected: Vec<String> = Vec::new();
    for suffix in ["", "_reverse"] {
        let own = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
        expected.extend(own.iter().map(|p| format!("lstm.{p}_l0{suffix}")));
    }
    expected.extend(["layer.0.weight", "layer.0.bias", "layer.3.weight", "layer.3.bias"].map(str::to_string));
    assert_eq!(names, expected);
    let tanh = || rc(Activation::new("tanh").unwrap());
    for (a, b) in [("x", "x"), ("", "x"), ("a.b", "x")] {
        assert!(Sequential::named(vec![(a.to_string(), tanh()), (b.to_string(), tanh())]).is_err());
    }
}

#[test]
fn counts_and_norms_see_a_shared_layer_once() {
    on_every_device(|_| {
        let shared = rc(Linear::new(2, 2, true).unwrap());
        let net = Sequential::new(vec![
            shared.clone(),
            shared,
            rc(Embedding::from_table(&ramp(&[3, 2], 1.0, 0.0), false, None).unwrap()),
        ]);
        assert_eq!(count(&net), Count { total: 12, trainable: 6, bytes: 48 });
        assert_eq!(trainable_parameters(&net).len(), 2);
        assert_eq!(named_parameters(&net).len(), 5);

        let linear = Linear::new(1, 2, false).unwrap();
        let w = linear.own_parameters().remove(0).1;
        tch::no_grad(|| w.shallow_clone().copy_(&Tensor::from_slice(&[3.0f32, 4.0]).view([2, 1])));
        assert_eq!(norms(&linear).unwrap(), [Norm { name: "weight".into(), value: 5.0, grad: None }]);
        (&w * &w).sum(Kind::Float).backward();
        assert_eq!(norms(&linear).unwrap()[0].grad, Some(10.0));
    });
}

#[test]
fn moving_a_network_moves_the_parameters_that_others_hold() {
    on_every_device(|d| {
        imdbsh::ml::device::set_current(Device::Cpu);
        let linear = Linear::new(2, 1, true).unwrap();
        let held = linear.own_parameters().remove(0).1;
        run(&linear, Tensor::ones([1, 2], (Kind::Float, Device::Cpu))).backward();
        to_device(&linear, d).unwrap();
        assert_eq!((held.device(), held.grad().device()), (d, d));
        assert!(held.requires_grad() && held.is_leaf());
    });
}

#[test]
fn a_summary_shows_shapes_and_counts_and_leaves_no_trace() {
    on_every_device(|_| {
        let net = labnet();
        let dropout = net.children()[1].1.children()[2].1.clone();
        net.set_training(true);
        dropout.set_training(false);
        let before = random::state();
        let s = summary(&net, None, None).unwrap();
        assert_eq!(random::state(), before);
        assert_eq!(dropout.training(), Some(false));
        assert_eq!(net.children()[0].1.training(), Some(true));
        let text = s.to_string();
        let expected = "\
name   layer                                               output    parameters
-------------------------------------------------------------------------------
       Sequential                                          [1, 2]             -
lstm   LSTM(100, 128, bidirectional=true, readout=\"last\")  [1, 256]     235,520
layer  Sequential                                          [1, 2]             -
  0    Linear(256, 32)                                     [1, 32]        8,224
  1    Tanh                                                [1, 32]            -
  2    Dropout(0.5)                                        [1, 32]            -
  3    Linear(32, 2)                                       [1, 2]            66
-------------------------------------------------------------------------------
243,810 parameters, 243,810 trainable, 975.2 KB";
        assert_eq!(text, expected, "\n{text}");
        let given = summary(&net, Some(&ramp(&[4, 9, 100], 1.0, 0.0).into()), None).unwrap();
        assert_eq!(given.layers[0].shape, Some(vec![4, 2]));
        assert!(summary(&net, Some(&ramp(&[4, 9, 7], 1.0, 0.0).into()), None).is_err());
        for (_, p) in named_parameters(net.as_ref()) {
            assert!(!p.grad().defined());
        }
    });
}
