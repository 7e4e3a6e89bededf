//! Vocabularies in files, with or without the vectors of their words.
//!
//! | ending | what it holds |
//! | --- | --- |
//! | `.json` | the words in the order of their indices, an array; with vectors `{"index_to_word", "word_to_index", "vectors"}` |
//! | `.safetensors` | the tensor `vectors`, a row an index; the words as JSON in the metadata, under `index_to_word` |

use super::{Vocabulary, WordVectors};
use crate::access;
use crate::error::{Error, Result};
use crate::ml::files::write_atomically;
use crate::ml::tensor::{During, describe};
use crate::ml::{device, weights};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::slice::ChunksExact;
use tch::{Device, Kind, Tensor};

const WORDS: &str = "index_to_word";
const VECTORS: &str = "vectors";
const EXPECTED: &str = "expected an array of words in the order of their indices, an object of words and their indices, \
                        or an object with index_to_word, word_to_index and vectors";

/// What stands in a JSON file with vectors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    index_to_word: Option<Vec<String>>,
    word_to_index: Option<HashMap<String, usize>>,
    vectors: Option<Vec<Vec<f32>>>,
}

#[derive(Serialize)]
struct ToSave<'a> {
    index_to_word: Vec<&'a str>,
    #[serde(serialize_with = "indices")]
    word_to_index: &'a Vocabulary,
    #[serde(serialize_with = "rows")]
    vectors: ChunksExact<'a, f32>,
}

enum Format {
    Json,
    Safetensors,
}

impl Format {
    fn of(path: &Path) -> Result<Format> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") => Ok(Format::Json),
            Some("safetensors") => Ok(Format::Safetensors),
            _ => Err(Error::value(format!(
                "{}: a vocabulary's file ends in .json or .safetensors, which tells its format",
                path.display()
            ))),
        }
    }
}

impl Vocabulary {
    /// Writes the words, and the vectors where some are given: `[words, dimensions]`, a row for each index. The file's
    /// ending tells the format, see the table above; [`Self::load`] gives both back.
    ///
    /// # Errors
    /// Another ending; vectors of another number of rows; in JSON, numbers that are not finite; a path that cannot be written.
    pub fn save(&self, path: &Path, vectors: Option<&Tensor>) -> Result<()> {
        let vectors = vectors.map(|vectors| self.checked(vectors)).transpose()?;
        let words: Vec<&str> = self.words().collect();
        match (Format::of(path)?, vectors) {
            (Format::Json, None) => write_atomically(path, |file| serde_json::to_writer(file, &words)),
            (Format::Json, Some(vectors)) => {
                let values = Vec::<f32>::try_from(vectors.f_reshape(-1).during("save", &[&vectors])?)?;
                if values.iter().any(|value| !value.is_finite()) {
                    let name = path.display();
                    return Err(Error::value(format!(
                        "{name}: JSON has no numbers that are NaN or infinite; .safetensors has"
                    )));
                }
                let rows = values.chunks_exact(vectors.size()[1] as usize);
                let all = ToSave { index_to_word: words, word_to_index: self, vectors: rows };
                write_atomically(path, |file| serde_json::to_writer(file, &all))
            }
            (Format::Safetensors, vectors) => {
                let words = serde_json::to_string(&words).map_err(|e| Error::file("write", path, e))?;
                let tensors: Vec<(String, Tensor)> = vectors.into_iter().map(|v| (VECTORS.to_string(), v)).collect();
                weights::save(path, &tensors, &BTreeMap::from([(WORDS.to_string(), words)]))?;
                Ok(())
            }
        }
    }

    /// Reads what [`Self::save`] wrote: the words, and the vectors, float32 on the current device, where there are some. A run
    /// folder's `vocabulary.json` is such a file, and so is an object of words and their indices.
    ///
    /// # Errors
    /// A file that cannot be read or is something else: it is named, and what was expected.
    pub fn load(path: &Path) -> Result<(Vocabulary, Option<Tensor>)> {
        let name = path.display().to_string();
        let (vocabulary, vectors) = match Format::of(path)? {
            Format::Json => parse(&access::read(path)?),
            Format::Safetensors => of_tensors(weights::read(path)?),
        }
        .map_err(|e| e.within(&name))?;
        let vectors = vectors.map(|vectors| {
            let vectors = vocabulary.checked(&vectors).map_err(|e| Error::data(e.message).within(&name))?;
            vectors.f_to_device(device::current()).during("load_vocabulary", &[&vectors])
        });
        Ok((vocabulary, vectors.transpose()?))
    }

    /// The vectors as float32 on the CPU, if they are a row for each word.
    fn checked(&self, vectors: &Tensor) -> Result<Tensor> {
        let words = self.len() as i64;
        if vectors.dim() != 2 || vectors.size()[0] != words || vectors.size()[1] == 0 || !vectors.is_floating_point() {
            let got = describe(vectors);
            return Err(Error::shape(format!(
                "the vectors of a vocabulary of {words} words are floating-point numbers [{words}, dimensions], got {got}"
            )));
        }
        let here = vectors.f_detach().and_then(|v| v.f_to_device(Device::Cpu)).and_then(|v| v.f_to_kind(Kind::Float));
        here.and_then(|v| v.f_contiguous()).during("vectors", &[vectors])
    }
}

impl WordVectors {
    /// Vectors that [`Vocabulary::save`] wrote. A row of zeros is a word without one.
    ///
    /// # Errors
    /// As [`Vocabulary::load`]; a file without vectors.
    pub fn load(path: &Path) -> Result<WordVectors> {
        let name = path.display().to_string();
        let (vocabulary, vectors) = Vocabulary::load(path)?;
        let Some(vectors) = vectors else {
            let how = "vocabulary.save(path, vectors) writes them";
            return Err(Error::data(format!("{name} holds words without vectors ({how})")));
        };
        let dim = vectors.size()[1] as usize;
        let values = Vec::<f32>::try_from(vectors.f_reshape(-1).during("word_vectors", &[&vectors])?)?;
        let rows = vocabulary.words().zip(values.chunks_exact(dim));
        WordVectors::new(&name, dim, rows.filter(|(_, row)| row.iter().any(|value| *value != 0.0)))
    }

    /// Whether the name is that of a safetensors file, which [`Self::load`] reads; others are text.
    pub fn is_saved(path: &Path) -> bool {
        matches!(Format::of(path), Ok(Format::Safetensors))
    }
}

fn parse(json: &[u8]) -> Result<(Vocabulary, Option<Tensor>)> {
    let wrong = |e: serde_json::Error| Error::data(format!("this is no vocabulary ({EXPECTED}): {e}"));
    if json.trim_ascii_start().first() != Some(&b'{') {
        let words: Vec<String> = serde_json::from_slice(json).map_err(wrong)?;
        return Ok((Vocabulary::of_words(words.iter().map(String::as_str))?, None));
    }
    let saved = serde_json::from_slice::<Saved>(json);
    let Saved { index_to_word, word_to_index, vectors } = match saved {
        Ok(saved) => saved,
        Err(e) => {
            let word_to_index = Some(serde_json::from_slice(json).map_err(|_| wrong(e))?);
            Saved { index_to_word: None, word_to_index, vectors: None }
        }
    };
    let by_index = word_to_index.map(|indices| in_order(&indices)).transpose()?;
    let words = match (&index_to_word, &by_index) {
        (Some(a), Some(b)) if a != b => {
            return Err(Error::data("index_to_word and word_to_index are not of the same words"));
        }
        (Some(words), _) | (None, Some(words)) => words,
        (None, None) => return Err(Error::data(format!("there are no words ({EXPECTED})"))),
    };
    let vocabulary = Vocabulary::of_words(words.iter().map(String::as_str))?;
    Ok((vocabulary, vectors.map(|rows| tensor_of(&rows)).transpose()?))
}

/// Words by their indices, which must be 0, 1, 2 and so on.
fn in_order(indices: &HashMap<String, usize>) -> Result<Vec<String>> {
    let mut words = vec![None; indices.len()];
    for (word, index) in indices {
        match words.get_mut(*index) {
            Some(place @ None) => *place = Some(word.clone()),
            _ => {
                let last = words.len() - 1;
                return Err(Error::data(format!(
                    "`{word}` has index {index}: expected each index from 0 to {last} once"
                )));
            }
        }
    }
    Ok(words.into_iter().flatten().collect())
}

fn tensor_of(rows: &[Vec<f32>]) -> Result<Tensor> {
    let dim = rows.first().map_or(0, Vec::len);
    if let Some((i, row)) = rows.iter().enumerate().find(|(_, row)| row.len() != dim) {
        return Err(Error::data(format!("the vector of index {i} has {} numbers, expected {dim}", row.len())));
    }
    let values = Tensor::f_from_slice(&rows.concat()).and_then(|t| t.f_reshape([rows.len() as i64, dim as i64]));
    values.during("load_vocabulary", &[])
}

fn of_tensors(contents: weights::Contents) -> Result<(Vocabulary, Option<Tensor>)> {
    let Some(words) = contents.metadata.get(WORDS) else {
        return Err(Error::data(format!("there are no words: expected them in the metadata, under `{WORDS}`")));
    };
    let words: Vec<String> = serde_json::from_str(words)
        .map_err(|e| Error::data(format!("`{WORDS}` of the metadata is no JSON array of words: {e}")))?;
    let vectors = contents.tensors.into_iter().find(|(name, _)| name == VECTORS).map(|(_, vectors)| vectors);
    Ok((Vocabulary::of_words(words.iter().map(String::as_str))?, vectors))
}

fn rows<S: Serializer>(rows: &ChunksExact<f32>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(rows.clone())
}

fn indices<S: Serializer>(vocabulary: &Vocabulary, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(vocabulary.words().enumerate().map(|(index, word)| (word, index)))
}
