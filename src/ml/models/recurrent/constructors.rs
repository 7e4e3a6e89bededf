//! The rows of the recurrent layers.

use super::{Cell, Nonlinearity, Recurrent, RecurrentOptions};
use crate::error::Result;
use crate::ml::models::{Build, OfTwo, Readout, Row};
use crate::ml::options::ReadOptions;
use std::rc::Rc;

pub(crate) const LSTM: Row = Row {
    name: "lstm",
    doc: "A long short-term memory (Hochreiter, Schmidhuber 1997) over sequences, `[batch, length, in]`. Padding never\n\
          touches a result. Parameters have PyTorch's names and start uniform in ±1/√hidden. Options:\n\
          - `readout`: `\"last\"` the output at the last position, `\"final\"` the final state of each direction, `\"max\"` and\n  \
          `\"mean\"` over the real positions, all `[batch, hidden]`; or `\"all\"`, a sequence `[batch, length, hidden]`\n\
          - `layers` 1, `dropout` 0 between them",
    example: "let net = lstm(3, 8, #{ readout: \"max\" });\n\
          assert_eq(net.forward(zeros([2, 5, 3])).shape, [2, 8]);",
    build: Build::Two(["in_features", "hidden"], |options| constructor(Cell::Lstm, options, false)),
};

pub(crate) const BILSTM: Row = Row {
    name: "bilstm",
    doc: "An `lstm` in both directions; the outputs of the two stand side by side, `[batch, 2·hidden]`. With the readout\n\
          `\"last\"`, PyTorch's `output[-1]`, the reverse direction has seen the last word only. Takes `lstm`'s options.",
    example: "assert_eq(bilstm(3, 8, #{ readout: \"mean\" }).forward(zeros([2, 5, 3])).shape, [2, 16]);",
    build: Build::Two(["in_features", "hidden"], |options| constructor(Cell::Lstm, options, true)),
};

pub(crate) const GRU: Row = Row {
    name: "gru",
    doc: "Gated recurrent units (Cho and others 2014) over sequences, `[batch, length, in]`, as PyTorch's `GRU` computes them: the\n\
          reset gate stands behind the product with the state. Padding never touches a result. Options:\n\
          - `bidirectional` false: both directions, their outputs side by side, `[batch, 2·hidden]`\n\
          - `readout`, `layers` and `dropout` as `lstm` has them",
    example: "let net = gru(3, 8, #{ readout: \"max\", bidirectional: true });\n\
          assert_eq(net.forward(zeros([2, 5, 3])).shape, [2, 16]);",
    build: Build::Two(["in_features", "hidden"], |options| {
        let bidirectional = options.boolean("bidirectional", false)?;
        constructor(Cell::Gru, options, bidirectional)
    }),
};

pub(crate) const RNN: Row = Row {
    name: "rnn",
    doc: "A plain recurrent layer (Elman 1990) over sequences, `[batch, length, in]`: `h' = tanh(W x + b + U h + c)`. Options:\n\
          - `nonlinearity` `\"tanh\"`, or `\"relu\"`\n\
          - `bidirectional` false: both directions, their outputs side by side, `[batch, 2·hidden]`\n\
          - `readout`, `layers` and `dropout` as `lstm` has them",
    example: "let net = rnn(3, 8, #{ nonlinearity: \"relu\" });\n\
          assert_eq(net.named_parameters()[1][0], \"weight_hh_l0\");\n\
          assert_eq(net.forward(zeros([2, 5, 3])).shape, [2, 8]);",
    build: Build::Two(["in_features", "hidden"], |options| {
        let nonlinearity = options.string("nonlinearity", Nonlinearity::default().name())?;
        let cell = Cell::Rnn(Nonlinearity::parse(&nonlinearity).map_err(|e| e.within("rnn"))?);
        let bidirectional = options.boolean("bidirectional", false)?;
        constructor(cell, options, bidirectional)
    }),
};

fn constructor(cell: Cell, options: &mut dyn ReadOptions, bidirectional: bool) -> Result<OfTwo> {
    let usual = RecurrentOptions::default();
    let options = RecurrentOptions {
        layers: options.integer("layers", usual.layers)?,
        bidirectional,
        dropout: options.number("dropout", usual.dropout)?,
        readout: Readout::parse(&options.string("readout", usual.readout.name())?, &Recurrent::READOUTS)?,
    };
    Ok(Box::new(move |input, hidden| Ok(Rc::new(Recurrent::new(cell, input, hidden, options)?))))
}
