//! One batch of a data set.

use crate::error::Error;
use crate::ml::batch::{Inputs, Value};
use crate::ml::tensor::During;
use crate::script::api::handles::{BatchHandle, SequenceHandle, TensorHandle};
use crate::script::base::ScriptResult;
use rhai::{Array, Dynamic, plugin::*};
use std::rc::Rc;
use tch::Tensor;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    #[rhai_fn(get = "labels", pure)]
    pub fn batch_labels(batch: &mut BatchHandle) -> TensorHandle {
        batch.labels.shallow_clone().into()
    }

    /// What a network computes on: the words' vectors as a sequence, or the rows of a tensor.
    ///
    /// ```rhai
    /// for batch in dataset(zeros([4, 3]), zeros([4])).batches(#{}) { assert_eq(batch.inputs.shape, [4, 3]); }
    /// ```
    #[rhai_fn(get = "inputs", return_raw, pure)]
    pub fn inputs(batch: &mut BatchHandle) -> ScriptResult<Dynamic> {
        Ok(match batch.value()? {
            Value::Tensor(t) => Dynamic::from(TensorHandle::from(t)),
            Value::Sequence(s) => Dynamic::from::<SequenceHandle>(s),
            Value::Batch(b) => Dynamic::from(b),
        })
    }

    /// The words' vectors of a batch, `[rows, length, dimensions]`, zeros where a row is padded; of a tensor's rows, the rows.
    /// A network's `forward` so reads a batch as it reads a sequence.
    ///
    /// ```rhai
    /// for batch in dataset(zeros([4, 3]), zeros([4])).batches(#{}) { assert_eq(batch.values.shape, [4, 3]); }
    /// ```
    #[rhai_fn(get = "values", return_raw, pure)]
    pub fn batch_values(batch: &mut BatchHandle) -> ScriptResult<TensorHandle> {
        match batch.value()? {
            Value::Tensor(t) => Ok(t.into()),
            Value::Sequence(s) => Ok(s.to_padded()?.into()),
            Value::Batch(_) => Err(Error::value("this batch has no values").into()),
        }
    }

    /// The number of words in each row of a batch, `[rows]`, int64.
    ///
    /// ```rhai
    /// let words = texts(["a fine film", "dull"]).split();
    /// let data = dataset(vocabulary(words).encode(words, 600), tensor([1, 0]), #{});
    /// for batch in data.batches(#{}) { assert_eq(batch.lengths.to_array(), [3, 1]); }
    /// ```
    #[rhai_fn(get = "lengths", return_raw, pure)]
    pub fn batch_lengths(batch: &mut BatchHandle) -> ScriptResult<TensorHandle> {
        match &batch.inputs {
            Inputs::Words(words) => {
                Ok(words.lengths.f_to_device(words.ids.device()).during("lengths", &[&words.lengths])?.into())
            }
            Inputs::Tensor(_) => Err(Error::value("this batch holds rows of a tensor, which have no lengths").into()),
        }
    }

    /// The padded word indices of a batch, `[rows, length]` int64.
    ///
    /// ```rhai
    /// let words = texts(["a b", "c"]).split();
    /// let data = dataset(vocabulary(words).encode(words, 5), tensor([0, 1]), #{});
    /// for batch in data.batches(#{}) { assert_eq(batch.ids.shape, [2, 2]); }
    /// ```
    #[rhai_fn(get = "ids", return_raw, pure)]
    pub fn ids(batch: &mut BatchHandle) -> ScriptResult<TensorHandle> {
        match &batch.inputs {
            Inputs::Words(words) => Ok(words.ids.shallow_clone().into()),
            Inputs::Tensor(_) => Err(Error::value("this batch holds no words: take its inputs").into()),
        }
    }

    /// The positions of a batch that are asked for words, among the real positions of all rows one behind the other, `[asked]` int64, in the order
    /// of its `labels`; `()` where nothing is asked. See `mask_tokens` and `next_words`.
    ///
    /// ```rhai
    /// let words = texts(["a fine film", "so dull"]).split();
    /// let data = dataset(vocabulary(words).encode(words, 9), tensor([0, 0]), #{});
    /// for batch in data.batches(#{}) { assert_eq(batch.asked, ()); }
    /// for batch in next_words(data).batches(#{}) { assert_eq(batch.asked.to_array(), [0, 1, 3]); }
    /// ```
    #[rhai_fn(get = "asked", return_raw, pure)]
    pub fn asked(batch: &mut BatchHandle) -> ScriptResult<Dynamic> {
        let Some(asked) = &batch.asked else { return Ok(Dynamic::UNIT) };
        let places = Tensor::f_from_slice(asked.places()).and_then(|t| t.f_to_device(batch.labels.device()));
        Ok(Dynamic::from(TensorHandle::from(places.during("asked", &[])?)))
    }

    /// Which rows of the data set a batch holds, an array.
    ///
    /// ```rhai
    /// for batch in dataset(zeros([4, 3]), zeros([4])).batches(#{ size: 4 }) { assert_eq(batch.rows, [0, 1, 2, 3]); }
    /// ```
    #[rhai_fn(get = "rows", pure)]
    pub fn batch_rows(batch: &mut BatchHandle) -> Array {
        batch.rows.iter().map(|row| Dynamic::from(*row)).collect()
    }

    /// A batch in so many parts, an array of batches: gradients of parts, added up, are those of the batch, and take less
    /// memory. `train::fit` does it with its option `accumulate`.
    ///
    /// ```rhai
    /// for batch in dataset(zeros([5, 3]), zeros([5])).batches(#{}) {
    ///     assert_eq(batch.parts(2).map(|part| part.len()), [3, 2]);
    /// }
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn parts(batch: &mut BatchHandle, count: i64) -> ScriptResult<Array> {
        let parts = batch.parts(usize::try_from(count).unwrap_or(0))?;
        Ok(parts.into_iter().map(|part| Dynamic::from(Rc::new(part))).collect())
    }

    /// The number of rows in a batch.
    #[rhai_fn(name = "len", pure)]
    pub fn batch_len(batch: &mut BatchHandle) -> i64 {
        batch.len() as i64
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_batch(batch: &mut BatchHandle) -> String {
        format!("batch of shape {:?}", batch.shape())
    }
}
