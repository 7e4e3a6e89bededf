//! The batches of an epoch.

use crate::error::{Error, Result};
use crate::ml::data::BatchOptions;
use crate::script::api::handles::{BatchesHandle, DatasetHandle};
use crate::script::base::ScriptResult;
use crate::script::base::options::Options;
use rhai::{Map, plugin::*};

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

#[export_module(root = "crate::script::base::guard")]
pub mod api {
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
    pub fn batches(data: &mut DatasetHandle, options: Map) -> ScriptResult<BatchesHandle> {
        let (options, skip) = batch_options(options)?;
        data.batches(options)?; // says at once what is wrong
        Ok(BatchesHandle { data: data.clone(), options, skip })
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
}
