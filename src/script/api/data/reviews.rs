//! The reviews of one folder, as a script has them.

use crate::error::{Error, Result};
use crate::ml::data::{Label, Reviews, sample};
use crate::ml::tensor::During;
use crate::places::Places;
use crate::script::api::handles::TensorHandle;
use crate::script::base::{ScriptResult, part};
use rhai::{Dynamic, Map, NativeCallContext, plugin::*};
use std::ops::Range;
use std::rc::Rc;
use tch::Tensor;

/// Reviews as a script sees them.
///
/// # Errors
/// Too little memory.
pub(super) fn map(reviews: Reviews) -> Result<Map> {
    let mut map = Map::new();
    map.insert("labels".into(), int64(&reviews.labels)?);
    map.insert("ratings".into(), int64(&reviews.ratings)?);
    map.insert("ids".into(), int64(&reviews.ids)?);
    map.insert("replaced".into(), (reviews.replaced as i64).into());
    map.insert("texts".into(), Dynamic::from(Rc::new(reviews.texts)));
    map.insert("names".into(), Dynamic::from(Rc::new(reviews.names)));
    Ok(map)
}

fn int64(numbers: &[i64]) -> Result<Dynamic> {
    Ok(Dynamic::from(TensorHandle::from(Tensor::f_from_slice(numbers).during("read_reviews", &[])?)))
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
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
            sample::NAME => sample::reviews(split, label, range)?,
            folder => Reviews::read(&part::<Places>(&context)?.find(folder)?, split, label, range)?,
        };
        Ok(map(found)?)
    }
}
