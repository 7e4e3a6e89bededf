//! Word vectors: GloVe's and word2vec's text, word2vec's binary, packed and not, and vocabularies with vectors in JSON and safetensors.
#![no_main]

use imdbsh::ml::data::{Split, Texts, Tokens, Vocabulary, WordVectors};
use imdbsh_fuzz::{begin, chosen, file, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: begin(), |input: &[u8]| {
    let Some((way, bytes)) = chosen(input, 3) else { return };
    let path = file(["v.txt", "v.json", "v.safetensors"][usize::from(way)], bytes);
    read(|| match way {
        0 => {
            let tokens = Tokens::split(&Texts::new(["the film a at <unk>"]), Split::WhiteSpace).expect("few words");
            let _ = WordVectors::read(&path, &[&tokens], None);
        }
        _ => {
            let _ = Vocabulary::load(&path);
            let _ = WordVectors::load(&path);
        }
    });
});
