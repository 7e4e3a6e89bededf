//! The embedded sample: the first 1,000 reviews by ID of each of aclImdb's four folders, and the GloVe 6B 100d rows of
//! their words. `data/sample/README.md` tells the format and whose work the data is.

use super::reviews::checked;
use super::{Label, Reviews, Texts, WordList, WordVectors};
use crate::error::{Error, ErrorKind, Result};
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::ops::Range;

const FOLDERS: [(&str, Label, &[u8]); 4] = [
    ("train", Label::Neg, include_bytes!("../../../data/sample/train-neg.jsonl.gz")),
    ("train", Label::Pos, include_bytes!("../../../data/sample/train-pos.jsonl.gz")),
    ("test", Label::Neg, include_bytes!("../../../data/sample/test-neg.jsonl.gz")),
    ("test", Label::Pos, include_bytes!("../../../data/sample/test-pos.jsonl.gz")),
];
const WORDS: &[u8] = include_bytes!("../../../data/sample/glove.words.gz");
const VALUES: &[u8] = include_bytes!("../../../data/sample/glove.values.gz");

/// What the data is called that is in the program.
pub const NAME: &str = "sample";
/// Width of the sample's vectors.
pub const DIM: usize = 100;

/// One line of a folder's file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    pub id: i64,
    pub rating: i64,
    pub text: String,
}

/// The reviews of one folder of the sample (`split` is `"train"` or `"test"`), sorted by ID, as [`Reviews::read`] gives
/// them from the whole data set; `range` counts within the sample's 1,000 of each folder.
///
/// # Errors
/// Another split, a range that is empty or goes beyond the end.
pub fn reviews(split: &str, label: Label, range: Option<Range<usize>>) -> Result<Reviews> {
    let Some((_, _, packed)) = FOLDERS.iter().find(|(s, l, _)| (*s, *l) == (split, label)) else {
        return Err(Error::unknown(ErrorKind::Value, "split", split, &["train", "test"]));
    };
    let place = format!("the sample's {split}/{}", label.name());
    let unpacked = unpack(packed, &place)?;
    let lines: Vec<&[u8]> = unpacked.split(|b| *b == b'\n').filter(|line| !line.is_empty()).collect();
    let range = checked(range, lines.len(), &place)?;
    let mut reviews = Reviews { labels: vec![label.class(); range.len()], ..Reviews::default() };
    let (mut texts, mut names) = (Vec::with_capacity(range.len()), Vec::with_capacity(range.len()));
    for line in &lines[range] {
        let Line { id, rating, text } = serde_json::from_slice(line).map_err(|e| damaged(&place, e))?;
        names.push(format!("{split}/{}/{id}_{rating}.txt", label.name()));
        reviews.ids.push(id);
        reviews.ratings.push(rating);
        texts.push(text);
    }
    reviews.texts = Texts::new(texts);
    reviews.names = Texts::new(names);
    Ok(reviews)
}

/// The vectors of the sample's words, exactly GloVe's. Unpacked at each call (about 12 MB), so keep what you get.
///
/// # Errors
/// None, unless the program's file is damaged.
pub fn vectors() -> Result<WordVectors> {
    let place = "the sample's vectors";
    let words = String::from_utf8(unpack(WORDS, place)?).map_err(|e| damaged(place, e))?;
    let words: WordList = words.lines().collect();
    // The high bytes of all numbers, then the middle ones, then the low ones: each comes into its place as it is unpacked.
    let mut bits = vec![0u32; words.len() * DIM];
    let mut planes = GzDecoder::new(VALUES);
    let mut buffer = [0; 1 << 14];
    for shift in [16, 8, 0] {
        for part in bits.chunks_mut(buffer.len()) {
            let bytes = &mut buffer[..part.len()];
            planes.read_exact(bytes).map_err(|e| damaged(place, e))?;
            part.iter_mut().zip(bytes).for_each(|(number, byte)| *number |= u32::from(*byte) << shift);
        }
    }
    let values = bits.into_iter().map(decode).collect();
    WordVectors::of_rows(place, DIM, words, values)
}

/// The number that 24 bits stand for: 17 bits of a whole number, 3 of how many decimals it has
/// beyond four, and 1 of its sign.
pub fn decode(bits: u32) -> f32 {
    const SCALE: [f64; 8] = [1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11];
    let (whole, decimals) = (bits & 0x1_ffff, (bits >> 17) & 7);
    let size = (f64::from(whole) / SCALE[decimals as usize]) as f32;
    if bits >> 20 & 1 == 1 { -size } else { size }
}

fn unpack(packed: &[u8], place: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(packed.len() * 3);
    GzDecoder::new(packed).read_to_end(&mut bytes).map_err(|e| damaged(place, e))?;
    Ok(bytes)
}

fn damaged(place: &str, why: impl std::fmt::Display) -> Error {
    Error::data(format!("{place} in this program's file is damaged: {why}"))
}
