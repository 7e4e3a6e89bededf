//! A batch without its padding: the real positions of all rows one behind the other, `[positions, features]`.
//!
//! Whatever is computed for each position alone (all but attention) runs once over these, and attention runs row by row: a
//! row's positions see that row and nothing else, which is what a mask over padding says, without computing what it hides.
//!
//! The readout `last` reads the last position of the *padded* row, where in all but the longest rows a `[PAD]` stands. As
//! padding is seen by no other position, one such position behind a row's real ones gives the same numbers as all of them.

use super::plan::{Plan, Positions};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::batch::{Inputs, Layout, Pad, Sequence, Value};
use crate::ml::tensor::{During, describe, split};
use std::rc::Rc;
use tch::{Device, Kind, Tensor};

/// Where each row lies among the positions.
#[derive(Debug)]
pub(super) struct Rows {
    /// Real positions of each row: those that are seen.
    pub seen: Vec<i64>,
    /// Positions that are computed of each row: the real ones, and maybe the padding that is read.
    pub computed: Vec<i64>,
    /// How long the rows are, with the padding that is read.
    pub longest: i64,
    device: Device,
}

/// Which of a row's positions ask what the others hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    All,
    First,
    Last,
}

/// What is looked up for each of the positions, `[positions]`, int64.
#[derive(Debug)]
pub(super) struct Tokens {
    pub ids: Tensor,
    /// How many positions of the padded row are before it.
    pub places: Tensor,
    /// The row of the table of positions, where there is one.
    pub numbers: Tensor,
}

/// Padded token ids as they came.
struct Given {
    /// `[batch, width]`.
    ids: Tensor,
    lengths: Vec<i64>,
    /// The length of the rows if they were padded as far as can be: at least `width`.
    limit: i64,
    /// What stands at padding beyond `width`.
    pad_id: i64,
}

impl Rows {
    /// With `read_limit` the last position of the padded row is computed, too.
    ///
    /// # Errors
    /// What is no batch of token ids; rows that are longer than the positions that the model has.
    pub fn of(input: &Value, read_limit: bool, plan: &Plan) -> Result<(Rows, Tokens)> {
        let given = Given::of(input, plan.pad_token_id)?;
        let longest = if read_limit { given.limit } else { given.lengths.iter().copied().max().unwrap_or(0) };
        let positions = plan.longest();
        if longest > positions {
            let message = format!(
                "encoder: rows of {longest} tokens, but the model has {positions} positions: cut them, with a max_len of \
                 at most {positions}"
            );
            return Err(Error::value(message));
        }
        let width = given.ids.size()[1];
        let extra = given.ids.numel() as i64;
        let (mut index, mut places, mut computed) = (Vec::new(), Vec::new(), Vec::new());
        for (row, n) in (0..).zip(&given.lengths) {
            let start = row * width;
            index.extend(start..start + n);
            places.extend(0..*n);
            let padded = read_limit && *n < given.limit;
            if padded {
                let last = given.limit - 1;
                index.push(if last < width { start + last } else { extra });
                places.push(last);
            }
            computed.push(n + i64::from(padded));
        }
        let device = given.ids.device();
        let tensor =
            |numbers: &[i64]| Tensor::f_from_slice(numbers).and_then(|t| t.f_to_device(device)).during("encoder", &[]);
        let index = tensor(&index)?;
        // Of the padded rows those that are computed; behind them stands the padding beyond `width`.
        let chosen = |padded: &Tensor, behind: i64| -> Result<Tensor> {
            let flat = padded.f_reshape([-1]).during("encoder", &[padded])?;
            let flat = match read_limit {
                true => Tensor::f_cat(&[flat, tensor(&[behind])?], 0).during("encoder", &[padded])?,
                false => flat,
            };
            flat.f_index_select(0, &index).during("encoder", &[padded])
        };
        let ids = chosen(&given.ids, given.pad_id)?;
        let places = tensor(&places)?;
        let numbers = match plan.positions {
            Positions::BehindPadding(pad) => chosen(&behind_padding(&given.ids, pad)?, pad)?,
            Positions::Counted | Positions::Turned(_) => places.shallow_clone(),
        };
        Ok((Rows { seen: given.lengths, computed, longest, device }, Tokens { ids, places, numbers }))
    }

    /// How many positions of each row are asked.
    pub fn counts(&self, asked: Asked) -> Vec<i64> {
        match asked {
            Asked::All => self.computed.clone(),
            Asked::First | Asked::Last => vec![1; self.computed.len()],
        }
    }

    /// Those of `x` (`[positions, …]`) that are asked.
    pub fn asking(&self, x: &Tensor, asked: Asked) -> Result<Tensor> {
        match asked {
            Asked::All => Ok(x.shallow_clone()),
            Asked::First => self.starts(x),
            Asked::Last => self.ends(x),
        }
    }

    /// Where the positions that a row is asked for stand in the padded row.
    pub fn places(&self, row: usize, asked: Asked) -> Vec<i64> {
        let (seen, computed) = (self.seen[row], self.computed[row]);
        let last = if computed > seen { self.longest - 1 } else { seen - 1 };
        match asked {
            Asked::All => (0..seen).chain((computed > seen).then_some(last)).collect(),
            Asked::First => vec![0],
            Asked::Last => vec![last],
        }
    }

    /// The last of each row's positions, `[positions, features]` → `[batch, features]`.
    fn ends(&self, x: &Tensor) -> Result<Tensor> {
        let mut end = -1;
        self.pick(
            x,
            self.computed.iter().map(|n| {
                end += n;
                end
            }),
        )
    }

    /// The first of each row's positions, `[positions, features]` → `[batch, features]`.
    fn starts(&self, x: &Tensor) -> Result<Tensor> {
        let mut next = 0;
        self.pick(
            x,
            self.computed.iter().map(|n| {
                next += n;
                next - n
            }),
        )
    }

    fn pick(&self, x: &Tensor, places: impl Iterator<Item = i64>) -> Result<Tensor> {
        let index: Vec<i64> = places.collect();
        let index = Tensor::f_from_slice(&index).and_then(|i| i.f_to_device(self.device)).during("encoder", &[])?;
        x.f_index_select(0, &index).during("encoder", &[x])
    }

    /// The rows of `x` (`[positions, features]`), each `[length, features]`.
    pub fn split(&self, x: &Tensor) -> Result<Vec<Tensor>> {
        split(x, &self.computed, "encoder")
    }

    /// All positions as they were computed, `[positions, features]`, of which all must be real.
    pub fn sequence(&self, x: Tensor) -> Result<Sequence> {
        let width = self.computed.iter().copied().max().unwrap_or(1);
        let layout = Layout::new(self.computed.clone(), width, Pad::Back)?;
        Sequence::packed(x, Rc::new(layout)).map_err(|e| e.within("encoder"))
    }
}

impl Given {
    fn of(input: &Value, pad_id: Option<i64>) -> Result<Given> {
        let pad_id = pad_id.unwrap_or(0);
        let (ids, lengths, limit, pad_id) = match input {
            Value::Tensor(ids) if ids.dim() == 2 => {
                let size = ids.size();
                (ids.shallow_clone(), vec![size[1]; size[0] as usize], size[1], pad_id)
            }
            Value::Sequence(s) if s.layout().pad() == Pad::Back && s.shape().len() == 2 => {
                (s.to_padded()?, s.layout().lengths().to_vec(), s.layout().width(), pad_id)
            }
            Value::Batch(batch) => match &batch.inputs {
                Inputs::Words(w) if w.pad == Pad::Back => {
                    let lengths = Vec::<i64>::try_from(&w.lengths)?;
                    (w.ids.shallow_clone(), lengths, w.limit, w.pad_id)
                }
                Inputs::Tensor(ids) if ids.dim() == 2 => return Given::of(&ids.shallow_clone().into(), Some(pad_id)),
                _ => return Err(refused(input)),
            },
            _ => return Err(refused(input)),
        };
        if ids.kind() != Kind::Int64 || ids.numel() == 0 {
            let message = format!("an encoder takes token ids, int64 [batch, length], got {}", describe(&ids));
            return Err(Error::new(ErrorKind::Kind, message));
        }
        Ok(Given { ids, lengths, limit, pad_id })
    }
}

/// transformers' `create_position_ids_from_input_ids`: each token that does not pad is counted from behind the number of the one that does.
fn behind_padding(ids: &Tensor, pad: i64) -> Result<Tensor> {
    let real = ids.f_ne(pad).and_then(|real| real.f_to_kind(Kind::Int64));
    let numbers = real.and_then(|real| real.f_cumsum(1, Kind::Int64)?.f_mul(&real)?.f_add_scalar(pad));
    numbers.during("encoder", &[ids])
}

fn refused(input: &Value) -> Error {
    let front = match input {
        Value::Sequence(s) => s.layout().pad() == Pad::Front,
        Value::Batch(b) => matches!(&b.inputs, Inputs::Words(w) if w.pad == Pad::Front),
        Value::Tensor(_) => false,
    };
    let given = if front { "rows padded in front".to_string() } else { format!("{:?}", input.shape()) };
    Error::shape(format!("an encoder takes token ids [batch, length], padded behind, got {given}"))
}
