//! What is true of all optimizers, whatever they compute.

use super::numbers::GOLDEN;
use super::problem::{Problem, assert_close, flat, group, optimizer};
use imdbsh::error::ErrorKind;
use imdbsh::ml::device;
use imdbsh::ml::optim::{self, Group, Optimizer};
use tch::{Device, Kind, Tensor};

#[test]
fn the_state_is_named_after_buffer_and_parameter() {
    let problem = Problem::new(Device::Cpu);
    let mut adam = optimizer(&problem, "adam", r#"{"lr": 0.01}"#);
    let names = |o: &Optimizer| o.state().unwrap().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&adam), ["lr.0", "base_lr.0", "scheduled_lr.0"]);
    let fresh = adam.snapshot().unwrap();
    problem.steps(&adam, 3);
    adam.set_lr(0.5).unwrap();
    let state = adam.state().unwrap();
    assert_eq!(names(&adam)[3..6], ["step.w", "exp_avg.w", "exp_avg_sq.w"]);
    assert_eq!(names(&adam).len(), 3 + 3 * 3);
    let value = |name: &str| flat(&state.iter().find(|(n, _)| n == name).unwrap().1);
    assert_eq!((value("step.v"), value("lr.0"), value("base_lr.0")), (vec![3.0], vec![0.5], vec![0.01]));
    adam.load_state(&fresh).unwrap();
    assert_eq!((names(&adam).len(), adam.lr()), (3, 0.01));
}

#[test]
fn a_state_of_another_network_or_optimizer_is_refused_and_changes_nothing() {
    let problem = Problem::new(Device::Cpu);
    let mut sgd = optimizer(&problem, "sgd", r#"{"momentum": 0.9}"#);
    problem.steps(&sgd, 2);
    let before = sgd.snapshot().unwrap();
    let zeros = |shape: &[i64]| Tensor::zeros(shape, (Kind::Float, Device::Cpu));
    for (name, tensor, kind) in [
        ("exp_avg.w", zeros(&[4, 3]), ErrorKind::Data),
        ("momentum_buffer.lstm.weight", zeros(&[4, 3]), ErrorKind::Data),
        ("lr.1", zeros(&[]), ErrorKind::Data),
        ("nonsense", zeros(&[]), ErrorKind::Data),
        ("momentum_buffer.w", zeros(&[3, 4]), ErrorKind::Shape),
    ] {
        let error = sgd.load_state(&[("step.w".into(), zeros(&[])), (name.into(), tensor)]).unwrap_err();
        assert!(error.kind == kind && error.message.contains(name), "{error}");
    }
    for ((name, was), (_, is)) in before.iter().zip(sgd.state().unwrap()) {
        assert_eq!(flat(was), flat(&is), "{name}");
    }
}

#[test]
fn a_parameter_without_a_gradient_stays_as_it_is() {
    for device in device::all() {
        for row in optim::TABLE.iter().filter(|row| row.name != "lbfgs") {
            let problem = Problem::new(device);
            let unused = Tensor::ones([3, 1], (Kind::Float, device)).set_requires_grad(true);
            let mut params = if row.name == "muon" { problem.matrices() } else { problem.params() };
            params.push(("unused".into(), unused.shallow_clone()));
            let optimizer =
                Optimizer::new(vec![group(params, row.name, r#"{"weight_decay": 0.1, "lr": 0.1}"#)]).unwrap();
            problem.steps(&optimizer, 3);
            assert_eq!(flat(&unused), [1.0; 3]);
            assert!(optimizer.state().unwrap().iter().all(|(name, _)| !name.ends_with("unused")));
        }
    }
}

#[test]
fn each_group_has_its_own_rate() {
    let problem = Problem::new(Device::Cpu);
    let groups = vec![group(problem.hidden(), "adam", r#"{"lr": 0.1}"#), group(problem.head(), "adam", "{}")];
    let mut adam = Optimizer::new(groups).unwrap();
    let rates = |o: &Optimizer| o.groups().iter().map(|g| (g.lr(), g.base_lr())).collect::<Vec<_>>();
    assert_eq!(rates(&adam), [(0.1, 0.1), (0.001, 0.001)]);
    adam.set_group_lr(1, 0.5).unwrap();
    assert_eq!(rates(&adam), [(0.1, 0.1), (0.5, 0.001)]);
    adam.set_lr(0.0).unwrap();
    let before = problem.values();
    problem.steps(&adam, 1);
    assert_eq!(problem.values(), before);
    assert_eq!(adam.set_lr(-1.0).unwrap_err().message, "adam: lr must be a number of at least 0, not -1");
    assert_eq!(adam.set_group_lr(2, 1.0).unwrap_err().message, "adam: there is no group 2, only 0 to 1");
}

#[test]
fn parameters_that_cannot_be_trained_together_are_refused() {
    let problem = Problem::new(Device::Cpu);
    let sgd = |params| group(params, "sgd", "{}");
    let refused = |groups| Optimizer::new(groups).unwrap_err().message;
    assert_eq!(refused(vec![]), "an optimizer needs parameters to train");
    assert_eq!(
        refused(vec![sgd(problem.params()), sgd(problem.head())]),
        "sgd: `v` is in more than one parameter group"
    );
    assert_eq!(
        refused(vec![sgd(problem.hidden()), group(problem.head(), "adam", "{}")]),
        "one optimizer cannot have groups of both sgd and adam"
    );
    let algorithm = || optim::algorithm("sgd", &Default::default()).unwrap();
    assert!(Group::new(vec![], algorithm()).unwrap_err().message.contains("no parameters"));
    let result = vec![("twice_v".to_string(), &problem.v * 2.0)];
    assert!(Group::new(result, algorithm()).unwrap_err().message.contains("result of an operation"));
    let clash = vec![("w".to_string(), problem.w.shallow_clone()), ("w".to_string(), problem.b.shallow_clone())];
    assert!(Group::new(clash, algorithm()).unwrap_err().message.contains("two parameters are called `w`"));
}

#[test]
fn tied_weights_are_stepped_once() {
    let problem = Problem::new(Device::Cpu);
    let mut params = problem.params();
    params.push(("tied".into(), problem.w.shallow_clone()));
    problem.steps(&Optimizer::new(vec![group(params, "sgd", r#"{"lr": 0.1}"#)]).unwrap(), 50);
    assert_close("tied", &problem.values(), &GOLDEN[0].2);
}
