//! What is handed on of the positions of the last layer.

use super::dense::Dense;
use super::layer::Layer;
use super::rows::Rows;
use super::step::Step;
use crate::error::{ErrorKind, Result, choose};
use crate::ml::batch::{Pad, Sequence, Value};
use crate::ml::tensor::During;
use tch::Tensor;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Readout {
    /// The last position of the padded row (the lab's): a `[PAD]` in all rows but those that fill it.
    #[default]
    Last,
    /// The first position, where `[CLS]` stands.
    Cls,
    /// `BertModel`'s `pooler_output`: the first position through a linear layer and tanh, which pre-training has trained.
    Pooler,
    /// The mean over the real positions.
    Mean,
    /// The maximum over the real positions.
    Max,
    /// All positions, as a sequence.
    All,
}

const READOUTS: [(&str, Readout); 6] = [
    ("last", Readout::Last),
    ("cls", Readout::Cls),
    ("pooler", Readout::Pooler),
    ("mean", Readout::Mean),
    ("max", Readout::Max),
    ("all", Readout::All),
];

impl Readout {
    /// `"mean"` → [`Readout::Mean`].
    ///
    /// # Errors
    /// Another word, with the nearest known one.
    pub fn parse(name: &str) -> Result<Self> {
        choose(&READOUTS, name, ErrorKind::Option, "readout")
    }

    pub fn name(self) -> &'static str {
        READOUTS.iter().find(|(_, readout)| *readout == self).map_or("last", |(name, _)| name)
    }

    pub fn all() -> [Readout; 6] {
        READOUTS.map(|(_, readout)| readout)
    }

    /// Runs the last layer on `x` (`[positions, hidden]`), as far as it is read.
    pub(super) fn of(self, last: &Layer, pooler: &Dense, x: &Tensor, rows: &Rows, step: &Step) -> Result<Value> {
        let each = |f: fn(&Tensor) -> Result<Tensor, tch::TchError>| {
            let all = rows.split(&last.forward(x, rows, step)?)?;
            let read = all.iter().map(f).collect::<Result<Vec<_>, _>>().and_then(|read| Tensor::f_stack(&read, 0));
            read.during("bert", &[x])
        };
        let read = match self {
            Readout::Last => last.forward_one(x, &rows.ends(x)?, rows, step)?,
            Readout::Cls => last.forward_one(x, &rows.starts(x)?, rows, step)?,
            Readout::Pooler => {
                let first = last.forward_one(x, &rows.starts(x)?, rows, step)?;
                pooler.forward(&first)?.f_tanh().during("bert", &[x])?
            }
            Readout::Mean => each(|row| row.f_mean_dim(0i64, false, None))?,
            Readout::Max => each(|row| row.f_amax(0i64, false))?,
            Readout::All => {
                let padded = rows.padded(&last.forward(x, rows, step)?)?;
                let lengths = Tensor::f_from_slice(&rows.seen).during("bert", &[])?;
                return Ok(Sequence::new(padded, lengths, Pad::Back)?.into());
            }
        };
        Ok(read.into())
    }
}
