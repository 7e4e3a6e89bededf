//! Rows and their labels: word indices, or rows of a tensor.

use super::fingerprint::Fingerprint;
use super::{Encoded, Objective};
use crate::error::{Error, Result};
use crate::memory;
use crate::ml::batch::{Batch, Inputs, Pad, Words};
use crate::ml::device;
use crate::ml::tensor::{During, bytes, describe};
use std::borrow::Cow;
use std::rc::Rc;
use tch::{Device, Tensor};

/// How rows of words become tensors.
#[derive(Debug, Clone)]
pub struct WordOptions {
    pub pad: Pad,
    /// Fills every batch up to the data set's `max_len`, as the lab does; otherwise to the batch's longest row.
    pub to_limit: bool,
    /// `[words, dimensions]`: fixed vectors of the vocabulary's words. They are brought to the current device.
    pub vectors: Option<Rc<Tensor>>,
}

impl Default for WordOptions {
    fn default() -> Self {
        WordOptions { pad: Pad::Back, to_limit: false, vectors: None }
    }
}

/// Rows with a label each. Subsets share the words and vectors.
#[derive(Debug)]
pub struct Dataset {
    rows: Rows,
    /// `[rows]` int64 or `[rows, …]`; of word data sets on the CPU.
    labels: Tensor,
    /// What batches ask in the place of labels.
    objective: Option<Rc<Objective>>,
}

#[derive(Debug)]
enum Rows {
    Words(Encoded, WordOptions),
    Tensor(Tensor),
}

impl Dataset {
    /// A data set of words; `labels` is `[rows]` int64 classes, or `[rows, …]` float targets.
    ///
    /// # Errors
    /// No rows, labels of another number, vectors that are not `[words of the vocabulary, dimensions]`.
    pub fn words(encoded: Encoded, labels: &Tensor, options: WordOptions) -> Result<Dataset> {
        let labels = checked(labels, encoded.len())?;
        let labels = labels.f_to_device(Device::Cpu).during("dataset", &[&labels])?;
        let vectors = match options.vectors {
            None => None,
            Some(vectors) if vectors.dim() == 2 && vectors.size()[0] == encoded.vocabulary() as i64 => {
                let there = vectors.f_to_device(device::current()).during("dataset", &[&vectors])?;
                Some(Rc::new(there))
            }
            Some(vectors) => {
                return Err(Error::shape(format!(
                    "dataset: the vectors of a vocabulary of {n} words must be [{n}, dimensions], got {}",
                    describe(&vectors),
                    n = encoded.vocabulary(),
                )));
            }
        };
        Ok(Dataset { rows: Rows::Words(encoded, WordOptions { vectors, ..options }), labels, objective: None })
    }

    /// A data set of tensors: `x` `[rows, …]` and `y` `[rows, …]`. They stay on their device; batches are on the
    /// current one.
    ///
    /// # Errors
    /// No rows, or `x` and `y` of different numbers of rows.
    pub fn tensors(x: &Tensor, y: &Tensor) -> Result<Dataset> {
        let rows = x.size().first().copied().ok_or_else(|| {
            Error::shape(format!("dataset: the rows are the first dimension of x, but x is {}", describe(x)))
        })?;
        Ok(Dataset { rows: Rows::Tensor(x.shallow_clone()), labels: checked(y, rows as usize)?, objective: None })
    }

    /// Number of rows, at least one.
    pub fn len(&self) -> usize {
        self.labels.size().first().map_or(0, |n| *n as usize)
    }

    /// The memory of rows and labels in bytes; subsets share theirs. Fixed vectors are counted with them.
    pub fn bytes(&self) -> usize {
        let rows = match &self.rows {
            Rows::Words(encoded, options) => encoded.bytes() + options.vectors.as_deref().map_or(0, bytes),
            Rows::Tensor(tensor) => bytes(tensor),
        };
        rows + bytes(&self.labels)
    }

    /// Never: a data set without rows is not made.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `[rows]` or `[rows, …]`, in the order of the rows.
    pub fn labels(&self) -> Tensor {
        self.labels.shallow_clone()
    }

    /// The rows' numbers of words; `None` for a data set of tensors.
    pub fn lengths(&self) -> Option<Vec<i64>> {
        self.encoded().map(Encoded::lengths)
    }

    /// The word indices; `None` for a data set of tensors.
    pub fn encoded(&self) -> Option<&Encoded> {
        match &self.rows {
            Rows::Words(encoded, _) => Some(encoded),
            Rows::Tensor(_) => None,
        }
    }

    /// `[rows, …]`; `None` for a data set of words.
    pub fn rows_of_tensor(&self) -> Option<&Tensor> {
        match &self.rows {
            Rows::Words(..) => None,
            Rows::Tensor(x) => Some(x),
        }
    }

    /// The fixed vectors, `[words, dimensions]`, where there are some.
    pub fn vectors(&self) -> Option<Rc<Tensor>> {
        match &self.rows {
            Rows::Words(_, options) => options.vectors.clone(),
            Rows::Tensor(_) => None,
        }
    }

    /// The given rows, in the given order; a row may come twice.
    ///
    /// # Errors
    /// No rows, or one that is not there.
    pub fn subset(&self, rows: &[i64]) -> Result<Dataset> {
        let places = self.places(rows)?;
        if places.is_empty() {
            return Err(Error::value(format!("subset: no rows are asked for (there are {})", self.len())));
        }
        let part = match &self.rows {
            Rows::Words(encoded, options) => Rows::Words(encoded.subset(&places), options.clone()),
            Rows::Tensor(x) => Rows::Tensor(take(x, rows)?),
        };
        Ok(Dataset { rows: part, labels: take(&self.labels, rows)?, objective: self.objective.clone() })
    }

    /// This data set with words of its own to be told in the place of its labels. Rows of which nothing can be asked are left out: those of
    /// special tokens alone, of a single word.
    ///
    /// # Errors
    /// Rows of a tensor, or such as are padded in front; no row that is left; texts that can no longer be read.
    pub fn asking(&self, objective: Objective) -> Result<Dataset> {
        match &self.rows {
            Rows::Words(encoded, options) if options.pad == Pad::Back => {
                let rows = objective.rows(encoded)?;
                if rows.is_empty() {
                    let message = format!("none of the {} rows has a word that could be asked for", self.len());
                    return Err(Error::data(message));
                }
                Ok(Dataset { objective: Some(Rc::new(objective)), ..self.subset(&rows)? })
            }
            Rows::Words(..) => Err(Error::value("words are asked for of rows that are padded behind, not in front")),
            Rows::Tensor(_) => Err(Error::value("words are asked for of rows of words, not of a tensor")),
        }
    }

    /// 16 hexadecimal digits that tell this data set from others: of its rows, labels, vectors and way of padding. The
    /// same on every machine and device.
    ///
    /// # Errors
    /// Tensors that cannot be brought to the CPU.
    pub fn fingerprint(&self) -> Result<String> {
        let mut f = Fingerprint::new();
        match &self.rows {
            Rows::Words(encoded, options) => {
                f.number(encoded.max_len() as u64);
                f.bytes(&[u8::from(options.pad == Pad::Front), u8::from(options.to_limit)]);
                for row in 0..encoded.len() {
                    let ids = encoded.row(row)?;
                    f.number(ids.len() as u64);
                    ids.iter().for_each(|id| f.bytes(&id.to_le_bytes()));
                }
                options.vectors.as_ref().map_or(Ok(()), |vectors| f.tensor(vectors))?;
            }
            Rows::Tensor(x) => f.tensor(x)?,
        }
        self.objective.iter().flat_map(|objective| objective.numbers()).for_each(|number| f.number(number));
        f.tensor(&self.labels)?;
        Ok(f.finish())
    }

    /// The batch of the given rows, on the current device. What a row hides of itself depends on the seed, its number and the epoch alone;
    /// without an epoch it is always the same.
    ///
    /// # Errors
    /// A row that is not there; texts that are read from a file, which can no longer be read.
    pub fn batch(&self, rows: &[i64], epoch: Option<i64>) -> Result<Batch> {
        let places = self.places(rows)?;
        let own = |inputs| -> Result<Batch> {
            Ok(Batch { inputs, labels: to_current(take(&self.labels, rows)?)?, asked: None, rows: rows.to_vec() })
        };
        match (&self.rows, &self.objective) {
            (Rows::Tensor(x), _) => own(Inputs::Tensor(to_current(take(x, rows)?)?)),
            (Rows::Words(encoded, options), None) => {
                own(Inputs::Words(pad(&read(encoded, &places)?, encoded, options)?))
            }
            (Rows::Words(encoded, options), Some(objective)) => {
                let mut ids = read(encoded, &places)?;
                let (asked, answers) = objective.ask(&mut ids, rows, epoch);
                let labels = to_current(Tensor::f_from_slice(&answers).during("batch", &[])?)?;
                let inputs = Inputs::Words(pad(&ids, encoded, options)?);
                Ok(Batch { inputs, labels, asked: Some(asked), rows: rows.to_vec() })
            }
        }
    }

    /// Rows of an expanded tensor take no memory, and their order does.
    ///
    /// # Errors
    /// More rows than memory has room for the numbers of.
    pub(super) fn room_for_order(&self, operation: &str) -> Result<()> {
        /// Drawn, chosen, and divided into batches.
        const OF_A_ROW: u64 = 48;
        let rows = self.len() as u64;
        memory::room(|| format!("{operation}: the order of {rows} rows"), rows.saturating_mul(OF_A_ROW))
    }

    fn places(&self, rows: &[i64]) -> Result<Vec<usize>> {
        let n = self.len();
        let place = |row: &i64| usize::try_from(*row).ok().filter(|row| *row < n);
        rows.iter()
            .map(|row| {
                place(row).ok_or_else(|| Error::value(format!("there is no row {row} (rows are 0 to {})", n - 1)))
            })
            .collect()
    }
}

fn read<'e>(encoded: &'e Encoded, rows: &[usize]) -> Result<Vec<Cow<'e, [i32]>>> {
    rows.iter().map(|row| encoded.row(*row)).collect()
}

fn pad(rows: &[Cow<[i32]>], encoded: &Encoded, options: &WordOptions) -> Result<Words> {
    let longest = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let width = if options.to_limit { encoded.max_len() } else { longest };
    let pad_id = i64::from(encoded.pad());
    let mut ids = Vec::with_capacity(rows.len() * width);
    for row in rows {
        let (before, after) = match options.pad {
            Pad::Front => (width - row.len(), 0),
            Pad::Back => (0, width - row.len()),
        };
        ids.extend(std::iter::repeat_n(pad_id, before));
        ids.extend(row.iter().map(|id| i64::from(*id)));
        ids.extend(std::iter::repeat_n(pad_id, after));
    }
    let lengths: Vec<i64> = rows.iter().map(|row| row.len() as i64).collect();
    let ids = Tensor::f_from_slice(&ids).and_then(|t| t.f_reshape([rows.len() as i64, width as i64]));
    Ok(Words {
        ids: to_current(ids.during("batch", &[])?)?,
        lengths: Tensor::f_from_slice(&lengths).during("batch", &[])?,
        pad: options.pad,
        pad_id,
        limit: encoded.max_len() as i64,
        vectors: options.vectors.clone(),
    })
}

fn take(t: &Tensor, rows: &[i64]) -> Result<Tensor> {
    let index = Tensor::f_from_slice(rows).and_then(|i| i.f_to_device(t.device())).during("rows", &[t])?;
    t.f_index_select(0, &index).during("rows", &[t])
}

fn to_current(t: Tensor) -> Result<Tensor> {
    t.f_to_device(device::current()).during("batch", &[&t])
}

fn checked(labels: &Tensor, rows: usize) -> Result<Tensor> {
    if labels.size().first() != Some(&(rows as i64)) {
        let got = describe(labels);
        return Err(Error::shape(format!(
            "dataset: {rows} rows need as many labels, [{rows}] or [{rows}, …]; got {got}"
        )));
    }
    if rows == 0 {
        return Err(Error::data("dataset: there are no rows"));
    }
    Ok(labels.shallow_clone())
}
