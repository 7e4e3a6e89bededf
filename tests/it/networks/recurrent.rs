//! Recurrent layers, whatever the lengths, sizes, layers and readouts.

use crate::common::networks::*;
use imdbsh::error::ErrorKind;
use imdbsh::ml::batch::{Pad, Sequence, Value};
use imdbsh::ml::models::{Cell, Module, Nonlinearity, Pass, Readout, Recurrent, RecurrentOptions, named_parameters};
use imdbsh::ml::random;
use proptest::prelude::*;
use tch::{Kind, Tensor};

/// One direction over one row, a cell a step: `[steps, F]` → `[steps, H]`, in the order in which it reads.
fn cell_by_cell(cell: Cell, x: &Tensor, w: &[Tensor]) -> Tensor {
    let hidden = w[1].size()[1];
    let mut h = Tensor::zeros([hidden], (x.kind(), x.device()));
    let mut c = h.zeros_like();
    let mut outputs = Vec::new();
    for t in 0..x.size()[0] {
        let (of_x, of_h) = (w[0].mv(&x.get(t)) + &w[2], w[1].mv(&h) + &w[3]);
        h = match cell {
            Cell::Lstm => {
                let gates = (of_x + of_h).chunk(4, 0);
                c = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh();
                gates[3].sigmoid() * c.tanh()
            }
            Cell::Gru => {
                let (of_x, of_h) = (of_x.chunk(3, 0), of_h.chunk(3, 0));
                let (r, z) = ((&of_x[0] + &of_h[0]).sigmoid(), (&of_x[1] + &of_h[1]).sigmoid());
                let n = (&of_x[2] + r * &of_h[2]).tanh();
                (z.ones_like() - &z) * n + z * h
            }
            Cell::Rnn(Nonlinearity::Tanh) => (of_x + of_h).tanh(),
            Cell::Rnn(Nonlinearity::Relu) => (of_x + of_h).relu(),
        };
        outputs.push(h.shallow_clone());
    }
    Tensor::stack(&outputs, 0)
}

/// The whole layer on one row, of which the last `real` positions (padding in front) or all count.
fn row_by_hand(cell: Cell, x: &Tensor, real: i64, parameters: &[Tensor], options: RecurrentOptions) -> Tensor {
    let directions = if options.bidirectional { 2 } else { 1 };
    let mut x = x.shallow_clone();
    let mut ends = Vec::new();
    for layer in parameters.chunks_exact(4 * directions) {
        let there = cell_by_cell(cell, &x, &layer[..4]);
        ends = vec![there.get(-1)];
        x = match options.bidirectional {
            false => there,
            true => {
                let back = cell_by_cell(cell, &x.flip([0]), &layer[4..]);
                ends.push(back.get(-1));
                Tensor::cat(&[there, back.flip([0])], 1)
            }
        };
    }
    let of_real = x.narrow(0, x.size()[0] - real, real);
    match options.readout {
        Readout::Last => x.get(-1),
        Readout::Final => Tensor::cat(&ends, 0),
        Readout::Max => of_real.amax(0, false),
        Readout::Mean => of_real.mean_dim(0, false, None),
        Readout::All => x,
        Readout::Cls | Readout::Pooler => unreachable!("encoders have these"),
    }
}

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

fn plans() -> impl Strategy<Value = Plan> {
    let lengths = (1i64..7).prop_flat_map(|width| (Just(width), prop::collection::vec(1..=width, 1..5)));
    let pad = prop::sample::select(vec![Pad::Front, Pad::Back]);
    let readout = prop::sample::select(Recurrent::READOUTS.to_vec());
    let cells = [Cell::Lstm, Cell::Gru, Cell::Rnn(Nonlinearity::Tanh), Cell::Rnn(Nonlinearity::Relu)];
    (lengths, 1i64..5, 1i64..5, pad, 1i64..4, any::<bool>(), readout, prop::sample::select(cells.to_vec())).prop_map(
        |((width, lengths), input, hidden, pad, layers, bidirectional, readout, cell)| {
            let options = RecurrentOptions { layers, bidirectional, dropout: 0.0, readout };
            Plan { lengths, width, input, hidden, pad, cell, options }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn outputs_and_gradients_are_those_of_a_cell_run_step_by_step(plan in plans()) {
        on_every_device(|_| {
            let Plan { lengths, width, input, hidden, pad, cell, options } = &plan;
            let lstm = Recurrent::new(*cell, *input, *hidden, *options).unwrap();
            fill(&lstm);
            let parameters = named_parameters(&lstm);
            let real = real(lengths, *width, *pad);
            let values = ramp(&[lengths.len() as i64, *width, *input], 1.0, 0.5);
            let width_read = match pad { Pad::Front => *width, Pad::Back => *lengths.iter().max().unwrap() };

            // Rubbish at padding positions: the layer must not see it.
            let x = values.where_self(&real, &Tensor::from(7.5f32).to_device(values.device())).set_requires_grad(true);
            let y = run(&lstm, sequence(&x, lengths, *pad));
            probe(&y).backward();
            let got: Vec<Tensor> = std::iter::once(x.grad()).chain(parameters.iter().map(|(_, p)| p.grad().copy())).collect();

            let x = (values * &real).set_requires_grad(true);
            let own: Vec<Tensor> = parameters.iter().map(|(_, p)| p.detach().set_requires_grad(true)).collect();
            let rows: Vec<Tensor> = lengths.iter().enumerate().map(|(i, n)| {
                let row = x.get(i as i64);
                let row = if *pad == Pad::Back { row.narrow(0, 0, *n) } else { row };
                let out = row_by_hand(*cell, &row, *n, &own, *options);
                match options.readout {
                    Readout::All => out.constant_pad_nd([0, 0, 0, width_read - out.size()[0]]),
                    _ => out,
                }
            }).collect();
            let expected = Tensor::stack(&rows, 0);
            probe(&expected).backward();

            assert_close("outputs", &y, &numbers(&expected));
            assert_eq!(y.size(), expected.size());
            assert_close("gradient of the input", &got[0], &numbers(&(x.grad() * &real)));
            for ((name, _), (got, own)) in parameters.iter().zip(got[1..].iter().zip(&own)) {
                let expected = own.grad();
                match expected.defined() {
                    true => assert_close(name, got, &numbers(&expected)),
                    false => assert!(!got.defined() || got.abs().max().double_value(&[]) == 0.0),
                }
            }
        });
    }
}

fn bilstm(readout: Readout) -> Recurrent {
    Recurrent::new(Cell::Lstm, 3, 4, RecurrentOptions { bidirectional: true, readout, ..RecurrentOptions::default() })
        .unwrap()
}

#[test]
fn parameters_have_pytorchs_names_order_and_shapes() {
    let lstm = Recurrent::new(
        Cell::Lstm,
        3,
        4,
        RecurrentOptions { layers: 2, bidirectional: true, ..RecurrentOptions::default() },
    )
    .unwrap();
    let found: Vec<(String, Vec<i64>)> = named_parameters(&lstm).into_iter().map(|(n, p)| (n, p.size())).collect();
    let mut expected = Vec::new();
    for (layer, features) in [(0, 3), (1, 8)] {
        for suffix in ["", "_reverse"] {
            expected.push((format!("weight_ih_l{layer}{suffix}"), vec![16, features]));
            expected.push((format!("weight_hh_l{layer}{suffix}"), vec![16, 4]));
            expected.push((format!("bias_ih_l{layer}{suffix}"), vec![16]));
            expected.push((format!("bias_hh_l{layer}{suffix}"), vec![16]));
        }
    }
    assert_eq!(found, expected);
}

#[test]
fn all_returns_a_sequence_that_the_next_lstm_reads_by_its_lengths() {
    on_every_device(|_| {
        let (first, second) =
            (bilstm(Readout::All), Recurrent::new(Cell::Lstm, 8, 2, RecurrentOptions::default()).unwrap());
        let x = ramp(&[2, 5, 3], 1.0, 0.0);
        let padded: Value = sequence(&x, &[5, 2], Pad::Back).into();
        let middle = first.forward(&padded, &Pass::default()).unwrap();
        assert!(matches!(&middle, Value::Sequence(s) if s.layout().lengths() == [5, 2]));
        let both = run(&second, middle);
        // The short row alone, without padding.
        let alone = first.forward(&x.narrow(0, 1, 1).narrow(1, 0, 2).into(), &Pass::default()).unwrap();
        assert_close("the short row", &both.get(1), &numbers(&run(&second, alone)));
    });
}

#[test]
fn dropout_between_layers_acts_in_training_only_and_is_drawn_by_step() {
    on_every_device(|_| {
        let options = RecurrentOptions { layers: 2, dropout: 0.5, ..RecurrentOptions::default() };
        let lstm = Recurrent::new(Cell::Lstm, 3, 8, options).unwrap();
        let x = ramp(&[2, 5, 3], 1.0, 0.0);
        let at_step = |step| {
            random::begin_step(0, step);
            numbers(&run(&lstm, x.shallow_clone()))
        };
        let (one, two) = (at_step(1), at_step(2));
        assert_ne!(one, two);
        assert_eq!(one, at_step(1));
        lstm.set_training(false);
        assert_eq!(at_step(1), at_step(2));
    });
}

#[test]
fn gradients_flow_in_evaluation_mode_too() {
    on_every_device(|_| {
        let lstm = bilstm(Readout::Max);
        lstm.set_training(false);
        probe(&run(&lstm, ramp(&[2, 5, 3], 1.0, 0.0))).backward();
        for (name, p) in named_parameters(&lstm) {
            assert!(p.grad().abs().sum(Kind::Float).double_value(&[]) > 0.0, "{name} has no gradient");
        }
    });
}

#[test]
fn lengths_that_do_not_fit_are_named() {
    let refused =
        |lengths: Tensor| Sequence::padded(ramp(&[2, 5, 3], 1.0, 0.0), &lengths, Pad::Back).unwrap_err().message;
    let of = |lengths: &[i64]| refused(Tensor::from_slice(lengths));
    assert_eq!(of(&[5, 0]), "row 1 has length 0: a sequence has at least one position");
    assert_eq!(of(&[6, 5]), "row 0 has length 6, beyond the 5 positions of [2, 5, 3] float32");
    assert_eq!(of(&[5]), "lengths must be [2], one for each row of [2, 5, 3] float32, got [1] int64");
    assert_eq!(refused(Tensor::from_slice(&[1.0f32, 2.0])), "lengths must be int64, got [2] float32");
}

#[test]
fn inputs_and_options_that_do_not_fit_are_named() {
    let lstm = bilstm(Readout::Last);
    let e = lstm.forward(&ramp(&[2, 5, 7], 1.0, 0.0).into(), &Pass::default()).unwrap_err();
    assert_eq!(e.kind, ErrorKind::Shape);
    assert!(e.message.ends_with("takes [batch, length, 3], got [2, 5, 7] float32"), "{}", e.message);
    let e = lstm.forward(&ramp(&[2, 3], 1.0, 0.0).into(), &Pass::default()).unwrap_err();
    assert!(e.message.ends_with("takes [batch, length, features], got [2, 3] float32"), "{}", e.message);

    let e = Readout::parse("lst", &Recurrent::READOUTS).unwrap_err();
    assert_eq!(e.message, "unknown readout `lst`; did you mean `last`? (known: last, final, max, mean, all)");
    let refused = |options| Recurrent::new(Cell::Lstm, 3, 4, options).err().unwrap().message;
    assert!(
        refused(RecurrentOptions { layers: 0, ..RecurrentOptions::default() })
            .contains("layers must be at least 1, got 0")
    );
    assert!(
        refused(RecurrentOptions { layers: 2, dropout: 1.0, ..RecurrentOptions::default() })
            .contains("in [0, 1), got 1")
    );
    assert!(refused(RecurrentOptions { dropout: 0.5, ..RecurrentOptions::default() }).contains("between layers"));
    assert!(
        Recurrent::new(Cell::Lstm, 0, 4, RecurrentOptions::default()).err().unwrap().message.contains("input features")
    );
}

/// PyTorch's own layer over whole rows: with padding in front over the whole width, filled up with zero vectors; with
/// padding behind each row alone. `[batch, D·H]`.
fn whole_rows(
    x: &Tensor,
    lengths: &[i64],
    pad: Pad,
    parameters: &[Tensor],
    options: RecurrentOptions,
    hidden: i64,
) -> Tensor {
    let directions = if options.bidirectional { 2 } else { 1 };
    let parameters: Vec<&Tensor> = parameters.iter().collect();
    let rows = lengths.iter().enumerate().map(|(i, n)| {
        let row = x.narrow(0, i as i64, 1);
        let row = if pad == Pad::Back { row.narrow(1, 0, *n) } else { row };
        let zero = Tensor::zeros([options.layers * directions, 1, hidden], (x.kind(), x.device()));
        let (out, h, _) =
            row.lstm(&[&zero, &zero], &parameters, true, options.layers, 0.0, true, options.bidirectional, true);
        let width = row.size()[1];
        let real = out.narrow(1, width - n, *n);
        match options.readout {
            Readout::Last => out.select(1, width - 1),
            Readout::Final => h.narrow(0, -directions, directions).permute([1, 0, 2]).reshape([1, -1]),
            Readout::Max => real.amax(1, false),
            Readout::Mean => real.mean_dim(1, false, None),
            _ => unreachable!("not computed in groups"),
        }
    });
    Tensor::cat(&rows.collect::<Vec<_>>(), 0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// Lengths that differ much are computed in several groups, which short rows never are. In float64, where a maximum
    /// over hundreds of positions is not at another one for a rounding error.
    #[test]
    fn rows_of_very_different_lengths_give_what_whole_rows_give(
        lengths in prop::collection::vec(prop_oneof![1i64..30, 1i64..400, 350i64..400], 2..12),
        front: bool, layers in 1i64..3, bidirectional: bool,
        readout in prop::sample::select(vec![Readout::Last, Readout::Final, Readout::Max, Readout::Mean]),
    ) {
        on_every_device(|_| {
            let (input, hidden, pad) = (3, 4, if front { Pad::Front } else { Pad::Back });
            let options = RecurrentOptions { layers, bidirectional, readout, dropout: 0.0 };
            let lstm = Recurrent::new(Cell::Lstm, input, hidden, options).unwrap();
            let real = real(&lengths, 400, pad);
            let values = (ramp(&[lengths.len() as i64, 400, input], 1.0, 0.5) * &real).to_kind(Kind::Double);
            let parameters = named_parameters(&lstm);
            parameters.iter().for_each(|(_, p)| p.shallow_clone().set_data(&p.detach().to_kind(Kind::Double)));

            let x = values.detach().set_requires_grad(true);
            let y = run(&lstm, sequence(&x, &lengths, pad));
            probe(&y).backward();
            let got: Vec<Tensor> = parameters.iter().map(|(_, p)| p.grad().copy()).collect();

            let own: Vec<Tensor> = parameters.iter().map(|(_, p)| p.detach().set_requires_grad(true)).collect();
            let x_own = values.detach().set_requires_grad(true);
            let expected = whole_rows(&x_own, &lengths, pad, &own, options, hidden);
            probe(&expected).backward();

            let far = |a: &Tensor, b: &Tensor| (a - b).abs().max().double_value(&[]) / (1.0 + b.abs().max().double_value(&[]));
            assert!(far(&y, &expected) < 1e-12, "outputs: {}", far(&y, &expected));
            let (dx, dx_own) = (x.grad() * &real, x_own.grad() * &real);
            assert!(far(&dx, &dx_own) < 1e-12, "gradient of the input: {}", far(&dx, &dx_own));
            for ((name, _), (got, own)) in parameters.iter().zip(got.iter().zip(&own)) {
                assert!(far(got, &own.grad()) < 1e-12, "{name}: {}", far(got, &own.grad()));
            }
        });
    }
}
