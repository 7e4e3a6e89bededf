//! The cache of word vectors, with the stamp of its source, the version and the checksum of its index right: without, it is refused at once.
#![no_main]

use imdbsh::ml::data::{Split, Texts, Tokens, WordVectors};
use imdbsh_fuzz::{begin, file, place, read};
use libfuzzer_sys::fuzz_target;
use std::{fs, path::PathBuf, sync::OnceLock};

/// Bytes at the end: the source's stamp, four sizes, the checksum, version and magic.
const TRAILER: usize = 72;
const STAMP: usize = 24;
const CHECKSUM: usize = 56;
const VERSION: usize = 60;

struct Made {
    source: PathBuf,
    words: Tokens,
    cache: PathBuf,
    trailer: Vec<u8>,
}

static MADE: OnceLock<Made> = OnceLock::new();

/// Has the program make the cache that the inputs take the place of.
fn make() -> Made {
    begin();
    let source = file("v.txt", b"the 1 2\nfilm 3 -4\na 0.5 6\n");
    let words = Tokens::split(&Texts::new(["the film a at"]), Split::WhiteSpace).expect("few words");
    let folder = place("cache");
    WordVectors::read(&source, &[&words], Some(&folder)).expect("vectors");
    let cache = fs::read_dir(folder).expect("a folder").next().expect("a cache in it").expect("its name").path();
    let bytes = fs::read(&cache).expect("a cache");
    Made { source, words, cache, trailer: bytes[bytes.len() - TRAILER..].to_vec() }
}

/// The input as a cache of the source.
fn mended(input: &[u8], whole: &[u8]) -> Vec<u8> {
    let mut bytes = input.to_vec();
    let Some(end) = bytes.len().checked_sub(TRAILER) else { return bytes };
    let (body, trailer) = bytes.split_at_mut(end);
    trailer[..STAMP].copy_from_slice(&whole[..STAMP]);
    trailer[VERSION..].copy_from_slice(&whole[VERSION..]);
    trailer[CHECKSUM..VERSION].fill(0);
    let size = |at: usize| u128::from(u64::from_le_bytes(std::array::from_fn(|i| trailer[at + i])));
    let rows = (4 * size(24)).saturating_mul(size(32));
    let index = usize::try_from(rows).ok().and_then(|rows| body.get(rows..)).unwrap_or_default();
    let sum = crc32fast::hash(&[index, trailer].concat());
    trailer[CHECKSUM..VERSION].copy_from_slice(&sum.to_le_bytes());
    bytes
}

fuzz_target!(init: { MADE.get_or_init(make); }, |input: &[u8]| {
    let Made { source, words, cache, trailer } = MADE.get().expect("begun");
    fs::write(cache, mended(input, trailer)).expect("a cache");
    let (vectors, _) = read(|| WordVectors::read(source, &[words], cache.parent())).expect("vectors, from wherever");
    assert!(vectors.dim() > 0);
});
