//! `steps.jsonl`, read on from where it was.

use super::messages::Event;
use super::scalars;
use super::times::Times;
use crate::access;
use crate::error::{Error, Result};
use crate::ml::run::{Record, STEPS};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// How far the file of a run was read.
#[derive(Debug, Default)]
pub struct Steps {
    bytes: u64,
}

impl Steps {
    /// The lines since the last call, as many as have been written to their ends; none where the file is another by now. A run without the file has no lines.
    ///
    /// # Errors
    /// A file that cannot be read; a line that is no JSON.
    pub fn read_on(&mut self, run: &Path) -> Result<Option<Vec<Record>>> {
        let path = run.join(STEPS);
        let length = access::metadata(&path)?.map_or(0, |found| found.len());
        if length <= self.bytes {
            return Ok((length == self.bytes).then(Vec::new));
        }
        let failed = |e: &dyn std::fmt::Display| Error::file("read", &path, e);
        let mut file = access::open(&path)?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(self.bytes)).map_err(|e| failed(&e))?;
        file.read_to_end(&mut bytes).map_err(|e| failed(&e))?;
        bytes.truncate(bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let damaged = |e: serde_json::Error| Error::data(format!("{} is damaged: {e}", path.display()));
        let read = lines.map(|line| serde_json::from_slice(line).map_err(damaged)).collect::<Result<_>>()?;
        self.bytes += bytes.len() as u64;
        Ok(Some(read))
    }
}

/// Lines as events. They have no times of their own: within an epoch, they are spread evenly over its training.
pub fn events(lines: &[Record], rows: &[Record], times: &Times) -> impl Iterator<Item = Event> {
    let epoch_of = |line: &Record| line.get("epoch").and_then(Value::as_i64).unwrap_or(0);
    let index: BTreeMap<i64, usize> =
        rows.iter().enumerate().map(|(index, row)| (scalars::epoch_of(row, index), index)).collect();
    let mut count: BTreeMap<i64, (usize, usize)> = BTreeMap::new();
    lines.iter().for_each(|line| count.entry(epoch_of(line)).or_default().1 += 1);
    lines.iter().map(move |line| {
        let (before, all) = count.entry(epoch_of(line)).or_default();
        *before += 1;
        let share = *before as f64 / *all as f64;
        let index = index.get(&epoch_of(line)).copied().unwrap_or(usize::MAX);
        scalars::of_step(times.within(index, share), line)
    })
}
