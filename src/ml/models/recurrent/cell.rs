//! The kinds of recurrent cells: what each is called, and how libtorch runs it.
//!
//! | cell | a step, with zero states to begin with |
//! | --- | --- |
//! | LSTM | `i, f, o = σ(W x + b + U h + c)`, `g = tanh(…)` likewise, `c' = f⊙c + i⊙g`, `h' = o⊙tanh(c')` |
//! | GRU | `r, z = σ(W x + b + U h + c)`, `n = tanh(W x + b + r⊙(U h + c))`, `h' = (1 − z)⊙n + z⊙h` |
//! | RNN | `h' = tanh(W x + b + U h + c)`, or `relu` |

use crate::error::{ErrorKind, Result, choose};
use tch::{TchError, Tensor};

/// A recurrent cell. Its weights stand in PyTorch's order: i, f, g, o of an LSTM; r, z, n of a GRU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cell {
    /// Long short-term memory (Hochreiter, Schmidhuber 1997).
    #[default]
    Lstm,
    /// Gated recurrent units (Cho et al. 2014), the reset gate behind the product, as PyTorch and cuDNN have it.
    Gru,
    /// The plain one (Elman 1990).
    Rnn(Nonlinearity),
}

/// What a plain recurrent cell computes of its sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Nonlinearity {
    #[default]
    Tanh,
    Relu,
}

const NONLINEARITIES: [(&str, Nonlinearity); 2] = [("tanh", Nonlinearity::Tanh), ("relu", Nonlinearity::Relu)];

impl Nonlinearity {
    /// `"relu"` → [`Nonlinearity::Relu`].
    ///
    /// # Errors
    /// Another word, with the nearest known one.
    pub fn parse(name: &str) -> Result<Self> {
        choose(&NONLINEARITIES, name, ErrorKind::Option, "nonlinearity")
    }

    pub fn name(self) -> &'static str {
        match self {
            Nonlinearity::Tanh => "tanh",
            Nonlinearity::Relu => "relu",
        }
    }
}

impl Cell {
    /// As scripts call it.
    pub fn name(self) -> &'static str {
        match self {
            Cell::Lstm => "lstm",
            Cell::Gru => "gru",
            Cell::Rnn(_) => "rnn",
        }
    }

    /// As PyTorch calls it.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Cell::Lstm => "LSTM",
            Cell::Gru => "GRU",
            Cell::Rnn(_) => "RNN",
        }
    }

    /// Rows of the weights for each hidden unit.
    pub(super) fn gates(self) -> i64 {
        match self {
            Cell::Lstm => 4,
            Cell::Gru => 3,
            Cell::Rnn(_) => 1,
        }
    }

    /// Whether it has a second state besides its output.
    pub(super) fn has_cells(self) -> bool {
        self == Cell::Lstm
    }

    /// The kernel's number for it.
    pub(super) fn number(self) -> i64 {
        match self {
            Cell::Lstm => 0,
            Cell::Gru => 1,
            Cell::Rnn(Nonlinearity::Tanh) => 2,
            Cell::Rnn(Nonlinearity::Relu) => 3,
        }
    }

    /// The bias of the kernel's gates, of both biases, `[gates·H]` each. It adds them wherever it adds what they belong to: a GRU's new gate has
    /// one beside the input's part, and the other beside the state's.
    pub(super) fn joined_bias(self, input: &Tensor, state: &Tensor) -> Result<Tensor, TchError> {
        if self != Cell::Gru {
            return input.f_add(state);
        }
        let hidden = input.size()[0] / 3;
        let both = input.f_narrow(0, 0, 2 * hidden)?.f_add(&state.f_narrow(0, 0, 2 * hidden)?)?;
        let own = |bias: &Tensor| bias.f_narrow(0, 2 * hidden, hidden);
        Tensor::f_cat(&[own(input)?, both, own(state)?], 0)
    }

    /// libtorch's layer over `[batch, length, F]`: its outputs, and the states behind the last step, `[D, batch, H]`.
    pub(super) fn run(
        self,
        x: &Tensor,
        states: &[Tensor],
        parameters: &[&Tensor],
        train: bool,
    ) -> Result<(Tensor, Vec<Tensor>), TchError> {
        let bidirectional = parameters.len() == 8;
        let states: Vec<&Tensor> = states.iter().collect();
        Ok(match self {
            Cell::Lstm => {
                let (y, h, c) = x.f_lstm(&states, parameters, true, 1, 0.0, train, bidirectional, true)?;
                (y, vec![h, c])
            }
            Cell::Gru => {
                let (y, h) = x.f_gru(states[0], parameters, true, 1, 0.0, train, bidirectional, true)?;
                (y, vec![h])
            }
            Cell::Rnn(Nonlinearity::Tanh) => {
                let (y, h) = x.f_rnn_tanh(states[0], parameters, true, 1, 0.0, train, bidirectional, true)?;
                (y, vec![h])
            }
            Cell::Rnn(Nonlinearity::Relu) => {
                let (y, h) = x.f_rnn_relu(states[0], parameters, true, 1, 0.0, train, bidirectional, true)?;
                (y, vec![h])
            }
        })
    }
}
