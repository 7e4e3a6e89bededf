//! The batches of an epoch.

use crate::error::{Error, Result};
use crate::ml::data::{BatchOptions, Begun};
use crate::script::api::handles::{BatchesHandle, DatasetHandle};
use crate::script::base::ScriptResult;
use crate::script::base::options::Options;
use rhai::{Map, plugin::*};

/// The options, how many batches to leave out, and what of the epoch is done.
fn batch_options(options: Map) -> Result<(BatchOptions, usize, Option<Begun>)> {
    let mut options = options;
    let begun = options.remove("begun").filter(|begun| !begun.is_unit());
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
    let not_negative = |name: &str, number: i64| {
        usize::try_from(number).map_err(|_| Error::value(format!("batches: {name} must be at least 0, got {number}")))
    };
    let skip = not_negative("skip", o.integer("skip", 0)?)?;
    let rows = o.optional_integer("rows_done")?.map(|rows| not_negative("rows_done", rows)).transpose()?;
    o.done()?;
    let begun = match begun.map(|begun| begun.try_cast::<Map>()) {
        None => read,
        Some(Some(begun)) => batch_options(begun)?.0,
        Some(None) => return Err(Error::value("batches: begun takes the options that the epoch began with, a map")),
    };
    Ok((read, skip, rows.map(|rows| Begun { options: begun, rows })))
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// The batches of one epoch, for a `for` loop. Options: `size` 64, `shuffle` false, `bucket` false (rows of similar length
    /// meet, so that less is padded), `drop_last` false, and `epoch`, which `shuffle` needs: the order is a pure function of
    /// it and the seed. With an epoch each batch begins a step, so that dropout in it depends on seed, epoch and step alone;
    /// without one, as in an evaluation, randomness is left as it stands. `skip` leaves out the first batches, at no cost: so
    /// a loop goes on in the middle of an epoch. So it does with `rows_done`, the number of rows that are done, and `begun`, the options that
    /// the epoch began with, even where the options are others now: no row is left out, and none comes twice.
    ///
    /// ```rhai
    /// let data = dataset(arange(10).reshape([10, 1]), arange(10));
    /// let seen = 0;
    /// for batch in data.batches(#{ size: 4, shuffle: true, epoch: 1 }) { seen += batch.labels.len(); }
    /// assert_eq(seen, 10);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn batches(data: &mut DatasetHandle, options: Map) -> ScriptResult<BatchesHandle> {
        let (options, skip, begun) = batch_options(options)?;
        let batches = BatchesHandle { data: data.clone(), options, skip, begun };
        batches.batches()?; // says at once what is wrong
        Ok(batches)
    }

    /// How many batches there are to come.
    ///
    /// ```rhai
    /// let data = dataset(arange(10).reshape([10, 1]), arange(10));
    /// assert_eq(data.batches(#{ size: 4, skip: 1 }).len(), 2);
    /// ```
    #[rhai_fn(name = "len", return_raw, pure)]
    pub fn count(batches: &mut BatchesHandle) -> ScriptResult<i64> {
        Ok(batches.batches()?.len().saturating_sub(batches.skip) as i64)
    }

    /// How many batches an epoch has; takes the options of `batches`.
    ///
    /// ```rhai
    /// let data = dataset(arange(10).reshape([10, 1]), arange(10));
    /// assert_eq(data.steps(#{ size: 4 }), 3);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn steps(data: &mut DatasetHandle, options: Map) -> ScriptResult<i64> {
        let (options, ..) = batch_options(options)?;
        Ok(data.steps(options.size, options.drop_last)? as i64)
    }
}
