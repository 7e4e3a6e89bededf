//! Where a position stands in its row, as a vector that is added to it: attention alone does not tell.

use crate::error::{Error, ErrorKind, Result, choose};
use crate::ml::tensor::During;
use tch::{Kind, TchError, Tensor};

/// How positions are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Positions {
    /// Not at all, as in PyTorch, or by what comes before.
    #[default]
    None,
    /// `sin(p / 10000^(2i/width))` and its cosine in turn (Vaswani et al. 2017).
    Sinusoidal,
    /// A trained table, as in BERT.
    Learned,
}

const POSITIONS: [(&str, Positions); 3] =
    [("none", Positions::None), ("sinusoidal", Positions::Sinusoidal), ("learned", Positions::Learned)];

impl Positions {
    /// `"learned"` → [`Positions::Learned`].
    ///
    /// # Errors
    /// Another word, with the nearest known one.
    pub fn parse(name: &str) -> Result<Positions> {
        choose(&POSITIONS, name, ErrorKind::Option, "positions")
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Positions::None => "none",
            Positions::Sinusoidal => "sinusoidal",
            Positions::Learned => "learned",
        }
    }
}

/// `[positions, width]`.
fn sinusoidal(count: i64, width: i64, like: &Tensor) -> Result<Tensor, TchError> {
    let place = Tensor::f_arange(count, (Kind::Double, like.device()))?.f_unsqueeze(1)?;
    let even = Tensor::f_arange((width + 1) / 2, (Kind::Double, like.device()))?;
    let rate = even.f_mul_scalar(-2.0 * 10000f64.ln() / width as f64)?.f_exp()?;
    let angles = place.f_mul(&rate)?;
    let both = Tensor::f_stack(&[angles.f_sin()?, angles.f_cos()?], 2)?;
    both.f_reshape([count, -1])?.f_narrow(1, 0, width)?.f_to_kind(like.kind())
}

/// Adds to each position of rows of these lengths what tells its place: of a trained `table`, where there is one, or of sine and cosine.
pub(super) fn add(x: &Tensor, lengths: &[i64], table: Option<&Tensor>) -> Result<Tensor> {
    let longest = lengths.iter().copied().max().unwrap_or(0);
    if let Some(most) = table.map(|table| table.size()[0]).filter(|most| longest > *most) {
        return Err(Error::value(format!(
            "transformer_encoder: a row of {longest} positions, and the table of positions has {most}: cut rows, or use a larger max_len"
        )));
    }
    let added = || {
        let made;
        let table = match table {
            Some(table) => table,
            None => {
                made = sinusoidal(longest, x.size()[1], x)?;
                &made
            }
        };
        let places: Vec<i64> = lengths.iter().flat_map(|n| 0..*n).collect();
        let places = Tensor::f_from_slice(&places)?.f_to_device(x.device())?;
        x.f_add(&Tensor::f_embedding(table, &places, -1, false, false)?)
    };
    added().during("transformer_encoder", &[x])
}
