//! What is handed on of the positions of the last layer.

use super::dense::Dense;
use super::layer::Layer;
use super::rows::Rows;
use super::step::Step;
use crate::error::Result;
use crate::ml::batch::Value;
use crate::ml::models::Readout;
use crate::ml::tensor::During;
use tch::Tensor;

/// The readouts that there are.
pub(super) const READOUTS: [Readout; 6] =
    [Readout::Last, Readout::Cls, Readout::Pooler, Readout::Mean, Readout::Max, Readout::All];

/// Runs the last layer on `x` (`[positions, hidden]`), as far as it is read.
pub(super) fn read(
    readout: Readout,
    last: &Layer,
    pooler: &Dense,
    x: &Tensor,
    rows: &Rows,
    step: &Step,
) -> Result<Value> {
    let all = || rows.sequence(last.forward(x, rows, step)?);
    let read = match readout {
        Readout::Last => last.forward_one(x, &rows.ends(x)?, rows, step)?,
        Readout::Cls => last.forward_one(x, &rows.starts(x)?, rows, step)?,
        Readout::Pooler => {
            let first = last.forward_one(x, &rows.starts(x)?, rows, step)?;
            pooler.forward(&first)?.f_tanh().during("bert", &[x])?
        }
        Readout::Mean => all()?.mean()?,
        Readout::Max => all()?.max()?,
        Readout::All => return Ok(all()?.into()),
        Readout::Final => return Err(readout.unknown(&READOUTS).within("bert")),
    };
    Ok(read.into())
}
