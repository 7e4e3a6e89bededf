//! Files that are packed: what is in them, by their first bytes, whatever they are called.

use crate::error::{Error, Result};
use crate::{interrupt, memory};
use std::io::{Cursor, Read};
use std::path::Path;

/// What the names of packed files end in, behind the ending of what is in them.
pub(super) const ENDINGS: [&str; 5] = ["gz", "zst", "bz2", "zip", "gzip"];
/// Of the unpacked bytes, looked at with each so many whether there is memory for them.
const PART: usize = 1 << 20;

/// The bytes of a file, unpacked where they are packed; of an archive those of the only table in it, with its name. `is_table` tells by names.
///
/// # Errors
/// A file that is damaged, one with no table or several in it; more than there is memory for.
pub(super) fn unpacked(
    path: &Path,
    bytes: Vec<u8>,
    is_table: impl Fn(&str) -> bool,
) -> Result<(Vec<u8>, Option<String>)> {
    let whole = |packed: &mut dyn Read| all(path, packed).map(|bytes| (bytes, None));
    // Files of several parts, one behind the other, are whole files: pigz, bgzip and pbzip2 write such.
    match bytes.as_slice() {
        [0x1f, 0x8b, ..] => whole(&mut flate2::read::MultiGzDecoder::new(bytes.as_slice())),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let mut packed = zstd::stream::read::Decoder::new(bytes.as_slice()).map_err(|e| damaged(path, &e))?;
            whole(&mut packed)
        }
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => whole(&mut bzip2::read::MultiBzDecoder::new(bytes.as_slice())),
        [b'P', b'K', 3, 4, ..] => in_archive(path, &bytes, is_table),
        _ => Ok((bytes, None)),
    }
}

fn in_archive(path: &Path, bytes: &[u8], is_table: impl Fn(&str) -> bool) -> Result<(Vec<u8>, Option<String>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(path, &e))?;
    let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    // macOS puts a shadow of each file beside it.
    let tables: Vec<&String> = names.iter().filter(|name| is_table(name) && !name.starts_with("__MACOSX/")).collect();
    match tables.as_slice() {
        [only] => {
            let mut file = archive.by_name(only).map_err(|e| damaged(path, &e))?;
            Ok((all(path, &mut file)?, Some((*only).clone())))
        }
        [] => Err(Error::data(format!("{} holds no table: {}", path.display(), listed(&names)))),
        _ => {
            let (path, tables) = (path.display(), listed(&tables));
            Err(Error::data(format!("{path} holds several tables, expected one: {tables}; unpack it and name one")))
        }
    }
}

fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let shown: Vec<&str> = names.iter().take(8).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(8);
    format!("{}{}", shown.join(", "), if more > 0 { format!(" and {more} more") } else { String::new() })
}

fn all(path: &Path, packed: &mut dyn Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        interrupt::check()?;
        memory::room(|| format!("unpacking {}", path.display()), PART as u64)?;
        let read = packed.take(PART as u64).read_to_end(&mut bytes).map_err(|e| damaged(path, &e))?;
        if read == 0 {
            return Ok(bytes);
        }
    }
}

fn damaged(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::data(format!("{} is damaged, or not whole: {why}", path.display()))
}
