//! Reviews, word vectors, data sets and their batches.

use super::network::{BatchHandle, SequenceHandle};
use super::reviews;
use super::tensor::TensorHandle;
use super::text::{EncodedHandle, TextsHandle, TokensHandle, VocabularyHandle};
use crate::access;
use crate::error::{Error, Result};
use crate::ml::batch::{Inputs, Pad, Value};
use crate::ml::data::{BatchOptions, Dataset, Label, Reviews, Tokens, WordOptions, WordVectors, is_table, sample};
use crate::ml::tensor::During;
use crate::output::complain;
use crate::places::Places;
use crate::script::base::{ScriptResult, options::Options, part};
use rhai::{Array, Dynamic, Engine, EvalAltResult, Map, NativeCallContext, exported_module, plugin::*};
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;
use tch::Tensor;

pub use super::handles::{DatasetHandle, VectorsHandle};

/// The batches of one epoch, for a `for` loop; each loop over it begins anew.
#[derive(Clone)]
struct Loop {
    data: DatasetHandle,
    options: BatchOptions,
    skip: usize,
}

impl IntoIterator for Loop {
    type Item = std::result::Result<BatchHandle, Box<EvalAltResult>>;
    type IntoIter = Box<dyn Iterator<Item = Self::Item>>;

    fn into_iter(self) -> Self::IntoIter {
        match self.data.batches(self.options) {
            Ok(batches) => Box::new(batches.skip(self.skip).map(|batch| Ok(Rc::new(batch?)))),
            Err(error) => Box::new(std::iter::once(Err(error.into()))),
        }
    }
}

pub fn register(engine: &mut Engine) {
    engine.register_type_with_name::<DatasetHandle>("Dataset");
    engine.register_type_with_name::<VectorsHandle>("WordVectors");
    engine.register_type_with_name::<BatchHandle>("Batch");
    engine.register_type_with_name::<Loop>("Batches");
    engine.register_iterator_result::<Loop, BatchHandle>();
    engine.register_global_module(exported_module!(api).into());
}

/// The name of the reviews and vectors in the program.
pub(super) const SAMPLE: &str = "sample";
/// The name of GloVe's file, which is looked for beside the reviews and below the data folders.
const GLOVE: &str = "glove.6B.100d.txt";

pub(super) fn int64(numbers: &[i64]) -> Dynamic {
    Dynamic::from(TensorHandle::from(Tensor::from_slice(numbers)))
}

/// The options, and how many batches to leave out.
fn batch_options(options: Map) -> Result<(BatchOptions, usize)> {
    let mut o = Options::new("batches", options);
    let size = o.integer("size", 64)?;
    let read = BatchOptions {
        size: usize::try_from(size)
            .map_err(|_| Error::value(format!("batches: size must be at least 1, got {size}")))?,
        epoch: o.optional_integer("epoch")?,
        shuffle: o.boolean("shuffle", false)?,
        drop_last: o.boolean("drop_last", false)?,
        bucket: o.boolean("bucket", false)?,
    };
    let skip = o.integer("skip", 0)?;
    o.done()?;
    let skip =
        usize::try_from(skip).map_err(|_| Error::value(format!("batches: skip must be at least 0, got {skip}")))?;
    Ok((read, skip))
}

#[export_module]
mod api {
    /// Reviews of one split (`"train"`, `"test"`) and label (`"neg"`, `"pos"`), in the order of their IDs: `range` of them,
    /// such as `0..1000`. `data` is `"sample"`, the reviews in the program, or a folder laid out like aclImdb, found as it
    /// stands or below the script's folder, `--data`, `IMDBSH_DATA` or the cache. Gives `#{ texts, labels, ratings, ids,
    /// names, replaced }`: the texts, three int64 tensors `[reviews]` (labels are 0 and 1, ratings 1 to 10), the names of the
    /// files, and how many characters had to be replaced since they were not UTF-8. See also `read_sets`.
    ///
    /// Errors: a folder that is not there or laid out otherwise, a range beyond the end.
    ///
    /// ```rhai
    /// let r = read_reviews("sample", "train", "pos", 0..3);
    /// assert_eq(r.texts.len(), 3);
    /// assert_eq(r.labels.to_array(), [1, 1, 1]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_reviews(
        context: NativeCallContext,
        data: &str,
        split: &str,
        label: &str,
        range: Range<i64>,
    ) -> ScriptResult<Map> {
        let label = Label::parse(label)?;
        let bound = |n: i64| usize::try_from(n).map_err(|_| Error::value(format!("read_reviews: reviews {range:?}")));
        let range = Some(bound(range.start)?..bound(range.end)?);
        let found = match data {
            SAMPLE => sample::reviews(split, label, range)?,
            folder => Reviews::read(&part::<Places>(&context)?.find(folder)?, split, label, range)?,
        };
        Ok(reviews::map(found))
    }

    /// One list of texts behind the other.
    #[rhai_fn(name = "+")]
    pub fn joined(a: TextsHandle, b: TextsHandle) -> TextsHandle {
        Rc::new(a.followed_by(&b))
    }

    /// GloVe vectors of the words in an array of tokenized texts: `"sample"` for those in the program, else the path of a
    /// text file (a word and its numbers a line, of any width), or the folder or table with the reviews, which has
    /// `glove.6B.100d.txt` in it or beside it. Found like reviews; `imdbsh fetch glove` downloads it. A text file is parsed once
    /// and then kept as numbers in the user's cache, from which the rows of these words are read. Also a
    /// `.safetensors` file that `save` of a vocabulary wrote with vectors: all of its words.
    ///
    /// Errors: a file that is not there; a line that is no vector (file and line are named).
    ///
    /// ```rhai
    /// let words = texts(["a fine film"]).split();
    /// let g = word_vectors("sample", [words]);
    /// assert_eq(g.dimensions, 100);
    /// assert_eq(g.table(vocabulary(words)).shape, [5, 100]);     // <unk>, <pad>, and three words
    /// ```
    #[rhai_fn(return_raw)]
    pub fn word_vectors(context: NativeCallContext, data: &str, tokens: Array) -> ScriptResult<VectorsHandle> {
        if data == SAMPLE {
            return Ok(Rc::new(sample::vectors()?));
        }
        let places = part::<Places>(&context)?;
        let found = places.find(data)?;
        let beside = |folder: &Path| {
            [Some(folder), folder.parent()].into_iter().flatten().map(|f| f.join(GLOVE)).find(|f| access::is_file(f))
        };
        let file = match access::is_dir(&found) || is_table(&found) {
            false => found,
            true => match beside(&found) {
                Some(file) => file,
                None => places.find(GLOVE)?,
            },
        };
        let tokens: Option<Vec<TokensHandle>> = tokens.into_iter().map(Dynamic::try_cast).collect();
        let tokens = tokens.ok_or_else(|| Error::value("word_vectors takes an array of tokenized texts"))?;
        let tokens: Vec<&Tokens> = tokens.iter().map(Rc::as_ref).collect();
        if WordVectors::is_saved(&file) {
            return Ok(Rc::new(WordVectors::load(&file)?));
        }
        let cache = places.cache.as_ref().map(|cache| cache.join("vectors"));
        let (vectors, note) = WordVectors::read(&file, &tokens, cache.as_deref())?;
        note.iter().for_each(|note| complain(note));
        Ok(Rc::new(vectors))
    }

    /// The number of numbers in each vector.
    ///
    /// ```rhai
    /// assert_eq(word_vectors("sample", []).dimensions, 100);
    /// ```
    #[rhai_fn(get = "dimensions", pure)]
    pub fn dimensions(vectors: &mut VectorsHandle) -> i64 {
        vectors.dim() as i64
    }

    /// The vectors in the order of a vocabulary, `[words, dimensions]` float32; zeros for a word that has none, `<unk>` and
    /// `<pad>` among them.
    ///
    /// ```rhai
    /// let words = texts(["film"]).split();
    /// let t = word_vectors("sample", [words]).table(vocabulary(words));
    /// assert_eq(t[1].abs().sum().item(), 0.0);     // <pad>
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn table(vectors: &mut VectorsHandle, vocabulary: VocabularyHandle) -> ScriptResult<TensorHandle> {
        Ok(vectors.table(&vocabulary)?.into())
    }

    /// How many words of a vocabulary have a vector.
    ///
    /// ```rhai
    /// let words = texts(["film qwzx"]).split();
    /// assert_eq(word_vectors("sample", [words]).found(vocabulary(words)), 1);
    /// ```
    #[rhai_fn(pure)]
    pub fn found(vectors: &mut VectorsHandle, vocabulary: VocabularyHandle) -> i64 {
        vectors.found(&vocabulary) as i64
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_vectors(vectors: &mut VectorsHandle) -> String {
        format!("vectors of {} words, {} numbers each", vectors.len(), vectors.dim())
    }

    /// A vocabulary with those words of further texts behind it that it does not have but `vectors` has. For test texts:
    /// their words are then read by the vectors that they had before any training, and every index from the training texts
    /// stays as it is.
    ///
    /// ```rhai
    /// let words = texts(["film"]).split();
    /// let v = vocabulary(words).extended(texts(["good film"]).split(), word_vectors("sample", []));
    /// assert_eq(v.index("good"), 3);
    /// ```
    #[rhai_fn(pure)]
    pub fn extended(
        vocabulary: &mut VocabularyHandle,
        tokens: TokensHandle,
        vectors: VectorsHandle,
    ) -> VocabularyHandle {
        Rc::new(vocabulary.extended(&tokens, |word| vectors.contains(word)))
    }

    /// A data set: the rows of a tensor `[rows, …]` with labels `[rows, …]`; or word indices with labels `[rows]`, and
    /// options `vectors` (a tensor `[words, dimensions]` of fixed vectors; without it the network begins with an
    /// `embedding`) and `pad`: `"back"` to the longest row of a batch, or `"front"` to the full width as the lab does.
    ///
    /// Errors: no rows; labels that are not one for each; vectors that do not fit the vocabulary.
    ///
    /// ```rhai
    /// let data = dataset(arange(10).reshape([10, 1]), arange(10));
    /// assert_eq(data.len(), 10);
    /// let words = texts(["a fine film", "dull"]).split();
    /// let data = dataset(vocabulary(words).encode(words, 600), tensor([1, 0]), #{ pad: "back" });
    /// ```
    #[rhai_fn(return_raw)]
    pub fn dataset(rows: TensorHandle, labels: TensorHandle) -> ScriptResult<DatasetHandle> {
        Ok(Rc::new(Dataset::tensors(&rows, &labels)?))
    }

    #[rhai_fn(name = "dataset", return_raw)]
    pub fn dataset_of_words(encoded: EncodedHandle, labels: TensorHandle, options: Map) -> ScriptResult<DatasetHandle> {
        let mut o = Options::new("dataset", options);
        let pad = Pad::parse(&o.string("pad", "back")?)?;
        let vectors = o.handle::<TensorHandle>("vectors", "a tensor")?;
        o.done()?;
        // The lab pads every batch in front, and to the full width: the zeros in front are part of its computation.
        let words = WordOptions { pad, to_limit: pad == Pad::Front, vectors: vectors.map(Into::into) };
        Ok(Rc::new(Dataset::words((*encoded).clone(), &labels, words)?))
    }

    /// The number of rows in a data set.
    #[rhai_fn(name = "len", pure)]
    pub fn dataset_len(data: &mut DatasetHandle) -> i64 {
        data.len() as i64
    }

    /// The labels of a data set or a batch.
    ///
    /// ```rhai
    /// assert_eq(dataset(zeros([4, 3]), ones([4])).labels.shape, [4]);
    /// ```
    #[rhai_fn(get = "labels", pure)]
    pub fn labels(data: &mut DatasetHandle) -> TensorHandle {
        data.labels().into()
    }

    /// Some rows of a data set, in their order: `data[0..1000]`.
    #[rhai_fn(index_get, return_raw, pure)]
    pub fn rows(data: &mut DatasetHandle, range: Range<i64>) -> ScriptResult<DatasetHandle> {
        let bound = |n: i64| {
            usize::try_from(n).map_err(|_| Error::value(format!("rows {range:?} of a data set of {}", data.len())))
        };
        Ok(Rc::new(data.slice(bound(range.start)?..bound(range.end)?)?))
    }

    /// A data set divided in two, say for training and validation: `fraction` of the rows, and what is left, each in the
    /// order that they had. They are drawn by the seed alone, from each class alike where labels are classes.
    ///
    /// Errors: a fraction that leaves one part without rows.
    ///
    /// ```rhai
    /// let data = dataset(zeros([10, 1]), tensor([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]));
    /// let parts = data.split(0.8);
    /// assert_eq([parts[0].len(), parts[1].len()], [8, 2]);
    /// ```
    #[rhai_fn(name = "split", return_raw, pure)]
    pub fn split_rows(data: &mut DatasetHandle, fraction: f64) -> ScriptResult<Array> {
        let (rest, drawn) = data.split(fraction)?;
        Ok(vec![Dynamic::from(Rc::new(drawn)), Dynamic::from(Rc::new(rest))])
    }

    /// The batches of one epoch, for a `for` loop. Options: `size` 64, `shuffle` false, `bucket` false (rows of similar length
    /// meet, so that less is padded), `drop_last` false, and `epoch`, which `shuffle` needs: the order is a pure function of
    /// it and the seed. With an epoch each batch begins a step, so that dropout in it depends on seed, epoch and step alone;
    /// without one, as in an evaluation, randomness is left as it stands. `skip` leaves out the first batches, at no cost: so
    /// a loop goes on in the middle of an epoch.
    ///
    /// ```rhai
    /// let data = dataset(arange(10).reshape([10, 1]), arange(10));
    /// let seen = 0;
    /// for batch in data.batches(#{ size: 4, shuffle: true, epoch: 1 }) { seen += batch.labels.len(); }
    /// assert_eq(seen, 10);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn batches(data: &mut DatasetHandle, options: Map) -> ScriptResult<Loop> {
        let (options, skip) = batch_options(options)?;
        data.batches(options)?; // says at once what is wrong
        Ok(Loop { data: data.clone(), options, skip })
    }

    /// How many batches an epoch has; takes the options of `batches`.
    ///
    /// ```rhai
    /// let data = dataset(arange(10).reshape([10, 1]), arange(10));
    /// assert_eq(data.steps(#{ size: 4 }), 3);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn steps(data: &mut DatasetHandle, options: Map) -> ScriptResult<i64> {
        let (options, _) = batch_options(options)?;
        Ok(data.steps(options.size, options.drop_last)? as i64)
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_dataset(data: &mut DatasetHandle) -> String {
        format!("data set of {} rows", data.len())
    }

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
            Value::Sequence(s) => Ok(s.x.shallow_clone().into()),
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
