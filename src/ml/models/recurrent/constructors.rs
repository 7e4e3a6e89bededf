//! The rows of the recurrent layers.

use super::{Lstm, LstmOptions};
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
    build: Build::Two(["in_features", "hidden"], |options| constructor(options, false)),
};

pub(crate) const BILSTM: Row = Row {
    name: "bilstm",
    doc: "An `lstm` in both directions; the outputs of the two stand side by side, `[batch, 2·hidden]`. With the readout\n\
          `\"last\"`, PyTorch's `output[-1]`, the reverse direction has seen the last word only. Takes `lstm`'s options.",
    example: "assert_eq(bilstm(3, 8, #{ readout: \"mean\" }).forward(zeros([2, 5, 3])).shape, [2, 16]);",
    build: Build::Two(["in_features", "hidden"], |options| constructor(options, true)),
};

fn constructor(options: &mut dyn ReadOptions, bidirectional: bool) -> Result<OfTwo> {
    let usual = LstmOptions::default();
    let options = LstmOptions {
        layers: options.integer("layers", usual.layers)?,
        bidirectional,
        dropout: options.number("dropout", usual.dropout)?,
        readout: Readout::parse(&options.string("readout", usual.readout.name())?, &Lstm::READOUTS)?,
    };
    Ok(Box::new(move |input, hidden| Ok(Rc::new(Lstm::new(input, hidden, options)?))))
}
