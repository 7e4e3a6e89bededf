//! Word vectors, and a vocabulary by them.

use crate::access;
use crate::error::Error;
use crate::ml::data::{Tokens, WordVectors, is_table, sample};
use crate::output::complain;
use crate::places::Places;
use crate::script::api::handles::{TensorHandle, TokensHandle, VectorsHandle, VocabularyHandle};
use crate::script::base::{ScriptResult, part};
use rhai::{Array, Dynamic, NativeCallContext, plugin::*};
use std::path::Path;
use std::rc::Rc;

/// The name of GloVe's file, which is looked for beside the reviews and below the data folders.
const GLOVE: &str = "glove.6B.100d.txt";

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// GloVe vectors of the words in an array of tokenized texts: `"sample"` for those in the program, else the path of a
    /// text file (a word and its numbers a line, of any width), or the folder or table with the reviews, which has
    /// `glove.6B.100d.txt` in it or beside it. Found like reviews; `imdbsh fetch glove` downloads it. A text file is parsed once
    /// and then kept as numbers in the user's cache, from which the rows of these words are read. Also a
    /// `.safetensors` file that `save` of a vocabulary wrote with vectors: all of its words.
    ///
    /// Errors: a file that is not there; a line that is no vector (file and line are named).
    ///
    /// ```rhai
    /// let words = texts(["a fine film"]).split();
    /// let g = word_vectors("sample", [words]);
    /// assert_eq(g.dimensions, 100);
    /// assert_eq(g.table(vocabulary(words)).shape, [5, 100]);     // <unk>, <pad>, and three words
    /// ```
    #[rhai_fn(return_raw)]
    pub fn word_vectors(context: NativeCallContext, data: &str, tokens: Array) -> ScriptResult<VectorsHandle> {
        if data == sample::NAME {
            return Ok(Rc::new(sample::vectors()?));
        }
        let places = part::<Places>(&context)?;
        let found = places.find(data)?;
        let beside = |folder: &Path| {
            [Some(folder), folder.parent()].into_iter().flatten().map(|f| f.join(GLOVE)).find(|f| access::is_file(f))
        };
        let file = match access::is_dir(&found) || is_table(&found) {
            false => found,
            true => match beside(&found) {
                Some(file) => file,
                None => places.find(GLOVE)?,
            },
        };
        let tokens: Option<Vec<TokensHandle>> = tokens.into_iter().map(Dynamic::try_cast).collect();
        let tokens = tokens.ok_or_else(|| Error::value("word_vectors takes an array of tokenized texts"))?;
        let tokens: Vec<&Tokens> = tokens.iter().map(Rc::as_ref).collect();
        if WordVectors::is_saved(&file) {
            return Ok(Rc::new(WordVectors::load(&file)?));
        }
        let cache = places.cache.as_ref().map(|cache| cache.join("vectors"));
        let (vectors, note) = WordVectors::read(&file, &tokens, cache.as_deref())?;
        note.iter().for_each(|note| complain(note));
        Ok(Rc::new(vectors))
    }

    /// The number of numbers in each vector.
    ///
    /// ```rhai
    /// assert_eq(word_vectors("sample", []).dimensions, 100);
    /// ```
    #[rhai_fn(get = "dimensions", pure)]
    pub fn dimensions(vectors: &mut VectorsHandle) -> i64 {
        vectors.dim() as i64
    }

    /// The vectors in the order of a vocabulary, `[words, dimensions]` float32; zeros for a word that has none, `<unk>` and
    /// `<pad>` among them.
    ///
    /// ```rhai
    /// let words = texts(["film"]).split();
    /// let t = word_vectors("sample", [words]).table(vocabulary(words));
    /// assert_eq(t[1].abs().sum().item(), 0.0);     // <pad>
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn table(vectors: &mut VectorsHandle, vocabulary: VocabularyHandle) -> ScriptResult<TensorHandle> {
        Ok(vectors.table(&vocabulary)?.into())
    }

    /// How many words of a vocabulary have a vector.
    ///
    /// ```rhai
    /// let words = texts(["film qwzx"]).split();
    /// assert_eq(word_vectors("sample", [words]).found(vocabulary(words)), 1);
    /// ```
    #[rhai_fn(pure)]
    pub fn found(vectors: &mut VectorsHandle, vocabulary: VocabularyHandle) -> i64 {
        vectors.found(&vocabulary) as i64
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print_vectors(vectors: &mut VectorsHandle) -> String {
        format!("vectors of {} words, {} numbers each", vectors.len(), vectors.dim())
    }

    /// A vocabulary with those words of further texts behind it that it does not have but `vectors` has. For test texts:
    /// their words are then read by the vectors that they had before any training, and every index from the training texts
    /// stays as it is.
    ///
    /// ```rhai
    /// let words = texts(["film"]).split();
    /// let v = vocabulary(words).extended(texts(["good film"]).split(), word_vectors("sample", []));
    /// assert_eq(v.index("good"), 3);
    /// ```
    #[rhai_fn(pure)]
    pub fn extended(
        vocabulary: &mut VocabularyHandle,
        tokens: TokensHandle,
        vectors: VectorsHandle,
    ) -> VocabularyHandle {
        Rc::new(vocabulary.extended(&tokens, |word| vectors.contains(word)))
    }
}
