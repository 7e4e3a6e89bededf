//! Vocabularies.

use super::args::{integers, place, size, strings};
use super::texts::api::texts;
use crate::ml::data::{Vocabulary, VocabularyOptions};
use crate::script::api::handles::{EncodedHandle, TensorHandle, TokensHandle, VocabularyHandle};
use crate::script::base::ScriptResult;
use crate::script::base::options::Options;
use rhai::{Array, Dynamic, Map, plugin::*};
use std::path::Path;
use std::rc::Rc;

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// A vocabulary of the words in tokenized texts: `<unk>` 0, `<pad>` 1, then by falling count, ties in alphabetical
    /// order, as torchtext numbers them. Options: `min_count` 1 leaves rarer words out, `max_size` keeps so many.
    ///
    /// Errors: no word is left.
    ///
    /// ```rhai
    /// let v = vocabulary(texts(["b a a"]).split());
    /// assert_eq(v.index("a"), 2);
    /// assert_eq(v.word(3), "b");
    /// assert_eq(v.index("c"), ());
    /// ```
    #[rhai_fn(return_raw)]
    pub fn vocabulary(tokens: TokensHandle) -> ScriptResult<VocabularyHandle> {
        vocabulary_with(tokens, Map::new())
    }

    #[rhai_fn(name = "vocabulary", return_raw)]
    pub fn vocabulary_with(tokens: TokensHandle, options: Map) -> ScriptResult<VocabularyHandle> {
        let mut o = Options::new("vocabulary", options);
        let min_count = size("vocabulary", "min_count", o.integer("min_count", 1)?)?;
        let max_size = o.optional_integer("max_size")?.map(|n| size("vocabulary", "max_size", n)).transpose()?;
        o.done()?;
        Ok(Rc::new(Vocabulary::new(&tokens, VocabularyOptions { min_count, max_size })?))
    }

    /// The vocabulary that an array of words makes, in the order of their indices: what `words()` of a vocabulary gives.
    ///
    /// Errors: words that do not begin with `<unk>` and `<pad>`, or one that stands twice.
    ///
    /// ```rhai
    /// let v = vocabulary(["<unk>", "<pad>", "film", "a"]);
    /// assert_eq(v.index("a"), 3);
    /// ```
    #[rhai_fn(name = "vocabulary", return_raw)]
    pub fn vocabulary_of(words: Array) -> ScriptResult<VocabularyHandle> {
        let words = texts(words)?;
        let words = words.iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Rc::new(Vocabulary::of_words(words.iter().map(AsRef::as_ref))?))
    }

    /// Writes a vocabulary, and the vectors of its words where they are given (`[words, dimensions]`, as `table` of word vectors
    /// gives them), so that it can be used elsewhere: `load_vocabulary` reads it back. The ending tells the format:
    /// - `.json`: the words in the order of their indices, an array, as in a run folder's `vocabulary.json`; with vectors an
    ///   object: `index_to_word`, that array; `word_to_index`, each word with its index; `vectors`, an array for each index
    /// - `.safetensors`: the tensor `vectors`, a row for each index; the words, a JSON array, in the metadata, under `index_to_word`
    ///
    /// Errors: another ending; vectors that are not one for each word; a file that cannot be written.
    ///
    /// ```rhai
    /// let words = texts(["a fine film"]).split();
    /// let v = vocabulary(words);
    /// v.save("imdbsh-doc.json");
    /// assert_eq(read_json("imdbsh-doc.json"), ["<unk>", "<pad>", "a", "film", "fine"]);
    /// v.save("imdbsh-doc-words.safetensors", word_vectors("sample", [words]).table(v));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn save(vocabulary: &mut VocabularyHandle, path: &str) -> ScriptResult<()> {
        Ok(vocabulary.save(Path::new(path), None)?)
    }

    #[rhai_fn(name = "save", return_raw, pure)]
    pub fn save_with(vocabulary: &mut VocabularyHandle, path: &str, vectors: TensorHandle) -> ScriptResult<()> {
        Ok(vocabulary.save(Path::new(path), Some(&vectors))?)
    }

    /// What `save` of a vocabulary wrote: `#{ vocabulary, vectors }`, the same words with the same indices, and their vectors,
    /// `[words, dimensions]` float32, or `()` where the file has none. A run folder's `vocabulary.json` is such a file, and
    /// so is a JSON object of words and their indices, such as Python's `json.dump` writes a dictionary.
    ///
    /// Errors: a file that is not there, or is something else: it is named, and what was expected.
    ///
    /// ```rhai
    /// let words = texts(["a fine film"]).split();
    /// let v = vocabulary(words);
    /// v.save("imdbsh-doc-v.json", word_vectors("sample", [words]).table(v));
    /// let saved = load_vocabulary("imdbsh-doc-v.json");
    /// assert_eq(saved.vocabulary, v);
    /// assert_eq(saved.vectors.shape, [5, 100]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn load_vocabulary(path: &str) -> ScriptResult<Map> {
        let (vocabulary, vectors) = Vocabulary::load(Path::new(path))?;
        let vectors = vectors.map_or(Dynamic::UNIT, |vectors| Dynamic::from(TensorHandle::from(vectors)));
        let vocabulary = Dynamic::from(Rc::new(vocabulary));
        Ok(Map::from([("vocabulary".into(), vocabulary), ("vectors".into(), vectors)]))
    }

    /// Whether two vocabularies have the same words with the same indices.
    #[rhai_fn(name = "==", pure)]
    pub fn same_words(a: &mut VocabularyHandle, b: VocabularyHandle) -> bool {
        **a == *b
    }

    #[rhai_fn(name = "!=", pure)]
    pub fn other_words(a: &mut VocabularyHandle, b: VocabularyHandle) -> bool {
        **a != *b
    }

    /// The words of a vocabulary in the order of their indices, an array.
    ///
    /// ```rhai
    /// assert_eq(vocabulary(texts(["b a a"]).split()).words(), ["<unk>", "<pad>", "a", "b"]);
    /// ```
    #[rhai_fn(name = "words", pure)]
    pub fn vocabulary_words(vocabulary: &mut VocabularyHandle) -> Array {
        strings(vocabulary.words())
    }

    /// The number of words in a vocabulary, `<unk>` and `<pad>` included.
    #[rhai_fn(name = "len", pure)]
    pub fn vocabulary_len(vocabulary: &mut VocabularyHandle) -> i64 {
        vocabulary.len() as i64
    }

    /// The index of a word, or `()` where the vocabulary does not have it.
    ///
    /// ```rhai
    /// assert_eq(vocabulary(texts(["a"]).split()).index("<pad>"), 1);
    /// ```
    #[rhai_fn(pure)]
    pub fn index(vocabulary: &mut VocabularyHandle, word: &str) -> Dynamic {
        vocabulary.index(word).map_or(Dynamic::UNIT, |i| Dynamic::from(i as i64))
    }

    /// The word at an index.
    ///
    /// ```rhai
    /// assert_eq(vocabulary(texts(["a"]).split()).word(0), "<unk>");
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn word(vocabulary: &mut VocabularyHandle, index: i64) -> ScriptResult<String> {
        let at = place("word", index, vocabulary.len())?;
        Ok(vocabulary.word(at).unwrap_or_default().to_string())
    }

    /// Tokenized texts as word indices, each cut at its end to `max_len` words. Unknown words become `<unk>`, and so does
    /// a text without words.
    ///
    /// ```rhai
    /// let words = texts(["b a a", "c"]).split();
    /// let v = vocabulary(words);
    /// assert_eq(v.encode(words, 2)[0], [3, 2]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn encode(
        vocabulary: &mut VocabularyHandle,
        tokens: TokensHandle,
        max_len: i64,
    ) -> ScriptResult<EncodedHandle> {
        Ok(Rc::new(vocabulary.encode(&tokens, size("encode", "max_len", max_len)?)?))
    }

    /// The words of an array of indices.
    ///
    /// ```rhai
    /// assert_eq(vocabulary(texts(["b a a"]).split()).decode([3, 2]), ["b", "a"]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn decode(vocabulary: &mut VocabularyHandle, indices: Array) -> ScriptResult<Array> {
        let read = integers("decode", &indices)?;
        Ok(strings(vocabulary.decode(&read)?))
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_vocabulary(vocabulary: &mut VocabularyHandle) -> String {
        format!("vocabulary of {} words", vocabulary.len())
    }
}
