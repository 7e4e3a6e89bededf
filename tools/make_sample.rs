//! Makes the embedded sample (`data/sample/`, see its README.md) from the whole data:
//!
//! ```text
//! IMDBSH_DATA=FOLDER cargo run --release --example make_sample [TARGET]
//! ```
//!
//! FOLDER holds `aclImdb/` and `glove.6B.100d.txt`; TARGET is `data/sample` unless given. The same data give the same
//! files, byte for byte; `tests/it/data/sample.rs` checks that the committed ones are these.

use flate2::{Compression, write::GzEncoder};
use imdbsh::error::{Error, Result};
use imdbsh::ml::data::sample::{DIM, Line, decode};
use imdbsh::ml::data::{Label, Reviews, Split, Texts, Tokens, WordVectors};
use std::{collections::BTreeSet, env, fs, io::Write, path::Path, process::ExitCode};

/// Reviews of each folder.
const REVIEWS: usize = 1000;
/// The marks of the lab's cleaning.
const MARKS: &str = r#"[\s+.!@/_,$%^*()'"，。？！、～~#￥…&（）—]+"#;

#[allow(dead_code, reason = "the test of the committed files includes this file and calls make")]
fn main() -> ExitCode {
    let target = env::args().nth(1).unwrap_or("data/sample".to_string());
    let made = match env::var_os("IMDBSH_DATA") {
        Some(folder) => make(Path::new(&folder), Path::new(&target)),
        None => Err(Error::value("set IMDBSH_DATA to the folder that holds aclImdb/ and glove.6B.100d.txt")),
    };
    match made {
        Ok(bytes) => {
            println!("{target}: {bytes} bytes");
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("make_sample: {e}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the sample's files into `target` and gives the sum of their sizes in bytes.
///
/// # Errors
/// Reviews or vectors that cannot be read, a folder that cannot be written.
pub fn make(data: &Path, target: &Path) -> Result<usize> {
    let mut all = Reviews::default();
    let mut total = 0;
    for split in ["train", "test"] {
        for label in [Label::Neg, Label::Pos] {
            let reviews = Reviews::read(&data.join("aclImdb"), split, label, Some(0..REVIEWS))?;
            let name = format!("{split}-{}.jsonl.gz", label.name());
            total += write(&target.join(name), &lines(&reviews)?)?;
            all = all.followed_by(&reviews)?;
        }
    }
    let texts = words(&all.texts)?;
    let glove = data.join("glove.6B.100d.txt");
    let (vectors, _) = WordVectors::read(&glove, &texts.iter().collect::<Vec<_>>(), None)?;
    let found: BTreeSet<&str> =
        texts.iter().flat_map(|t| t.distinct().iter()).filter(|word| vectors.contains(word)).collect();

    // Three planes of bytes, the highest first: the high ones repeat and pack well, the low ones are as good as random.
    let mut planes = [Vec::new(), Vec::new(), Vec::new()];
    for value in found.iter().filter_map(|word| vectors.row(word)).flatten() {
        let [low, middle, high] = encode(*value)?;
        planes[0].push(high);
        planes[1].push(middle);
        planes[2].push(low);
    }
    if vectors.dim() != DIM {
        return Err(Error::data(format!("{}: {} dimensions, expected {DIM}", glove.display(), vectors.dim())));
    }
    let found: Vec<&str> = found.into_iter().collect();
    total += write(&target.join("glove.words.gz"), found.join("\n").as_bytes())?;
    total += write(&target.join("glove.values.gz"), &planes.concat())?;
    Ok(total)
}

fn lines(reviews: &Reviews) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for (i, text) in reviews.texts.iter().enumerate() {
        let line = Line { id: reviews.ids[i], rating: reviews.ratings[i], text: text?.into_owned() };
        serde_json::to_writer(&mut bytes, &line).map_err(|e| Error::data(e.to_string()))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// The texts' words under every way of cleaning that scripts are likely to choose: the lab's, the same without HTML
/// breaks, and plain runs of letters and digits with and without hyphens and apostrophes.
fn words(texts: &Texts) -> Result<Vec<Tokens>> {
    let clean = texts.drop_breaks()?.lower_case();
    [
        texts.replace(MARKS, " ")?.lower_case(),
        clean.replace(MARKS, " ")?,
        clean.replace(r"\W+", " ")?,
        clean.replace(r"[^\w'-]+", " ")?,
    ]
    .iter()
    .map(|texts| Tokens::split(texts, Split::WhiteSpace))
    .collect()
}

/// The bytes that [`decode`] reads back as `value`, bit for bit.
fn encode(value: f32) -> Result<[u8; 3]> {
    // GloVe's files give five significant digits, so this is the number as it stands there.
    let text = format!("{value:.4e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: u32 = mantissa.replace(['-', '.'], "").parse().unwrap_or(u32::MAX);
    let decimals = if digits == 0 { 4 } else { 4 - exponent.parse::<i32>().unwrap_or(i32::MAX) };
    let beyond = u32::try_from(decimals - 4).ok().filter(|n| *n < 8 && digits < 1 << 17);
    let bytes = beyond.map(|beyond| {
        let bits = digits | beyond << 17 | u32::from(value.is_sign_negative()) << 20;
        let [low, middle, high, _] = bits.to_le_bytes();
        [low, middle, high]
    });
    bytes
        .filter(|[low, middle, high]| {
            decode(u32::from_le_bytes([*low, *middle, *high, 0])).to_bits() == value.to_bits()
        })
        .ok_or_else(|| Error::data(format!("{value} has more than five digits or is not of 1e-7 … 10")))
}

fn write(path: &Path, bytes: &[u8]) -> Result<usize> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let packed = packer.write_all(bytes).and_then(|()| packer.finish());
    let packed = packed.and_then(|packed| fs::write(path, &packed).map(|()| packed.len()));
    packed.map_err(|e| Error::file("write", path, e))
}
