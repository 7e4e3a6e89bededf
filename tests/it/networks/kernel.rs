//! The recurrent layer's kernel, beside libtorch's own layer, which computes in float64 here.

use crate::common::{alone::alone, networks::*};
use imdbsh::error::ErrorKind;
use imdbsh::interrupt;
use imdbsh::ml::batch::{Pad, Sequence};
use imdbsh::ml::models::{Cell, Module, Nonlinearity, Pass, Readout, Recurrent, RecurrentOptions, named_parameters};
use imdbsh::ml::{device, dropout_mask, random};
use proptest::prelude::*;
use std::time::{Duration, Instant};
use tch::{Device, Kind, Tensor};

#[derive(Debug, Clone)]
struct Plan {
    lengths: Vec<i64>,
    width: i64,
    input: i64,
    hidden: i64,
    pad: Pad,
    cell: Cell,
    options: RecurrentOptions,
}

impl Plan {
    fn new(lengths: &[i64], input: i64, hidden: i64, options: RecurrentOptions) -> Plan {
        let width = lengths.iter().copied().max().unwrap();
        Plan { lengths: lengths.to_vec(), width, input, hidden, pad: Pad::Back, cell: Cell::Lstm, options }
    }

    fn layer(&self) -> Recurrent {
        let lstm = Recurrent::new(self.cell, self.input, self.hidden, self.options).unwrap();
        fill(&lstm);
        lstm
    }

    /// The same in float64, each parameter as far off as a rounding.
    fn rounded_layer(&self) -> Recurrent {
        let layer = self.layer();
        for (_, p) in named_parameters(&layer) {
            p.shallow_clone().set_data(&rounded(&p.detach()));
        }
        layer
    }

    fn values(&self) -> Tensor {
        let x = ramp(&[self.lengths.len() as i64, self.width, self.input], 1.0, 0.5);
        x * real(&self.lengths, self.width, self.pad)
    }

    /// Outputs, and the gradients of the input and of all parameters, in numbers of that kind.
    fn computed(&self, lstm: &Recurrent, values: &Tensor, kind: Kind) -> Vec<Tensor> {
        let parameters = named_parameters(lstm);
        parameters.iter().for_each(|(_, p)| p.shallow_clone().set_data(&p.detach().to_kind(kind)));
        let x = values.to_kind(kind).detach().set_requires_grad(true);
        let y = run(lstm, sequence(&x, &self.lengths, self.pad));
        // All of one sign: what cancels has no digits left to compare.
        (&y * (ramp(&y.size(), 1.0, 0.0) + 1.5)).sum(y.kind()).backward();
        let gradients = parameters.iter().map(|(_, p)| p.grad().copy());
        let real = real(&self.lengths, self.width, self.pad);
        let dx = x.grad().where_self(&real, &Tensor::zeros([1], (kind, Device::Cpu)));
        let all = [y.detach(), dx].into_iter().chain(gradients).collect();
        parameters.iter().for_each(|(_, p)| {
            p.shallow_clone().zero_grad();
            p.shallow_clone().set_data(&p.detach().to_kind(Kind::Float));
        });
        all
    }

    /// The kernel's results are libtorch's, to 1e-5 of the largest of each. The gradient of the input is a sum over all
    /// gates with weights of both signs, which may cancel; a position's share of the parameters' gradients is the size of
    /// what is summed, and so of what is rounded. Where a plan multiplies each rounding, as over hundreds of steps of a plain
    /// cell, what one rounding of everything that goes in does to libtorch's own results says how far is far.
    #[track_caller]
    fn agrees(&self) {
        let lstm = self.layer();
        // Gradients are of the kind of their parameter, and so are taken of a second network.
        let (got, expected) = (
            self.computed(&lstm, &self.values(), Kind::Float),
            self.computed(&self.layer(), &self.values(), Kind::Double),
        );
        let moved = self.computed(&self.rounded_layer(), &rounded(&self.values()), Kind::Double);
        let positions: i64 = self.lengths.iter().sum();
        let most = expected[2..].iter().map(largest).fold(0.0, f64::max);
        let share = most / positions as f64;
        for (i, ((got, expected), moved)) in got.iter().zip(&expected).zip(&moved).enumerate() {
            // All parameters' gradients are sums over the same positions: where one cancels, the others tell what was summed.
            let summed = [0.0, share].get(i).copied().unwrap_or(most / 10.0);
            let (far, own) = (far(got, expected, summed), far(moved, expected, summed));
            let most = 1e-5_f64.max(16.0 * own);
            assert!(far < most, "{i} of outputs, gradient of the input, of the parameters: {far}, {self:?}");
        }
    }
}

/// Each number moved as far as float32 rounds one, up or down.
fn rounded(values: &Tensor) -> Tensor {
    let values = values.to_kind(Kind::Double);
    let signs = ramp(&values.size(), 1.0, 0.0).sign();
    &values + &values * signs * f64::from(f32::EPSILON) / 2.0
}

/// The largest difference, in parts of the largest number or of that size, if it is more.
fn far(got: &Tensor, expected: &Tensor, size: f64) -> f64 {
    assert_eq!(got.size(), expected.size());
    let size = largest(expected).max(size);
    largest(&(got - expected)) / if size > 0.0 { size } else { 1.0 }
}

fn largest(values: &Tensor) -> f64 {
    values.abs().max().double_value(&[])
}

fn both(readout: Readout) -> RecurrentOptions {
    RecurrentOptions { bidirectional: true, readout, ..RecurrentOptions::default() }
}

/// The maximum is left to shorter rows (`recurrent.rs`): among hundreds of positions a rounding error makes another one the largest.
const READOUTS: [Readout; 4] = [Readout::Last, Readout::Final, Readout::Mean, Readout::All];

const CELLS: [Cell; 4] = [Cell::Lstm, Cell::Gru, Cell::Rnn(Nonlinearity::Tanh), Cell::Rnn(Nonlinearity::Relu)];

fn plans() -> impl Strategy<Value = Plan> {
    let lengths = prop_oneof![
        (1i64..8).prop_flat_map(|most| prop::collection::vec(1..=most, 1..70)),
        prop::collection::vec(prop_oneof![1i64..4, 1i64..40, 100i64..150], 1..6),
    ];
    let sizes = (1i64..20, 1i64..40, 1i64..3);
    let pad = prop::sample::select(vec![Pad::Front, Pad::Back]);
    let readout = prop::sample::select(READOUTS.to_vec());
    let cell = prop::sample::select(CELLS.to_vec());
    (lengths, 0i64..3, sizes, pad, any::<bool>(), readout, cell).prop_map(
        |(lengths, more, (input, hidden, layers), pad, bidirectional, readout, cell)| {
            // Where a rounding error takes a sum across 0, the gradient of ReLU jumps: the more steps there are, the sooner.
            let most = if cell == Cell::Rnn(Nonlinearity::Relu) { 8 } else { i64::MAX };
            let lengths: Vec<i64> = lengths.into_iter().map(|length| length.min(most)).collect();
            let options = RecurrentOptions { layers, bidirectional, dropout: 0.0, readout };
            let plan = Plan::new(&lengths, input, hidden, options);
            Plan { pad, cell, width: plan.width + more, ..plan }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn outputs_and_gradients_are_those_of_libtorchs_layer(plan in plans()) {
        plan.agrees();
    }
}

#[test]
fn long_rows_and_wide_layers_are_libtorchs_too() {
    // One row far longer than the others; no multiple of a vector; more positions than are computed at once.
    let mut lengths = vec![3; 40];
    lengths[17] = 1500;
    Plan::new(&lengths, 5, 33, both(Readout::Mean)).agrees();
    Plan::new(&[10_000], 3, 4, both(Readout::Mean)).agrees();
    Plan::new(&[70; 64], 100, 128, both(Readout::All)).agrees();
    Plan { cell: Cell::Gru, ..Plan::new(&[70; 64], 100, 128, both(Readout::All)) }.agrees();
    Plan::new(&[1], 1, 1, both(Readout::Last)).agrees();
}

#[test]
fn what_is_not_finite_comes_out_where_libtorch_has_it() {
    let values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e30];
    // What a plain cell of positive parts makes of 1e30 need not be finite in float32.
    for (value, cell) in
        values.into_iter().flat_map(|value| [(value, Cell::Lstm), (value, Cell::Gru), (value, CELLS[2])])
    {
        let plan = Plan { cell, ..Plan::new(&[6, 4, 1], 3, 9, both(Readout::All)) };
        let values = plan.values();
        let _ = values.get(1).get(2).get(0).fill_(value);
        let found = |kind| plan.computed(&plan.layer(), &values, kind);
        for (got, expected) in found(Kind::Float).iter().zip(&found(Kind::Double)) {
            assert_eq!(numbers(&got.isnan()), numbers(&expected.isnan()), "{value}");
            let zero = |t: &Tensor| t.nan_to_num(0.0, 0.0, 0.0);
            assert!(far(&zero(got), &zero(expected), 0.0) < 1e-5, "{value}");
        }
    }
}

#[test]
fn without_gradients_the_numbers_are_the_same() {
    for cell in CELLS {
        let plan = Plan { cell, ..Plan::new(&[50, 40, 3], 7, 20, both(Readout::All)) };
        let layer = plan.layer();
        let all = || run(&layer, sequence(&plan.values(), &plan.lengths, Pad::Back));
        assert_eq!(numbers(&all()), numbers(&tch::no_grad(all)));
    }
}

#[test]
fn a_graph_can_be_walked_twice_and_has_no_second_derivative() {
    let plan = Plan::new(&[5, 3], 3, 6, both(Readout::Mean));
    let layer = plan.layer();
    let x = plan.values().set_requires_grad(true);
    let y = probe(&run(&layer, sequence(&x, &plan.lengths, Pad::Back)));
    let walk = |create| Tensor::f_run_backward(&[&y], &[&x], true, create);
    assert_eq!(numbers(&walk(false).unwrap()[0]), numbers(&walk(false).unwrap()[0]));
    let refused = walk(true).unwrap_err().to_string();
    assert!(refused.contains("leave create_graph out"), "{refused}");
    walk(false).unwrap();
}

#[test]
fn the_gradients_of_several_passes_add_up() {
    for (cell, bidirectional) in CELLS.into_iter().flat_map(|cell| [(cell, false), (cell, true)]) {
        let plan = Plan { cell, ..Plan::new(&[4, 2], 3, 5, RecurrentOptions { bidirectional, ..both(Readout::Last) }) };
        let layer = plan.layer();
        let pass = || probe(&run(&layer, sequence(&plan.values(), &plan.lengths, Pad::Back))).backward();
        pass();
        let gradients = || named_parameters(&layer).iter().map(|(_, p)| p.grad().copy()).collect::<Vec<_>>();
        let once = gradients();
        pass();
        pass();
        for (all, once) in gradients().iter().zip(&once) {
            assert_close("three passes", all, &numbers(&(once * 3.0)));
        }
    }
}

#[test]
fn dropout_between_layers_is_drawn_for_the_padded_batch() {
    for pad in [Pad::Back, Pad::Front] {
        let of_two = RecurrentOptions { layers: 2, dropout: 0.5, ..both(Readout::All) };
        let plan = Plan { pad, ..Plan::new(&[2, 5, 3], 3, 4, of_two) };
        let layer = plan.layer();
        let parts = [(3, 0), (8, 8)].map(|(input, first)| {
            let part = Recurrent::new(Cell::Lstm, input, 4, both(Readout::All)).unwrap();
            for ((_, mut p), (_, of)) in named_parameters(&part).into_iter().zip(&named_parameters(&layer)[first..]) {
                tch::no_grad(|| p.copy_(of));
            }
            part
        });
        let x = plan.values();
        random::begin_step(1, 1);
        let together = run(&layer, sequence(&x, &plan.lengths, pad));
        random::begin_step(1, 1);
        let middle = run(&parts[0], sequence(&x, &plan.lengths, pad));
        let masked = &middle * dropout_mask::mask(&middle.size(), 0.5).unwrap();
        // What padding in front holds is read by the second layer of one network, and zero for a network of its own.
        if pad == Pad::Back {
            assert_close("outputs", &together, &numbers(&run(&parts[1], sequence(&masked, &plan.lengths, pad))));
        } else {
            assert_close("outputs", &together, &numbers(&run(&parts[1], sequence(&masked, &[5, 5, 5], pad))));
        }
    }
}

#[test]
fn bits_do_not_depend_on_the_number_of_threads() {
    alone!();
    let lengths: Vec<i64> = (0..70).map(|i| 1 + i * 37 % 90).collect();
    for (cell, bidirectional) in CELLS.into_iter().flat_map(|cell| [(cell, false), (cell, true)]) {
        let options = RecurrentOptions { bidirectional, layers: 2, ..both(Readout::All) };
        let plan = Plan { cell, ..Plan::new(&lengths, 20, 24, options) };
        let with = |threads| {
            tch::set_num_threads(threads);
            plan.computed(&plan.layer(), &plan.values(), Kind::Float).iter().map(numbers).collect::<Vec<_>>()
        };
        let one = with(1);
        assert!([2, 3, 5].into_iter().all(|threads| with(threads) == one));
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn each_kind_of_processor_gives_the_same_to_a_rounding_error() {
    const KIND: &str = "IMDBSH_TEST_KIND";
    let plan = Plan::new(&[40, 25, 7], 9, 21, both(Readout::All));
    if std::env::var_os(KIND).is_some() {
        return CELLS.into_iter().for_each(|cell| Plan { cell, ..plan.clone() }.agrees());
    }
    // libtorch says what the processor has, and can be told.
    let has = [
        ("default", true),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("avx512", is_x86_feature_detected!("avx512f")),
    ];
    for (kind, has) in has {
        if !has {
            println!("this processor has no {kind}: skipped");
            continue;
        }
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "networks::kernel::each_kind_of_processor_gives_the_same_to_a_rounding_error"])
            .env(KIND, kind)
            .env("ATEN_CPU_CAPABILITY", kind)
            .output()
            .unwrap();
        assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn an_interrupt_ends_a_long_row_and_the_next_call_works() {
    alone!();
    device::set_current(Device::Cpu);
    let lstm = Recurrent::new(Cell::Lstm, 4, 256, both(Readout::Last)).unwrap();
    let long = Sequence::padded(
        Tensor::zeros([1, 100_000, 4], (Kind::Float, Device::Cpu)),
        &Tensor::from_slice(&[100_000i64]),
        Pad::Back,
    );
    let long = long.unwrap().into();
    let begun = Instant::now();
    let asks = std::thread::spawn(|| {
        std::thread::sleep(Duration::from_millis(200));
        interrupt::request();
    });
    // As long as it takes to be asked.
    let error = loop {
        if let Err(e) = tch::no_grad(|| lstm.forward(&long, &Pass::default())) {
            break e;
        }
        assert!(begun.elapsed() < Duration::from_secs(100));
    };
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Interrupted, "interrupted"));
    asks.join().unwrap();
    interrupt::clear();
    assert!(lstm.forward(&Tensor::zeros([1, 3, 4], (Kind::Float, Device::Cpu)).into(), &Pass::default()).is_ok());
}
