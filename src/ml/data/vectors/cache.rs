//! Word vectors of a file in a file of numbers, from which the rows of some words are read without the others.
//!
//! ```text
//! rows × dim numbers, float32 │ rows × 4 bytes, each word's length │ rows × 4 bytes, each row's checksum │ the words │ notes │ trailer
//! ```
//!
//! All is little-endian, and no word stands there twice. The notes, a line each, are what the user should know of the text file. What a cache holds is checked as it is read: the trailer tells what there must be and has a checksum
//! of all but the rows, which have their own. So it needs no syncing, and whatever happens to it is noticed.

use super::block::Block;
use super::words::{WordVectors, copy_row};
use crate::access;
use crate::ml::data::WordList;
use crate::ml::data::fingerprint::Fingerprint;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MAGIC: [u8; 8] = *b"imdbshWV";
const VERSION: u32 = 2;
/// Bytes of the trailer; version and magic are its end, in every version.
const TRAILER: usize = 72;
/// What the names of files begin with that are being made.
const PART: &str = ".part-";

/// Vectors, and what the user should know of the file that they are from.
type Read = (WordVectors, Vec<String>);

/// The cache of one file.
pub(super) struct Cache {
    file: PathBuf,
    stamp: Stamp,
}

/// By which it is known whether the file is still the one that the cache was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    size: u64,
    /// Nanoseconds since 1970.
    modified: i128,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trailer {
    stamp: Stamp,
    dim: u64,
    rows: u64,
    /// Bytes of the words, and of the notes.
    letters: u64,
    notes: u64,
    checksum: u32,
}

impl Cache {
    /// Where `source`, a path without links, is cached, below `folder`. `None` where the source's times cannot be told.
    pub fn new(folder: &Path, source: &Path) -> Option<Cache> {
        let metadata = access::metadata(source).ok()??;
        let modified = match metadata.modified().ok()?.into_std().duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_nanos() as i128,
            Err(before) => -(before.duration().as_nanos() as i128),
        };
        let mut path = Fingerprint::new();
        path.bytes(source.as_os_str().as_encoded_bytes());
        let stem = source.file_stem()?.to_string_lossy().into_owned();
        let file = folder.join(format!("{stem}-{}.bin", path.finish()));
        Some(Cache { file, stamp: Stamp { size: metadata.len(), modified } })
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The rows of the words that are `wanted`, and the notes; `None` where there is no cache, or that of an older source.
    ///
    /// # Errors
    /// What is wrong with the cache.
    pub fn read(&self, source: &str, wanted: impl Fn(&str) -> bool) -> Result<Option<Read>, String> {
        let Ok(mut file) = File::open(&self.file) else { return Ok(None) };
        let unreadable = |e: io::Error| format!("cannot be read ({e})");
        let (trailer, index) = index(&mut file).map_err(unreadable)??;
        if trailer.stamp != self.stamp {
            return Ok(None);
        }
        let damaged = || "is damaged".to_string();
        let (dim, rows) = (trailer.dim as usize, trailer.rows as usize);
        let (lengths, rest) = index.split_at(4 * rows);
        let (sums, texts) = rest.split_at(4 * rows);
        let texts = std::str::from_utf8(texts).map_err(|_| damaged())?;
        let (letters, notes) = texts.split_at_checked(trailer.letters as usize).ok_or_else(damaged)?;

        let mut words = WordList::default();
        let mut places: Vec<usize> = Vec::new(); // the row of each word
        let mut end = 0;
        for (row, length) in numbers(lengths).enumerate() {
            let start = end;
            end += length as usize;
            let word = letters.get(start..end).ok_or_else(damaged)?;
            if wanted(word) {
                if words.add(word) as usize != places.len() {
                    return Err(damaged());
                }
                places.push(row);
            }
        }
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_unstable_by_key(|number| places[*number]);

        let mut values = vec![0f32; places.len() * dim];
        let mut bytes = Vec::new();
        // Rows that follow each other are read at once.
        for run in order.chunk_by(|a, b| places[*a] + 1 == places[*b]) {
            let first = places[run[0]];
            bytes.resize(run.len() * 4 * dim, 0);
            file.seek(SeekFrom::Start((first * 4 * dim) as u64)).map_err(unreadable)?;
            file.read_exact(&mut bytes).map_err(unreadable)?;
            let sums = numbers(&sums[4 * first..]);
            for ((number, row), sum) in run.iter().zip(bytes.chunks_exact(4 * dim)).zip(sums) {
                if crc32fast::hash(row) != sum {
                    return Err(damaged());
                }
                copy_row(row, &mut values[number * dim..(number + 1) * dim]);
            }
        }
        let vectors = WordVectors::of_rows(source, dim, words, values).map_err(|_| damaged())?;
        Ok(Some((vectors, notes.lines().map(str::to_string).collect())))
    }

    /// A new cache. `None` where the folder cannot be written.
    pub fn create(&self) -> Option<Writer<'_>> {
        let folder = self.file.parent()?;
        fs::create_dir_all(folder).ok()?;
        remove_leftovers(folder);
        let file = tempfile::Builder::new().prefix(PART).tempfile_in(folder).ok()?;
        Some(Writer { cache: self, file, sums: Vec::new() })
    }
}

/// A cache that is being made; it is there for others, whole, once [`Self::finish`] has returned.
pub(super) struct Writer<'a> {
    cache: &'a Cache,
    file: tempfile::NamedTempFile,
    sums: Vec<u8>,
}

impl Writer<'_> {
    /// Takes those rows that are `fresh`: of words that have come for the first time.
    pub fn add(&mut self, block: &Block, fresh: &[bool]) -> io::Result<()> {
        let all = fresh.iter().all(|fresh| *fresh);
        for ((_, row), _) in block.rows().zip(fresh).filter(|(_, fresh)| **fresh) {
            self.sums.extend(crc32fast::hash(row).to_le_bytes());
            if !all {
                self.file.write_all(row)?;
            }
        }
        if all { self.file.write_all(block.values()) } else { Ok(()) }
    }

    /// `words` are those of all rows that were taken.
    pub fn finish(mut self, dim: usize, words: &WordList, notes: &[String]) -> io::Result<()> {
        let lengths: Vec<u8> = words.iter().flat_map(|word| (word.len() as u32).to_le_bytes()).collect();
        let notes = notes.join("\n");
        let mut trailer = Trailer {
            stamp: self.cache.stamp,
            dim: dim as u64,
            rows: words.len() as u64,
            letters: words.text().len() as u64,
            notes: notes.len() as u64,
            checksum: 0,
        };
        let parts = [lengths.as_slice(), &self.sums, words.text().as_bytes(), notes.as_bytes()];
        trailer.checksum = checksum(&trailer, &parts);
        for part in parts {
            self.file.write_all(part)?;
        }
        self.file.write_all(&trailer.bytes())?;
        self.file.persist(&self.cache.file).map(|_| ()).map_err(|e| e.error)
    }
}

impl Trailer {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(TRAILER);
        bytes.extend(self.stamp.size.to_le_bytes());
        bytes.extend(self.stamp.modified.to_le_bytes());
        [self.dim, self.rows, self.letters, self.notes].iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        bytes.extend(self.checksum.to_le_bytes());
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(MAGIC);
        bytes
    }

    fn parse(bytes: &[u8]) -> Result<Trailer, String> {
        let (fields, end) = bytes.split_at(TRAILER - 12);
        let version = numbers(end).next().unwrap_or_default();
        if end[4..] != MAGIC {
            return Err("is cut short or damaged".to_string());
        }
        if version != VERSION {
            return Err(format!("is of version {version}, this program's are of version {VERSION}"));
        }
        let long = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| fields[at + i]));
        let modified = i128::from_le_bytes(std::array::from_fn(|i| fields[8 + i]));
        let checksum = u32::from_le_bytes(std::array::from_fn(|i| fields[56 + i]));
        let stamp = Stamp { size: long(0), modified };
        Ok(Trailer { stamp, dim: long(24), rows: long(32), letters: long(40), notes: long(48), checksum })
    }

    /// How many bytes are in front of it: the rows, and what is behind them.
    fn sizes(&self) -> (u128, u128) {
        let (dim, rows) = (u128::from(self.dim), u128::from(self.rows));
        ((4 * dim).saturating_mul(rows), 8 * rows + u128::from(self.letters) + u128::from(self.notes))
    }
}

/// The trailer, and all that is between it and the rows.
fn index(file: &mut File) -> io::Result<Result<(Trailer, Vec<u8>), String>> {
    let size = file.metadata()?.len();
    let Some(body) = size.checked_sub(TRAILER as u64) else { return Ok(Err("is cut short".to_string())) };
    let mut bytes = vec![0; TRAILER];
    file.seek(SeekFrom::Start(body))?;
    file.read_exact(&mut bytes)?;
    let trailer = match Trailer::parse(&bytes) {
        Ok(trailer) => trailer,
        Err(why) => return Ok(Err(why)),
    };
    let (rows, behind) = trailer.sizes();
    if rows.saturating_add(behind) != u128::from(body) {
        return Ok(Err("is damaged".to_string()));
    }
    let mut index = vec![0; behind as usize];
    file.seek(SeekFrom::Start(rows as u64))?;
    file.read_exact(&mut index)?;
    let whole = checksum(&trailer, &[&index]) == trailer.checksum;
    Ok(if whole { Ok((trailer, index)) } else { Err("is damaged".to_string()) })
}

/// Of the parts and of the trailer's own fields.
fn checksum(trailer: &Trailer, parts: &[&[u8]]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    parts.iter().for_each(|part| sum.update(part));
    sum.update(&Trailer { checksum: 0, ..*trailer }.bytes());
    sum.finalize()
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

/// Removes what programs that were killed have left; a file that another is just making is younger.
fn remove_leftovers(folder: &Path) {
    let old = |path: &Path| {
        let age = fs::metadata(path).and_then(|m| m.modified()).map(|at| SystemTime::now().duration_since(at));
        matches!(age, Ok(Ok(age)) if age > Duration::from_secs(3600))
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PART) && old(&entry.path()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_that_claims_any_size_is_damaged() {
        for (dim, rows) in [(u64::MAX, u64::MAX), (1 << 63, 1 << 63), (1, u64::MAX), (u64::MAX, 1)] {
            let stamp = Stamp { size: 0, modified: 0 };
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&Trailer { stamp, dim, rows, letters: u64::MAX, notes: u64::MAX, checksum: 0 }.bytes())
                .unwrap();
            assert_eq!(index(&mut file).unwrap().unwrap_err(), "is damaged");
        }
    }
}
