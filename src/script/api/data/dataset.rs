//! Data sets: rows and their labels.

use crate::error::Error;
use crate::ml::batch::Pad;
use crate::ml::data::{Dataset, LengthAccount, WordOptions, facts};
use crate::ml::tensor::During;
use crate::script::api::handles::{DatasetHandle, EncodedHandle, TensorHandle};
use crate::script::api::text::account_map;
use crate::script::base::ScriptResult;
use crate::script::base::options::{Options, shown};
use rhai::{Array, Dynamic, Map, plugin::*};
use std::ops::Range;
use std::rc::Rc;
use tch::Tensor;

fn folds_of(data: &Dataset, k: i64, rest: &Map) -> ScriptResult<Array> {
    let folds = data.folds(usize::try_from(k).unwrap_or(0))?;
    let fold = |(train, valid): (Dataset, Dataset)| {
        let mut fold = rest.clone();
        fold.insert("train".into(), Dynamic::from(Rc::new(train)));
        fold.insert("valid".into(), Dynamic::from(Rc::new(valid)));
        Dynamic::from_map(fold)
    };
    Ok(folds.into_iter().map(fold).collect())
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
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
    /// assert_eq(data.len(), 2);
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

    /// What of a data set's texts does not reach a network, `#{ cut, unknown }`: how many words or tokens of each text lie beyond `max_len`, `[rows]`,
    /// int64, and whether none of those within is known, `[rows]`, bool: no word has an index or a vector, all tokens are special ones. `()` of a data set of tensors.
    ///
    /// ```rhai
    /// let words = texts(["a fine film", "une belle"]).split();
    /// let known = vocabulary(texts(["a film"]).split());
    /// let data = dataset(known.encode(words, 2), tensor([1, 0]), #{});
    /// assert_eq(data.unread().cut.to_array(), [1, 0]);
    /// assert_eq(data.unread().unknown.to_array(), [false, true]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn unread(data: &mut DatasetHandle) -> ScriptResult<Dynamic> {
        let Some(all) = data.unread()? else { return Ok(Dynamic::UNIT) };
        let (cut, unknown): (Vec<_>, Vec<_>) = all.iter().map(|of| (i64::from(of.cut), of.unknown)).unzip();
        let cut: TensorHandle = Tensor::f_from_slice(&cut).during("unread", &[])?.into();
        let unknown: TensorHandle = Tensor::f_from_slice(&unknown).during("unread", &[])?.into();
        Ok(Map::from([("cut".into(), Dynamic::from(cut)), ("unknown".into(), Dynamic::from(unknown))]).into())
    }

    /// How long a data set's texts were before they were cut, in words or tokens: as `length_account` of tokens, but for `unknown` in the place of `empty`:
    /// how many have nothing that is known, see `unread`. `()` of a data set of tensors.
    ///
    /// ```rhai
    /// let words = texts(["a fine film", "good"]).split();
    /// let data = dataset(vocabulary(words).encode(words, 2), tensor([1, 0]), #{});
    /// assert_eq([data.length_account().max, data.length_account().cut], [3, 1]);
    /// ```
    #[rhai_fn(name = "length_account", return_raw, pure)]
    pub fn dataset_length_account(data: &mut DatasetHandle) -> ScriptResult<Dynamic> {
        let (Some(lengths), Some(all), Some(limit)) =
            (data.lengths(), data.unread()?, data.encoded().map(|encoded| encoded.max_len()))
        else {
            return Ok(Dynamic::UNIT);
        };
        let whole = lengths.iter().zip(&all).map(|(length, of)| length + i64::from(of.cut)).collect();
        let mut account = account_map(LengthAccount::of(whole, limit as i64), all.len());
        account.remove("empty");
        account.insert("unknown".into(), (all.iter().filter(|of| of.unknown).count() as i64).into());
        Ok(account.into())
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

    /// The rows of a data set with these numbers, from 0, in this order; one may come twice.
    ///
    /// Errors: no rows, one that is not there, something else than integers.
    ///
    /// ```rhai
    /// let data = dataset(zeros([4, 1]), tensor([5, 6, 7, 8]));
    /// assert_eq(data.rows([3, 0, 0]).labels.to_array(), [8, 5, 5]);
    /// ```
    #[rhai_fn(name = "rows", return_raw, pure)]
    pub fn chosen_rows(data: &mut DatasetHandle, rows: Array) -> ScriptResult<DatasetHandle> {
        let wrong = |row: &Dynamic| Error::value(format!("rows takes an array of integers, got {} in it", shown(row)));
        let rows: Vec<i64> = rows.iter().map(|row| row.as_int().map_err(|_| wrong(row))).collect::<Result<_, _>>()?;
        Ok(Rc::new(data.subset(&rows).map_err(|e| e.within("rows"))?))
    }

    /// A data set in `k` folds, an array of maps `#{ train, valid }`: each fold once to validate on, and all other rows to train on. They are
    /// drawn by the seed alone, of each class its share where labels are classes. Of a map with a data set `train`, such as `imdb::load` gives,
    /// the training set is divided, and all else stands in each fold as it was; the vocabulary then comes from all folds.
    ///
    /// Errors: a `k` below 2 or above the number of rows; a map without a `train`, or with a `valid` already.
    ///
    /// ```rhai
    /// let data = dataset(randn([10, 2]), arange(10) % 2);
    /// for fold in folds(data, 5) {
    ///     let net = linear(2, 2);
    ///     let result = train::fit(net, adam(net), fold, #{ epochs: 1, run: false, progress: false });
    ///     assert("valid_acc" in result.best);
    /// }
    /// ```
    #[rhai_fn(name = "folds", return_raw)]
    pub fn folds_of_rows(data: DatasetHandle, k: i64) -> ScriptResult<Array> {
        folds_of(&data, k, &Map::new())
    }

    #[rhai_fn(name = "folds", return_raw)]
    pub fn folds_of_sets(data: Map, k: i64) -> ScriptResult<Array> {
        if data.contains_key("valid") {
            return Err(Error::value("folds: the data has a valid already, and each fold is to be one").into());
        }
        let train = data.get("train").and_then(|set| set.clone().try_cast::<DatasetHandle>());
        let train = train.ok_or_else(|| Error::value("folds takes a data set, or a map with a data set train"))?;
        folds_of(&train, k, &data)
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_dataset(data: &mut DatasetHandle) -> String {
        facts(data)
    }
}
