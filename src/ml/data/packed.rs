//! Files that are packed: what is in them, by their first bytes, whatever they are called.

use crate::error::{Error, Result};
use crate::{interrupt, memory};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

/// What the names of packed files end in, behind the ending of what is in them.
pub(super) const ENDINGS: [&str; 5] = ["gz", "zst", "bz2", "zip", "gzip"];
/// Of the unpacked bytes, looked at with each so many whether there is memory for them.
const PART: usize = 1 << 20;

/// What a file holds, unpacked as it is read.
pub(super) struct Unpacked<'a> {
    path: &'a Path,
    bytes: &'a mut dyn Read,
    packed: bool,
}

impl Unpacked<'_> {
    /// Puts the next bytes behind those in `bytes`, up to `most`, and gives how many; fewer than that only at the end.
    ///
    /// # Errors
    /// A file that cannot be read, or is damaged.
    pub fn append(&mut self, bytes: &mut Vec<u8>, most: usize) -> Result<usize> {
        let read = self.bytes.take(most as u64).read_to_end(bytes);
        read.map_err(|e| match self.packed {
            true => damaged(self.path, &e),
            false => Error::file("read", self.path, e),
        })
    }
}

/// Whether a file that begins so is packed.
pub(super) fn is_packed(start: &[u8]) -> bool {
    Packing::of(start).is_some()
}

/// The bytes of a file, unpacked where they are packed; of an archive those of the only table in it, with its name. `is_table` tells by names.
///
/// # Errors
/// A file that is damaged, one with no table or several in it; more than there is memory for.
pub(super) fn unpacked(
    path: &Path,
    bytes: Vec<u8>,
    is_table: impl Fn(&str) -> bool,
) -> Result<(Vec<u8>, Option<String>)> {
    if Packing::of(&bytes).is_none() {
        return Ok((bytes, None));
    }
    with_unpacked(path, Cursor::new(bytes), ("table", &is_table), |mut packed, inside| {
        let mut all = Vec::new();
        loop {
            interrupt::check()?;
            memory::room(|| format!("unpacking {}", path.display()), PART as u64)?;
            if packed.append(&mut all, PART)? == 0 {
                return Ok((all, inside.map(str::to_string)));
            }
        }
    })
}

/// Has `read` take what is in `file`, unpacked where it is packed; of an archive, what is in the only file there that is `wanted`: what such files are called, and
/// whether that is the name of one. `read` gets the name, too.
///
/// # Errors
/// A file that is damaged, an archive with no such file or several in it; those of `read`.
pub(super) fn with_unpacked<T>(
    path: &Path,
    mut file: impl Read + Seek,
    (what, wanted): (&str, &dyn Fn(&str) -> bool),
    read: impl FnOnce(Unpacked<'_>, Option<&str>) -> Result<T>,
) -> Result<T> {
    let unreadable = |e: io::Error| Error::file("read", path, e);
    let mut start = Vec::new();
    file.by_ref().take(4).read_to_end(&mut start).map_err(unreadable)?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    // Files of several parts, one behind the other, are whole files: pigz, bgzip and pbzip2 write such.
    match Packing::of(&start) {
        Some(Packing::Gzip) => {
            read(Unpacked { path, bytes: &mut flate2::read::MultiGzDecoder::new(file), packed: true }, None)
        }
        Some(Packing::Zstd) => {
            let mut bytes = zstd::stream::read::Decoder::new(file).map_err(|e| damaged(path, &e))?;
            read(Unpacked { path, bytes: &mut bytes, packed: true }, None)
        }
        Some(Packing::Bzip2) => {
            read(Unpacked { path, bytes: &mut bzip2::read::MultiBzDecoder::new(file), packed: true }, None)
        }
        Some(Packing::Zip) => {
            let mut archive = zip::ZipArchive::new(file).map_err(|e| damaged(path, &e))?;
            let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
            let inside = only(path, &names, what, wanted)?;
            let mut bytes = archive.by_name(inside).map_err(|e| damaged(path, &e))?;
            read(Unpacked { path, bytes: &mut bytes, packed: true }, Some(inside))
        }
        None => read(Unpacked { path, bytes: &mut file, packed: false }, None),
    }
}

/// How a file is packed.
enum Packing {
    Gzip,
    Zstd,
    Bzip2,
    Zip,
}

impl Packing {
    /// By the first bytes.
    fn of(bytes: &[u8]) -> Option<Packing> {
        match bytes {
            [0x1f, 0x8b, ..] => Some(Packing::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Packing::Bzip2),
            [b'P', b'K', 3, 4, ..] => Some(Packing::Zip),
            _ => None,
        }
    }
}

/// The name of the only one of an archive's files that is `wanted`.
fn only<'a>(path: &Path, names: &'a [String], what: &str, wanted: &dyn Fn(&str) -> bool) -> Result<&'a str> {
    // macOS puts a shadow of each file beside it.
    let found: Vec<&String> = names.iter().filter(|name| wanted(name) && !name.starts_with("__MACOSX/")).collect();
    let path = path.display();
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(Error::data(format!("{path} holds no {what}: {}", listed(names)))),
        _ => {
            let found = listed(&found);
            Err(Error::data(format!("{path} holds several {what}s, expected one: {found}; unpack it and name one")))
        }
    }
}

fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let shown: Vec<&str> = names.iter().take(8).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(8);
    format!("{}{}", shown.join(", "), if more > 0 { format!(" and {more} more") } else { String::new() })
}

fn damaged(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::data(format!("{} is damaged, or not whole: {why}", path.display()))
}
