//! A bag of vectors: one for each row, of the vectors of its words and of its word n-grams.

use super::{Build, Module, Pass, Replica, Row, init, module::EXAMPLE_LENGTH};
use crate::error::{Error, ErrorKind, Result, choose};
use crate::ml::batch::{Inputs, Layout, Sequence, Value};
use crate::ml::options::ReadOptions;
use crate::ml::tensor::{During, kind_name};
use std::rc::Rc;
use tch::{Kind, Tensor};

pub(super) const ROW: Row = Row {
    name: "embedding_bag",
    doc: "One vector for each row of indices, int64 `[batch, length]` → `[batch, dimensions]`: the sum, mean or maximum of the vectors\n\
          of its real positions. Its `weight` `[count + buckets, dimensions]` starts normal(0, 1). Options:\n\
          - `mode` `\"mean\"`, `\"sum\"` or `\"max\"`\n\
          - `ngrams` 1: with 2, pairs of neighbouring words have vectors, too, and so on (Joulin et al. 2017, fastText). As many\n  \
          `buckets` as are given share them: n-gram `a b` has bucket `(a · 116049371 + b) mod buckets`",
    example: "let net = embedding_bag(100, 4, #{ ngrams: 2, buckets: 1000 });\n\
          assert_eq(net.weight.shape, [1100, 4]);\n\
          assert_eq(net.forward(tensor([[1, 2, 3]])).shape, [1, 4]);",
    build: Build::Two(["count", "dimensions"], |options| {
        let options = BagOptions::read(options)?;
        Ok(Box::new(move |count, dimensions| Ok(Rc::new(EmbeddingBag::new(count, dimensions, options)?))))
    }),
};

/// What is taken of a row's vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BagMode {
    Sum,
    Mean,
    Max,
}

/// In libtorch's order.
const MODES: [(&str, BagMode); 3] = [("sum", BagMode::Sum), ("mean", BagMode::Mean), ("max", BagMode::Max)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BagOptions {
    pub mode: BagMode,
    /// The longest n-grams.
    pub ngrams: i64,
    /// Vectors that n-grams of two words and more share.
    pub buckets: i64,
}

impl Default for BagOptions {
    fn default() -> Self {
        BagOptions { mode: BagMode::Mean, ngrams: 1, buckets: 0 }
    }
}

impl BagOptions {
    fn read(options: &mut dyn ReadOptions) -> Result<BagOptions> {
        let mode = options.string("mode", "mean")?;
        let mode = choose(&MODES, &mode, ErrorKind::Option, "mode").map_err(|e| e.within("embedding_bag"))?;
        Ok(BagOptions { mode, ngrams: options.integer("ngrams", 1)?, buckets: options.integer("buckets", 0)? })
    }

    fn mode_name(&self) -> &'static str {
        MODES[self.mode as usize].0
    }
}

/// PyTorch's `EmbeddingBag` over rows of indices, with fastText's hashed n-grams.
#[derive(Debug)]
pub struct EmbeddingBag {
    /// `[count + buckets, dimensions]`.
    weight: Tensor,
    count: i64,
    options: BagOptions,
}

/// fastText's (`Dictionary::addWordNgrams`).
const FACTOR: u64 = 116_049_371;

impl EmbeddingBag {
    /// # Errors
    /// A size below 1; n-grams without buckets, and buckets without n-grams.
    pub fn new(count: i64, dimensions: i64, options: BagOptions) -> Result<EmbeddingBag> {
        let BagOptions { ngrams, buckets, .. } = options;
        init::at_least_one("embedding_bag", "the number of rows", count)?;
        init::at_least_one("embedding_bag", "dimensions", dimensions)?;
        init::at_least_one("embedding_bag", "ngrams", ngrams)?;
        if ngrams > 1 {
            init::at_least_one("embedding_bag", "buckets, which n-grams of several words share,", buckets)?;
        } else if buckets != 0 {
            return Err(Error::value(format!(
                "embedding_bag: {buckets} buckets are for n-grams of several words: use ngrams of 2 or more"
            )));
        }
        let weight = init::normal(&[count + buckets, dimensions])?;
        Ok(EmbeddingBag { weight, count, options })
    }

    /// The rows of the table that each row asks for, one behind the other, and where each begins.
    fn wanted(&self, rows: &Sequence) -> Result<(Vec<i64>, Vec<i64>)> {
        let ids = rows.to_packed()?.f_to_kind(Kind::Int64).during("embedding_bag", &[])?;
        let ids = Vec::<i64>::try_from(ids)?;
        if let Some(id) = ids.iter().find(|id| !(0..self.count).contains(*id)) {
            let (layer, last) = (self.describe(), self.count - 1);
            return Err(Error::value(format!("embedding_bag({layer}): index {id} is outside its table (0 to {last})")));
        }
        let (mut wanted, mut offsets, mut first) = (Vec::with_capacity(ids.len()), Vec::new(), 0);
        for n in rows.layout().lengths() {
            offsets.push(wanted.len() as i64);
            let row = &ids[first..first + *n as usize];
            wanted.extend_from_slice(row);
            for begin in 0..row.len() {
                let mut hash = row[begin] as u64;
                for id in row[begin + 1..].iter().take(self.options.ngrams as usize - 1) {
                    hash = hash.wrapping_mul(FACTOR).wrapping_add(*id as u64);
                    wanted.push(self.count + (hash % self.options.buckets as u64) as i64);
                }
            }
            first += *n as usize;
        }
        Ok((wanted, offsets))
    }

    fn bag(&self, rows: &Sequence) -> Result<Value> {
        let (wanted, offsets) = self.wanted(rows)?;
        let on_device = |numbers: &[i64]| Tensor::f_from_slice(numbers)?.f_to_device(self.weight.device());
        let bags = || {
            let (indices, offsets) = (on_device(&wanted)?, on_device(&offsets)?);
            let mode = self.options.mode as i64;
            Tensor::f_embedding_bag::<Tensor>(&self.weight, &indices, &offsets, false, mode, false, None, false)
        };
        Ok(bags().during("embedding_bag", &[&self.weight])?.0.into())
    }

    /// Rows of indices: `[batch, length]`, a sequence of them, or a batch of words.
    fn rows(&self, input: &Value) -> Result<Rc<Sequence>> {
        let refused = |shape: &[i64], kind: Kind| {
            let (layer, kind) = (self.describe(), kind_name(kind));
            Error::shape(format!("embedding_bag({layer}) takes int64 indices [batch, length], got {shape:?} {kind}"))
        };
        let rows = match input {
            Value::Sequence(s) => s.clone(),
            Value::Batch(batch) => match &batch.inputs {
                Inputs::Words(words) => Rc::new(words.sequence()?),
                Inputs::Tensor(t) => return self.rows(&t.shallow_clone().into()),
            },
            Value::Tensor(t) if t.dim() == 2 => {
                let layout = Layout::full(t.size()[0], t.size()[1]).map_err(|e| e.within("embedding_bag"))?;
                Rc::new(Sequence::padded_as(t.shallow_clone(), Rc::new(layout)))
            }
            Value::Tensor(t) => return Err(refused(&t.size(), t.kind())),
        };
        match rows.shape().len() == 2 && matches!(rows.kind(), Kind::Int64 | Kind::Int) {
            true => Ok(rows),
            false => Err(refused(&rows.shape(), rows.kind())),
        }
    }
}

impl Module for EmbeddingBag {
    fn type_name(&self) -> &str {
        "EmbeddingBag"
    }

    fn describe(&self) -> String {
        let BagOptions { ngrams, buckets, .. } = self.options;
        let grams = if ngrams > 1 { format!(", ngrams={ngrams}, buckets={buckets}") } else { String::new() };
        format!("{}, {}, mode=\"{}\"{grams}", self.count, self.weight.size()[1], self.options.mode_name())
    }

    fn forward(&self, input: &Value, _: &Pass) -> Result<Value> {
        self.bag(self.rows(input)?.as_ref())
    }

    fn own_parameters(&self) -> Vec<(String, Tensor)> {
        vec![("weight".to_string(), self.weight.shallow_clone())]
    }

    fn replicate(&self, replica: &mut Replica) -> Result<Rc<dyn Module>> {
        Ok(Rc::new(EmbeddingBag { weight: replica.tensor(&self.weight)?, count: self.count, options: self.options }))
    }

    fn example_input(&self) -> Option<Value> {
        Tensor::f_zeros([1, EXAMPLE_LENGTH], (Kind::Int64, self.weight.device())).ok().map(Value::from)
    }
}
