//! A model's tokenizer: `tokenizer.json`, `vocab.txt`, and the `tokenizer_config.json` beside the latter; and what it makes of texts.
#![no_main]

use imdbsh::ml::data::{Texts, Tokenizer, Truncation};
use imdbsh_fuzz::{begin, chosen, file, place, read};
use libfuzzer_sys::fuzz_target;
use std::fs;

const WORDS: &[u8] = b"[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nfilm\n##s\nfine\n.\n";

fuzz_target!(init: begin(), |input: &[u8]| {
    let Some((way, bytes)) = chosen(input, 3) else { return };
    let _ = fs::remove_file(place("tokenizer_config.json"));
    let path = match way {
        0 => file("tokenizer.json", bytes),
        1 => file("vocab.txt", bytes),
        _ => {
            file("tokenizer_config.json", bytes);
            file("vocab.txt", WORDS)
        }
    };
    read(|| {
        let Ok(tokenizer) = Tokenizer::read(&path) else { return };
        let texts = Texts::new(["A fine film's  [MASK] 字 \u{fb01}e\u{301}.", "", "aaaaaaaaaaaaaaaaaaaaaaaa\n\u{0}"]);
        for (length, keep) in [(16, Truncation::Head), (6, Truncation::Ends)] {
            if let Ok(rows) = tokenizer.encode(&texts, length, keep) {
                drop(rows);
            }
        }
        let _ = tokenizer.decode(&[5, 1, 6, tokenizer.pad()], true);
        let _ = tokenizer.to_json();
    });
});
