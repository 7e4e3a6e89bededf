//! What is handed on of the positions of the last layer.

use super::dense::Dense;
use super::layer::Layer;
use super::norm::Norm;
use super::rows::{Asked, Rows};
use super::sight::Sight;
use super::step::Step;
use crate::error::Result;
use crate::ml::batch::Value;
use crate::ml::models::Readout;
use crate::ml::tensor::During;
use tch::Tensor;

/// The readouts that there are.
pub(super) const READOUTS: [Readout; 6] =
    [Readout::Last, Readout::Cls, Readout::Pooler, Readout::Mean, Readout::Max, Readout::All];

/// The last layer, and what stands behind it.
pub(super) struct End<'a> {
    pub layer: &'a Layer,
    pub sight: &'a Sight,
    pub norm: Option<&'a Norm>,
    pub pooler: Option<&'a Dense>,
}

impl End<'_> {
    /// Runs it on `x` (`[positions, hidden]`), as far as it is read.
    pub fn read(&self, readout: Readout, x: &Tensor, rows: &Rows, step: &Step) -> Result<Value> {
        let asked = |asked: Asked| {
            let x = self.layer.forward(x, asked, rows, self.sight, step)?;
            self.norm.map_or(Ok(x.shallow_clone()), |norm| norm.forward(&x))
        };
        let all = || rows.sequence(asked(Asked::All)?);
        let read = match (readout, self.pooler) {
            (Readout::Last, _) => asked(Asked::Last)?,
            (Readout::Cls, _) => asked(Asked::First)?,
            (Readout::Pooler, Some(pooler)) => {
                pooler.forward(&asked(Asked::First)?)?.f_tanh().during("encoder", &[x])?
            }
            (Readout::Mean, _) => all()?.mean()?,
            (Readout::Max, _) => all()?.max()?,
            (Readout::All, _) => return Ok(all()?.into()),
            (Readout::Pooler, None) | (Readout::Final, _) => {
                return Err(readout.unknown(&READOUTS).within("encoder"));
            }
        };
        Ok(read.into())
    }
}
