//! Muon, which takes matrices alone and multiplies in bfloat16, whose last bit is a two-hundredth: of a step that is so much.

use super::problem::{Problem, group};
use imdbsh::ml::device;
use imdbsh::ml::optim::{Group, Optimizer, algorithm};
use tch::{Device, Kind, Tensor};

/// With these options: how far twelve steps lead at most, and where `w` stands behind them.
#[rustfmt::skip]
const GOLDEN: &[(&str, f64, [f64; 12])] = &[
    // lambda w, b, v: O.Muon([w], lr=0.02), steps=12
    (r#"{"lr": 0.02}"#, 12.0 * 0.02,
     [0.634071589, 0.927394867, 0.796282291, 0.323124319, -0.434395641, -0.962923467, -1.12711179, -0.745402157, 0.0696104392, 0.684456646, 0.862911761, 0.731088221]),
    // lambda w, b, v: O.Muon([w], lr=0.05, momentum=0.8, nesterov=False, weight_decay=0.3, ns_steps=3, adjust_lr_fn="match_rms_adamw"), steps=12
    (r#"{"lr": 0.05, "momentum": 0.8, "nesterov": false, "weight_decay": 0.3, "ns_steps": 3, "adjust_lr_fn": "match_rms_adamw"}"#, 12.0 * 0.05,
     [0.540149927, 0.788518965, 0.689444602, 0.29566282, -0.363238513, -0.807214737, -0.953103662, -0.635238528, 0.0487023257, 0.556416988, 0.740026951, 0.627607167]),
];

#[test]
fn twelve_steps_end_where_pytorch_ends() {
    for device in device::all() {
        for (options, way, wanted) in GOLDEN {
            let problem = Problem::new(device);
            problem.steps(&Optimizer::new(vec![group(problem.matrices(), "muon", options)]).unwrap(), 12);
            let got: Vec<f64> = problem.values()[..12].to_vec();
            for (i, (got, wanted)) in got.iter().zip(wanted).enumerate() {
                assert!((got - wanted).abs() < way * 4e-3, "{options}: element {i} is {got}, PyTorch has {wanted}");
            }
        }
    }
}

#[test]
fn a_step_moves_all_directions_of_a_matrix_alike() {
    let of =
        |shape: [i64; 2]| (Tensor::arange(shape[0] * shape[1], (Kind::Float, Device::Cpu)) * 0.7).sin().view(shape);
    for shape in [[8, 3], [3, 8]] {
        let w = of(shape).set_requires_grad(true);
        let before = w.detach().copy();
        (&w * of(shape).square()).sum(Kind::Float).backward();
        let options = r#"{"lr": 1, "weight_decay": 0, "momentum": 0, "adjust_lr_fn": "original"}"#;
        let muon = Optimizer::new(vec![group(vec![("w".into(), w.shallow_clone())], "muon", options)]).unwrap();
        muon.step().unwrap();
        let size = (shape[0] as f64 / shape[1] as f64).max(1.0).sqrt();
        let moved = (before - w.detach()) / size;
        let (_, singular, _) = moved.svd(true, true);
        let (least, most) = (singular.min().double_value(&[]), singular.max().double_value(&[]));
        // The authors' coefficients bring singular values to between 0.7 and 1.2, sooner than to 1.
        assert!(least > 0.6 && most < 1.3, "{least} to {most}");
    }
}

#[test]
fn what_is_no_matrix_is_refused_by_its_name() {
    let problem = Problem::new(Device::Cpu);
    let muon = algorithm("muon", &Default::default()).unwrap();
    let message = Group::new(problem.params(), muon).unwrap_err().message;
    assert!(
        message.contains("muon is for parameters of 2 dimensions, and `b` is") && message.contains("adamw"),
        "{message}"
    );
}
