//! Optimizers and clipping against PyTorch 2.13, and what their state is for.
//!
//! The golden numbers are what this prints for each `make` in the comments below:
//!
//! ```python
//! import torch
//! O = torch.optim
//! n = lambda *s: torch.arange(1, 1 + torch.Size(s).numel(), dtype=torch.float32).reshape(s)
//! def run(make, steps=50):
//!     w = (n(4, 3) * 0.7).sin().requires_grad_()
//!     b = (n(4) * 1.3).cos().requires_grad_()
//!     v = (n(4) * 0.4).sin().requires_grad_()
//!     x, y = (n(8, 3) * 1.1).sin(), (n(8) * 0.9).cos()
//!     opt = make(w, b, v)
//!     for _ in range(steps):
//!         opt.zero_grad()
//!         ((((x @ w.T + b).tanh() @ v) - y) ** 2).mean().backward()
//!         opt.step()
//!     print([f"{p:.9g}" for p in torch.cat([w.flatten(), b, v]).tolist()])
//! ```

use imdbsh::error::ErrorKind;
use imdbsh::ml::device;
use imdbsh::ml::optim::{self, Group, Optimizer, clip_grad_norm, clip_grad_value};
use serde_json::Value;
use tch::{Device, Kind, Tensor};

/// A small network with a hidden layer of tanh, and data to fit.
struct Problem {
    w: Tensor,
    b: Tensor,
    v: Tensor,
    x: Tensor,
    y: Tensor,
}

impl Problem {
    fn new(device: Device) -> Problem {
        let n = |count: i64, shape: &[i64], scale: f64| {
            (Tensor::arange_start(1, count + 1, (Kind::Float, device)).reshape(shape)) * scale
        };
        Problem {
            w: n(12, &[4, 3], 0.7).sin().set_requires_grad(true),
            b: n(4, &[4], 1.3).cos().set_requires_grad(true),
            v: n(4, &[4], 0.4).sin().set_requires_grad(true),
            x: n(24, &[8, 3], 1.1).sin(),
            y: n(8, &[8], 0.9).cos(),
        }
    }

    fn loss(&self) -> Tensor {
        let scores = (self.x.matmul(&self.w.tr()) + &self.b).tanh().matmul(&self.v);
        (scores - &self.y).square().mean(Kind::Float)
    }

    fn steps(&self, optimizer: &mut Optimizer, count: usize) {
        for _ in 0..count {
            optimizer.zero_grad().unwrap();
            self.loss().backward();
            optimizer.step().unwrap();
        }
    }

    fn hidden(&self) -> Vec<(String, Tensor)> {
        vec![("w".into(), self.w.shallow_clone()), ("b".into(), self.b.shallow_clone())]
    }

    fn head(&self) -> Vec<(String, Tensor)> {
        vec![("v".into(), self.v.shallow_clone())]
    }

    fn params(&self) -> Vec<(String, Tensor)> {
        self.hidden().into_iter().chain(self.head()).collect()
    }

    fn tensors(&self) -> Vec<Tensor> {
        self.params().into_iter().map(|(_, t)| t).collect()
    }

    fn values(&self) -> Vec<f64> {
        flat(&Tensor::cat(&[self.w.flatten(0, -1), self.b.shallow_clone(), self.v.shallow_clone()], 0))
    }
}

fn flat(tensor: &Tensor) -> Vec<f64> {
    Vec::try_from(tensor.detach().flatten(0, -1).to_kind(Kind::Double).to(Device::Cpu)).unwrap()
}

fn group(params: Vec<(String, Tensor)>, name: &str, options: &str) -> Group {
    let options: Value = serde_json::from_str(options).unwrap();
    Group::new(params, optim::algorithm(name, options.as_object().unwrap()).unwrap()).unwrap()
}

/// The optimizer `name` over all parameters.
fn optimizer(problem: &Problem, name: &str, options: &str) -> Optimizer {
    Optimizer::new(vec![group(problem.params(), name, options)]).unwrap()
}

fn assert_close(what: &str, got: &[f64], wanted: &[f64]) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    for (i, (g, w)) in got.iter().zip(wanted).enumerate() {
        assert!((g - w).abs() <= 1e-5 * w.abs().max(0.1), "{what}: element {i} is {g}, PyTorch has {w}");
    }
}

#[rustfmt::skip]
const GOLDEN: &[(&str, &[&str], [f64; 20])] = &[
    // lambda w, b, v: O.SGD([w, b, v], lr=0.1)
    ("sgd", &[r#"{"lr": 0.1}"#],
     [0.746107638, 0.955469429, 0.734121084, 0.146506906, -0.664393902, -0.967599273, -1.10112786, -0.627816081, 0.138619378, 0.977286637, 0.995199442, 0.540677905, 0.438233107, -0.873342276, -0.413116693, 0.876350701, 0.233444005, 0.716351986, 0.869135797, 1.09561884]),
    // lambda w, b, v: O.SGD([w, b, v], lr=0.1, weight_decay=0.01)
    ("sgd", &[r#"{"lr": 0.1, "weight_decay": 0.01}"#],
     [0.708438814, 0.90992409, 0.700539708, 0.144209564, -0.631256461, -0.924585819, -1.05163956, -0.589991808, 0.142618835, 0.936984539, 0.958832383, 0.517973065, 0.418463171, -0.838860214, -0.379801065, 0.842173278, 0.230539799, 0.688169897, 0.83398658, 1.05332768]),
    // lambda w, b, v: O.SGD([w, b, v], lr=0.05, momentum=0.9, dampening=0.3, weight_decay=0.01)
    ("sgd", &[r#"{"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}"#],
     [0.750912786, 0.820992112, 0.522643924, -0.0634957179, -0.975387335, -1.00958657, -1.058465, -0.498158514, 0.267823339, 1.14719272, 1.08716345, 0.369291484, 0.523851991, -0.907689035, 0.00572919194, 1.11737859, 0.170709521, 0.81927675, 0.796777904, 1.17369843]),
    // lambda w, b, v: O.SGD([w, b, v], lr=0.05, momentum=0.9, nesterov=True)
    ("sgd", &[r#"{"lr": 0.05, "momentum": 0.9, "nesterov": true}"#],
     [0.88264811, 0.943163633, 0.586417019, -0.202789769, -1.38561392, -1.2725879, -1.17883193, -0.592098892, 0.248725593, 1.3139441, 1.24969685, 0.434897959, 0.638015389, -1.01280403, 0.0213304702, 1.35914254, 0.177241787, 1.07625318, 0.848561645, 1.42329836]),
    // lambda w, b, v: O.SGD([{"params": [w, b], "lr": 0.02}, {"params": [v], "momentum": 0.5}], lr=0.1)
    ("sgd", &[r#"{"lr": 0.02}"#, r#"{"lr": 0.1, "momentum": 0.5}"#],
     [0.654392362, 0.979471326, 0.847611129, 0.316972673, -0.406286031, -0.903911948, -1.02730429, -0.628854692, 0.0638538152, 0.761211991, 0.977004468, 0.740246356, 0.298743546, -0.842531264, -0.635662794, 0.633853495, -0.100077644, 0.475020677, 0.619442463, 1.06607354]),
    // lambda w, b, v: O.Adam([w, b, v], lr=0.01)
    ("adam", &[r#"{"lr": 0.01}"#],
     [0.990629792, 0.8004722, 0.570081949, 0.015116699, -0.815556407, -1.07850742, -1.24789405, -0.642104983, 0.332470089, 1.04594374, 0.927086115, 0.536019087, 0.538469434, -0.902380943, -0.421148002, 0.777338207, 0.187220916, 0.67527318, 0.873729527, 1.19085538]),
    // lambda w, b, v: O.Adam([w, b, v], lr=0.05, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.02, amsgrad=True)
    ("adam", &[r#"{"lr": 0.05, "betas": [0.8, 0.9], "eps": 1e-6, "weight_decay": 0.02, "amsgrad": true}"#],
     [-0.232472852, 0.00873748399, 0.175104797, -0.0885708779, -1.725353, -1.54746652, -0.542921066, 1.05989838, 0.814050376, 0.871214032, 1.00911522, 0.389213115, 0.33680141, -0.82266742, -0.0619707555, 0.967029452, 0.349586338, 1.40093589, 1.2032392, 1.25805128]),
    // lambda w, b, v: O.Adam([{"params": [w, b], "lr": 0.002}, {"params": [v], "weight_decay": 0.1}], lr=0.03)
    ("adam", &[r#"{"lr": 0.002}"#, r#"{"lr": 0.03, "weight_decay": 0.1}"#],
     [0.708434463, 0.9584952, 0.807929575, 0.354647934, -0.425177634, -0.920149744, -1.03097153, -0.605442345, 0.0769579038, 0.735382795, 0.989764631, 0.785551369, 0.316415578, -0.824863732, -0.6731475, 0.525567472, 0.00921396259, 0.059130501, 0.0265062992, 0.283714831]),
    // lambda w, b, v: O.AdamW([w, b, v], lr=0.02)
    ("adamw", &[r#"{"lr": 0.02}"#],
     [1.08498061, 0.755148947, 0.47400257, -0.217181355, -1.24233902, -1.37585616, -1.32284617, -0.598014653, 0.447712004, 1.14212489, 1.08854282, 0.497053683, 0.692205608, -0.944159746, -0.248857304, 0.993985772, 0.213718042, 0.935516119, 0.919083416, 1.36357129]),
    // lambda w, b, v: O.AdamW([w, b, v], lr=0.05, weight_decay=0.1, amsgrad=True)
    ("adamw", &[r#"{"lr": 0.05, "weight_decay": 0.1, "amsgrad": true}"#],
     [0.883178234, 0.645852447, 0.380058944, -0.2913495, -2.05942774, -1.97659767, -0.824184597, 0.886676311, 0.85245961, 1.02780986, 1.70617187, 0.708061099, 0.775960326, -1.2018472, 0.371087819, 1.19609249, 0.0999639481, 1.54116797, 1.09999216, 1.36264014]),
    // lambda w, b, v: O.RMSprop([w, b, v], lr=0.005)
    ("rmsprop", &[r#"{"lr": 0.005}"#],
     [0.971193969, 0.779422641, 0.57562238, -0.14136453, -0.988502443, -1.23098183, -1.23679554, -0.712918997, 0.29783985, 1.0588901, 1.00014853, 0.550378859, 0.55284673, -0.884607017, -0.400259823, 0.84799993, 0.194700003, 0.863420844, 0.966038108, 1.39252734]),
    // lambda w, b, v: O.RMSprop([w, b, v], lr=0.002, alpha=0.9, eps=1e-4, momentum=0.5, centered=True, weight_decay=0.01)
    ("rmsprop", &[r#"{"lr": 0.002, "alpha": 0.9, "eps": 1e-4, "momentum": 0.5, "centered": true, "weight_decay": 0.01}"#],
     [0.702861965, 0.624799967, 0.528729916, -0.00119316869, -1.04237795, -1.04966164, -1.12975943, -0.412007749, 0.293176562, 1.02800453, 0.88912499, 0.565476418, 0.447020471, -0.814597189, -0.427260131, 0.761847794, 0.136850283, 0.703859806, 0.856015444, 1.26474428]),
    // lambda w, b, v: O.RMSprop([w, b, v], lr=0.001, momentum=0.9)
    ("rmsprop", &[r#"{"lr": 0.001, "momentum": 0.9}"#],
     [1.09024644, 0.690784276, 0.485380024, -0.134905025, -1.35881031, -1.32430601, -1.35164654, -0.622149825, 0.479665101, 1.21573436, 1.10464764, 0.552604437, 0.584812284, -0.946585238, -0.26372841, 1.00666666, 0.0255344268, 0.889773548, 0.872532606, 1.46730149]),
];

#[test]
fn fifty_steps_end_where_pytorch_ends() {
    for device in device::all() {
        for (name, options, wanted) in GOLDEN {
            let problem = Problem::new(device);
            let groups = match options {
                [one] => vec![group(problem.params(), name, one)],
                [hidden, head] => vec![group(problem.hidden(), name, hidden), group(problem.head(), name, head)],
                _ => panic!("one or two groups"),
            };
            problem.steps(&mut Optimizer::new(groups).unwrap(), 50);
            assert_close(&format!("{name} {options:?}"), &problem.values(), wanted);
        }
    }
}

#[test]
fn a_restored_state_goes_on_as_if_nothing_had_happened() {
    for device in device::all() {
        for (name, options, wanted) in GOLDEN.iter().filter(|(_, options, _)| options.len() == 1) {
            let first = Problem::new(device);
            let mut before = optimizer(&first, name, options[0]);
            first.steps(&mut before, 20);
            let state = before.snapshot().unwrap();
            let second = Problem::new(device);
            tch::no_grad(|| second.tensors().iter_mut().zip(first.tensors()).for_each(|(s, f)| s.copy_(&f)));
            // The first run goes on: its steps must not reach the snapshot.
            first.steps(&mut before, 5);
            let mut after = optimizer(&second, name, options[0]);
            after.load_state(&state).unwrap();
            second.steps(&mut after, 30);
            assert_close(&format!("{name} {options:?}"), &second.values(), wanted);
        }
    }
}

#[test]
fn the_state_is_named_after_buffer_and_parameter() {
    let problem = Problem::new(Device::Cpu);
    let mut adam = optimizer(&problem, "adam", r#"{"lr": 0.01}"#);
    let names = |o: &Optimizer| o.state().unwrap().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&adam), ["lr.0", "base_lr.0", "scheduled_lr.0"]);
    let fresh = adam.snapshot().unwrap();
    problem.steps(&mut adam, 3);
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
    problem.steps(&mut sgd, 2);
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
        for row in optim::TABLE {
            let problem = Problem::new(device);
            let unused = Tensor::ones([3], (Kind::Float, device)).set_requires_grad(true);
            let mut params = problem.params();
            params.push(("unused".into(), unused.shallow_clone()));
            let mut optimizer =
                Optimizer::new(vec![group(params, row.name, r#"{"weight_decay": 0.1, "lr": 0.1}"#)]).unwrap();
            problem.steps(&mut optimizer, 3);
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
    problem.steps(&mut adam, 1);
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
    problem.steps(&mut Optimizer::new(vec![group(params, "sgd", r#"{"lr": 0.1}"#)]).unwrap(), 50);
    assert_close("tied", &problem.values(), &GOLDEN[0].2);
}

// After one backward pass, with p = [w, b, v]:
// torch.nn.utils.clip_grad_norm_(p, max_norm, norm_type); print(total, v.grad)
// torch.nn.utils.clip_grad_value_(p, 0.1); print(v.grad)

#[test]
fn gradients_are_clipped_as_pytorch_clips_them() {
    let golden = [
        (0.5, 2.0, 0.680900276, [0.0132551352, 0.141257808, 0.105652109, -0.0519986339]),
        (0.5, 1.0, 2.39643359, [0.00376619468, 0.0401357226, 0.0300190374, -0.0147744231]),
        (0.1, f64::INFINITY, 0.422739267, [0.00426996872, 0.0455043614, 0.0340344459, -0.0167506803]),
        (0.3, 3.0, 0.499579012, [0.0108396308, 0.115516186, 0.0863989592, -0.0425228439]),
        (100.0, 2.0, 0.680900276, [0.0180508774, 0.192365259, 0.143877313, -0.0708118752]),
    ];
    for device in device::all() {
        for (max_norm, norm_type, norm, wanted) in golden {
            let problem = Problem::new(device);
            problem.loss().backward();
            let total = clip_grad_norm(&problem.tensors(), max_norm, norm_type).unwrap();
            let what = format!("{max_norm} {norm_type}");
            assert_eq!(total.size(), [0_i64; 0]);
            assert_close(&what, &flat(&total), &[norm]);
            assert_close(&what, &flat(&problem.v.grad()), &wanted);
        }
        let problem = Problem::new(device);
        problem.loss().backward();
        clip_grad_value(&problem.tensors(), 0.1).unwrap();
        assert_close("value", &flat(&problem.v.grad()), &[0.0180508774, 0.1, 0.1, -0.0708118752]);
    }
}

#[test]
fn clipping_without_gradients_gives_a_norm_of_zero() {
    let problem = Problem::new(Device::Cpu);
    assert_eq!(flat(&clip_grad_norm(&problem.tensors(), 1.0, 2.0).unwrap()), [0.0]);
    clip_grad_value(&problem.tensors(), 1.0).unwrap();
    let message = clip_grad_norm(&problem.tensors(), -1.0, 2.0).unwrap_err().message;
    assert_eq!(message, "clip_grad_norm: max_norm must be at least 0, not -1");
    assert!(clip_grad_value(&problem.tensors(), f64::NAN).is_err());
}
