//! Data sets in tables: CSV, TSV, JSON lines, Parquet and Arrow's (told by their first bytes); with and without quotes, alone and with a test table.
#![no_main]

use imdbsh::ml::data::{Corpus, CorpusOptions, Selection, Source, TableOptions};
use imdbsh_fuzz::{begin, chosen, file, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: begin(), |input: &[u8]| {
    let Some((way, table)) = chosen(input, 10) else { return };
    let path = file(["t.csv", "t.tsv", "t.jsonl", "t.csv", "t.tsv"][usize::from(way % 5)], table);
    let options = CorpusOptions {
        train: Some(Selection::All),
        table: TableOptions { quotes: way % 5 < 3, ..TableOptions::default() },
        test_share: 0.5,
        ..CorpusOptions::default()
    };
    let test = (way >= 5).then_some(path.as_path());
    let _ = read(|| Source::open(&path, test).and_then(|source| Corpus::read(&source, &options)));
});
