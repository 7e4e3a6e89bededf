//! Optimizers that evaluate the loss themselves. In float64 (`n` with `dtype=torch.float64`), for a line search makes of a last bit another way. In
//! `run`, a step is
//!
//! ```python
//! def closure():
//!     opt.zero_grad()
//!     loss = ((((x @ w.T + b).tanh() @ v) - y) ** 2).mean()
//!     loss.backward()
//!     global calls; calls += 1
//!     return loss
//! loss = opt.step(closure)
//! ```
//!
//! and it prints `calls` and the last `loss` as well. SAM is the class of https://github.com/davda54/sam (sam.py), whose own `step` evaluates once and
//! leaves the first evaluation to the caller; here it begins with `loss = closure()`.

use super::problem::{Problem, assert_close, flat, group};
use imdbsh::error::{Error, Result};
use imdbsh::ml::optim::{Group, Optimizer, Sam};
use tch::{Device, Kind, Tensor};

struct Case {
    name: &'static str,
    options: &'static str,
    /// ρ, and whether it is adaptive.
    sam: Option<(f64, bool)>,
    steps: usize,
    /// How many times the loss is evaluated, over all steps.
    calls: usize,
    /// What the last step gives.
    loss: f64,
    end: [f64; 20],
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    // lambda w, b, v: O.LBFGS([w, b, v], lr=0.3, max_iter=4), steps=5
    Case { name: "lbfgs", options: r#"{"lr": 0.3, "max_iter": 4}"#, sam: None, steps: 5, calls: 20, loss: 0.144622029,
     end: [1.16896184, 0.803197065, 0.173127006, -0.945885323, -4.55433576, -3.40413255, -1.5071884, -0.344449281, 0.801748167, 2.32364808, 2.90055465, 0.922839546, 1.40843751, -2.95256459, 1.98263308, 3.54718935, -0.338011791, 2.99504633, 0.638099237, 3.21210436] },
    // lambda w, b, v: O.LBFGS([w, b, v], max_iter=6, history_size=3, line_search_fn='strong_wolfe'), steps=4
    Case { name: "lbfgs", options: r#"{"max_iter": 6, "history_size": 3, "line_search_fn": "strong_wolfe"}"#, sam: None, steps: 4, calls: 29, loss: 0.088031274,
     end: [1.51750155, 0.884162958, -0.101961066, -0.62393738, -3.55257151, -2.81728773, -1.88796183, -0.160937872, 1.34900173, 2.99197782, 2.75597371, 0.123347104, 1.75701734, -2.41613339, 2.37563494, 4.46464426, -0.018540176, 2.63556176, 0.97973965, 2.48832589] },
    // lambda w, b, v: O.LBFGS([w, b, v], lr=2, max_iter=5, max_eval=9, line_search_fn='strong_wolfe'), steps=4
    Case { name: "lbfgs", options: r#"{"lr": 2, "max_iter": 5, "max_eval": 9, "line_search_fn": "strong_wolfe"}"#, sam: None, steps: 4, calls: 28, loss: 0.173259843,
     end: [1.45753109, 0.930230515, -0.000198480563, -0.876716703, -3.92466981, -2.9020731, -1.33930415, -0.307931173, 0.666992866, 2.32652846, 3.03781705, 1.04448255, 1.24025661, -2.54223295, 1.85458344, 3.41566439, -0.238979759, 2.82700757, 0.690266846, 2.85024187] },
    // lambda w, b, v: SAM([w, b, v], O.SGD, rho=0.1, lr=0.1, momentum=0.9), steps=20
    Case { name: "sgd", options: r#"{"lr": 0.1, "momentum": 0.9}"#, sam: Some((0.1, false)), steps: 20, calls: 40, loss: 0.31034544,
     end: [0.910052796, 0.934258927, 0.550934359, -0.0574905262, -0.960161792, -1.0319206, -1.32977754, -0.595799387, 0.396314446, 1.42858789, 1.16418339, 0.242677208, 0.554288378, -1.01705844, 0.0564633078, 1.33691006, 0.163741531, 0.565115068, 0.714628595, 1.03660956] },
    // lambda w, b, v: SAM([w, b, v], O.Adam, rho=0.5, adaptive=True, lr=0.01), steps=20
    Case { name: "adam", options: r#"{"lr": 0.01}"#, sam: Some((0.5, true)), steps: 20, calls: 40, loss: 0.407630922,
     end: [0.739740064, 0.81533131, 0.673382754, 0.3525308, -0.501107172, -0.984222858, -1.09441245, -0.76037225, 0.119365769, 0.782749255, 0.812844027, 0.660378694, 0.403950046, -0.779254101, -0.603879462, 0.609824448, 0.30747949, 0.641580659, 0.860198564, 0.938425038] },
];

impl Case {
    fn optimizer(&self, problem: &Problem) -> Optimizer {
        let base = Optimizer::new(vec![group(problem.params(), self.name, self.options)]).unwrap();
        match self.sam {
            Some((rho, adaptive)) => base.with_sam(Sam { rho, adaptive }).unwrap(),
            None => base,
        }
    }

    /// Takes so many steps; gives how often the loss was evaluated, and the last one.
    fn step(&self, problem: &Problem, optimizer: &Optimizer, steps: usize) -> (usize, f64) {
        let (mut calls, mut last) = (0, f64::NAN);
        for _ in 0..steps {
            let mut evaluate = || {
                calls += 1;
                evaluate(problem, optimizer)
            };
            last = optimizer.step_by(None, &mut evaluate).unwrap().double_value(&[]);
        }
        (calls, last)
    }
}

fn evaluate(problem: &Problem, optimizer: &Optimizer) -> Result<Tensor> {
    optimizer.zero_grad()?;
    let loss = problem.loss();
    loss.backward();
    Ok(loss)
}

fn problem() -> Problem {
    Problem::of(Kind::Double, Device::Cpu)
}

#[test]
fn steps_end_where_pytorch_ends() {
    for case in CASES {
        let problem = problem();
        let optimizer = case.optimizer(&problem);
        let (calls, loss) = case.step(&problem, &optimizer, case.steps);
        let what = format!("{} {} {:?}", case.name, case.options, case.sam);
        assert_eq!(calls, case.calls, "{what}");
        assert_close(&what, &[loss], &[case.loss]);
        assert_close(&what, &problem.values(), &case.end);
    }
}

#[test]
fn a_restored_state_goes_on_to_the_same_bits() {
    for case in CASES {
        let (whole, broken, resumed) = (problem(), problem(), problem());
        case.step(&whole, &case.optimizer(&whole), case.steps);
        let first = case.optimizer(&broken);
        case.step(&broken, &first, 2);
        let copies = resumed.tensors().into_iter().zip(broken.tensors());
        tch::no_grad(|| copies.for_each(|(mut to, from)| to.copy_(&from)));
        let mut second = case.optimizer(&resumed);
        second.load_state(&first.snapshot().unwrap()).unwrap();
        case.step(&resumed, &second, case.steps - 2);
        assert_eq!(whole.values(), resumed.values(), "{} {}", case.name, case.options);
    }
}

#[test]
fn without_a_closure_it_is_said_how_to_step() {
    let problem = problem();
    for case in [&CASES[0], &CASES[3]] {
        let optimizer = case.optimizer(&problem);
        let before = problem.values();
        let message = optimizer.step().unwrap_err().message;
        assert!(message.contains("evaluates the loss") && message.contains("optimizer.step(|| …)"), "{message}");
        assert_eq!(problem.values(), before);
    }
}

#[test]
fn a_closure_that_fails_leaves_the_weights_in_their_place() {
    let problem = problem();
    let sam = CASES[3].optimizer(&problem);
    let before = problem.values();
    let mut calls = 0;
    let failed = sam.step_by(None, &mut || {
        calls += 1;
        if calls == 2 { Err(Error::value("enough")) } else { evaluate(&problem, &sam) }
    });
    assert_eq!(failed.unwrap_err().message, "enough");
    assert_eq!(problem.values(), before);
}

#[test]
fn sam_with_a_radius_of_zero_is_its_base() {
    let (one, other) = (problem(), problem());
    let base = |problem: &Problem| Optimizer::new(vec![group(problem.params(), "adam", r#"{"lr": 0.01}"#)]).unwrap();
    let sam = base(&other).with_sam(Sam { rho: 0.0, adaptive: false }).unwrap();
    one.steps(&base(&one), 3);
    for _ in 0..3 {
        drop(sam.step_by(None, &mut || evaluate(&other, &sam)).unwrap());
    }
    assert_eq!(one.values(), other.values());
}

#[test]
fn any_optimizer_steps_around_a_closure() {
    let (one, other) = (problem(), problem());
    let of = |problem: &Problem| Optimizer::new(vec![group(problem.params(), "nadam", "{}")]).unwrap();
    one.steps(&of(&one), 3);
    let by = of(&other);
    let first = flat(&by.step_by(None, &mut || evaluate(&other, &by)).unwrap());
    assert_eq!(first, flat(&problem().loss()));
    (0..2).for_each(|_| drop(by.step_by(None, &mut || evaluate(&other, &by)).unwrap()));
    assert_eq!(one.values(), other.values());
}

#[test]
fn what_cannot_be_put_together_is_refused() {
    let problem = problem();
    let lbfgs = || group(problem.params(), "lbfgs", "{}");
    let message = Optimizer::new(vec![lbfgs()]).unwrap().with_sam(Sam::default()).unwrap_err().message;
    assert!(
        message.contains("sam takes an optimizer whose step needs one gradient") && message.contains("not lbfgs"),
        "{message}"
    );
    let halves: Vec<Group> = [problem.hidden(), problem.head()].into_iter().map(|p| group(p, "lbfgs", "{}")).collect();
    assert!(Optimizer::new(halves).unwrap_err().message.contains("takes no parameter groups"));
    let negative = Optimizer::new(vec![group(problem.params(), "sgd", "{}")]).unwrap();
    let message = negative.with_sam(Sam { rho: -1.0, adaptive: false }).unwrap_err().message;
    assert_eq!(message, "sam: rho must be a number of at least 0, not -1");
}
