//! Word vectors, and a vocabulary by them.

use crate::access;
use crate::error::Error;
use crate::fetch::data_set_name;
use crate::ml::data::{Coverage, Tokens, WordVectors, is_table, sample};
use crate::output::complain;
use crate::places::Places;
use crate::script::api::handles::{TensorHandle, TokensHandle, VectorsHandle, VocabularyHandle};
use crate::script::base::{ScriptResult, part};
use rhai::{Array, Dynamic, Map, NativeCallContext, plugin::*};
use std::path::Path;
use std::rc::Rc;

/// The name of GloVe's file, which is looked for beside the reviews and below the data folders.
const GLOVE: &str = "glove.6B.100d.txt";

fn read(function: &str, places: &Places, file: &Path, tokens: Array) -> ScriptResult<VectorsHandle> {
    let tokens: Option<Vec<TokensHandle>> = tokens.into_iter().map(Dynamic::try_cast).collect();
    let tokens = tokens.ok_or_else(|| Error::value(format!("{function} takes an array of tokenized texts")))?;
    let tokens: Vec<&Tokens> = tokens.iter().map(Rc::as_ref).collect();
    if WordVectors::is_saved(file) {
        return Ok(Rc::new(WordVectors::load(file)?));
    }
    let cache = places.cache.as_ref().map(|cache| cache.join("vectors"));
    let (vectors, notes) = WordVectors::read(file, &tokens, cache.as_deref())?;
    notes.iter().for_each(|note| complain(note));
    Ok(Rc::new(vectors))
}

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Vectors of the words in an array of tokenized texts: `"sample"` for GloVe's that are in the program, else the path of a
    /// file of vectors, or the folder or table with the reviews, which has
    /// `glove.6B.100d.txt` in it or beside it. Found like reviews; `imdbsh fetch glove` downloads it. Such files are
    /// - text as GloVe's: a word and its numbers a line, of any width, spaces or tabs between them
    /// - text as word2vec's and fastText's (`.vec`): the same below a line with two numbers, of rows and of the numbers in each
    /// - word2vec's in binary (`.bin`)
    /// - any of these packed as gzip, zstd or bzip2, or, alone in it, in a zip archive; the first bytes tell
    /// - a `.safetensors` file that `save` of a vocabulary wrote with vectors: all of its words
    ///
    /// Of a word that comes twice the first row counts. That is said on stderr, once, and so are words that are not UTF-8, and a first line that promises other rows than
    /// there are. A file is parsed once and then kept as numbers in the user's cache, from which the rows of these words are read.
    ///
    /// Errors: a file that is not there, is damaged or holds no vectors; a line that is no vector (file and line are named).
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
        let found = match places.find_all(data) {
            // Of several tables, what lies beside the first.
            Ok(found) => found.into_iter().next(),
            Err(_) if data_set_name(data).is_some() && places.is_free(data) => None,
            Err(nowhere) => return Err(nowhere.into()),
        };
        let beside = |folder: &Path| {
            [Some(folder), folder.parent()].into_iter().flatten().map(|f| f.join(GLOVE)).find(|f| access::is_file(f))
        };
        let file = match found {
            Some(found) if !access::is_dir(&found) && !is_table(&found) => found,
            found => match found.and_then(|found| beside(&found)) {
                Some(file) => file,
                None => places.find(GLOVE)?,
            },
        };
        read("word_vectors", &places, &file, tokens)
    }

    /// The same of a file of vectors, whatever it is called: `word_vectors` takes `mine.zip` and `mine.csv` for reviews.
    ///
    /// Errors: as `word_vectors`.
    ///
    /// ```rhai
    /// write_text("mine.csv", "film 0.5 1.5\n");
    /// assert_eq(load_vectors("mine.csv", [texts(["film"]).split()]).dimensions, 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn load_vectors(context: NativeCallContext, file: &str, tokens: Array) -> ScriptResult<VectorsHandle> {
        if file == sample::NAME {
            return Ok(Rc::new(sample::vectors()?));
        }
        let places = part::<Places>(&context)?;
        read("load_vectors", &places, &places.find(file)?, tokens)
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

    /// How many words of tokenized texts have a vector: `#{ distinct, distinct_found, running, running_found }`, the distinct words and all as they stand
    /// in the texts.
    ///
    /// ```rhai
    /// let c = word_vectors("sample", [texts(["film"]).split()]).coverage(texts(["film qwzx film"]).split());
    /// assert_eq([c.distinct_found, c.distinct, c.running_found, c.running], [1, 2, 2, 3]);
    /// ```
    #[rhai_fn(pure)]
    pub fn coverage(vectors: &mut VectorsHandle, tokens: TokensHandle) -> Map {
        let Coverage { distinct, distinct_found, running, running_found } = vectors.coverage(&tokens);
        let counts = [
            ("distinct", distinct),
            ("distinct_found", distinct_found),
            ("running", running),
            ("running_found", running_found),
        ];
        counts.into_iter().map(|(name, count)| (name.into(), Dynamic::from_int(count as i64))).collect()
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
