//! A table of vectors, looked up by index.

use super::{Build, Module, Pass, Replica, Row, init, module::EXAMPLE_LENGTH};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::batch::{Inputs, Value};
use crate::ml::device;
use crate::ml::tensor::{During, describe};
use std::rc::Rc;
use tch::{Kind, Tensor};

pub(super) const ROW: Row = Row {
    name: "embedding",
    doc: "A table of vectors looked up by index: int64 `[…]` → `[…, dimensions]`; a batch of words becomes a sequence of\n\
          vectors. Its `weight` `[count, dimensions]` starts normal(0, 1) and is trained. Option: `padding_idx`, a row that\n\
          stays zero.",
    example: "assert_eq(embedding(10, 4).forward(tensor([[1, 2, 3]])).shape, [1, 3, 4]);",
    build: Build::Two(["count", "dimensions"], |options| {
        let padding = options.optional_integer("padding_idx")?;
        Ok(Box::new(move |count, dimensions| Ok(Rc::new(Embedding::new(count, dimensions, padding)?))))
    }),
};

/// PyTorch's `Embedding`: int64 indices `[…]` become vectors `[…, dimensions]`; a batch of words, a sequence of vectors.
#[derive(Debug)]
pub struct Embedding {
    /// `[count, dimensions]`.
    weight: Tensor,
    padding: Option<i64>,
}

impl Embedding {
    /// A trained table, normal(0, 1) as in PyTorch. The row `padding_idx`, if given, starts at zero and stays there.
    ///
    /// # Errors
    /// A size below 1, a `padding_idx` outside the table.
    pub fn new(count: i64, dimensions: i64, padding_idx: Option<i64>) -> Result<Self> {
        init::at_least_one("embedding", "the number of rows", count)?;
        init::at_least_one("embedding", "dimensions", dimensions)?;
        check_padding(padding_idx, count)?;
        let weight = init::normal(&[count, dimensions])?;
        if let Some(row) = padding_idx {
            let _ = tch::no_grad(|| weight.f_narrow(0, row, 1)?.f_zero_()).during("embedding", &[&weight])?;
        }
        Ok(Embedding { weight, padding: padding_idx })
    }

    /// A table that is there already, `[count, dimensions]`. A fixed one is shared with the caller, not copied; one that is
    /// trained is a copy, for training must not change the caller's.
    ///
    /// # Errors
    /// A table of other than two dimensions or not of a floating-point kind, a `padding_idx` outside it.
    pub fn from_table(table: &Tensor, trained: bool, padding_idx: Option<i64>) -> Result<Self> {
        let size = table.size();
        if size.len() != 2 || size.contains(&0) {
            return Err(Error::shape(format!("embedding takes a table [rows, dimensions], got {}", describe(table))));
        }
        if !matches!(table.kind(), Kind::Float | Kind::Double | Kind::BFloat16) {
            let message = format!("embedding takes a table of a floating-point kind, got {}", describe(table));
            return Err(Error::new(ErrorKind::Kind, message));
        }
        check_padding(padding_idx, size[0])?;
        let own = table.f_detach().and_then(|t| t.f_to_device(device::current())).during("embedding", &[table])?;
        let weight = match trained {
            true => {
                let mut copy = own.f_empty_like().during("embedding", &[table])?;
                copy.f_copy_(&own).and_then(|()| copy.f_set_requires_grad(true)).during("embedding", &[table])?
            }
            false => own,
        };
        Ok(Embedding { weight, padding: padding_idx })
    }

    fn look_up(&self, ids: &Tensor) -> Result<Tensor> {
        if !matches!(ids.kind(), Kind::Int64 | Kind::Int) {
            let message = format!("embedding({}) takes int64 indices, got {}", self.describe(), describe(ids));
            return Err(Error::new(ErrorKind::Kind, message));
        }
        // -1 is libtorch's word for none.
        let padding = self.padding.unwrap_or(-1);
        Tensor::f_embedding(&self.weight, ids, padding, false, false).during("embedding", &[&self.weight, ids]).map_err(
            |e| match e.message.contains("out of range") {
                true => Error::value(format!(
                    "embedding({}): an index is outside its table (0 to {})",
                    self.describe(),
                    self.weight.size()[0] - 1
                )),
                false => e,
            },
        )
    }
}

fn check_padding(row: Option<i64>, count: i64) -> Result<()> {
    match row {
        Some(row) if !(0..count).contains(&row) => {
            Err(Error::value(format!("embedding: padding_idx {row} is outside the table (0 to {})", count - 1)))
        }
        _ => Ok(()),
    }
}

impl Module for Embedding {
    fn type_name(&self) -> &str {
        "Embedding"
    }

    fn describe(&self) -> String {
        let size = self.weight.size();
        let padding = self.padding.map(|row| format!(", padding_idx={row}")).unwrap_or_default();
        let fixed = if self.weight.requires_grad() { "" } else { ", fixed" };
        format!("{}, {}{padding}{fixed}", size[0], size[1])
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        match input {
            Value::Tensor(ids) => Ok(self.look_up(ids)?.into()),
            Value::Sequence(s) => Ok(s.map(|ids| self.look_up(ids))?.into()),
            Value::Batch(batch) => match &batch.inputs {
                Inputs::Words(w) => Ok(w.sequence()?.map(|ids| self.look_up(ids))?.into()),
                Inputs::Tensor(ids) => Ok(self.look_up(ids)?.into()),
            },
        }
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        vec![("weight".to_string(), self.weight.shallow_clone())]
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(Embedding { weight: replica.tensor(&self.weight)?, padding: self.padding }))
    }

    fn example_input(&self) -> Option<Value> {
        Tensor::f_zeros([1, EXAMPLE_LENGTH], (Kind::Int64, self.weight.device())).ok().map(Value::from)
    }
}
