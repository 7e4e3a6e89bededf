//! Tables that are read by options: columns by name and by place, delimiters, comment lines, encodings, labels that are mapped, rows without
//! one, texts that are kept. Each of the first characters chooses an option; the table is the rest.
#![no_main]

use imdbsh::ml::data::{
    Column, Corpus, CorpusOptions, Encoding, Missing, Overlap, Selection, Source, TableOptions, Valid,
};
use imdbsh_fuzz::{begin, file, read};
use libfuzzer_sys::fuzz_target;

const ENCODINGS: [&str; 8] =
    ["utf-8", "latin1", "windows-1252", "utf-16le", "utf-16be", "shift_jis", "gb18030", "iso-2022-jp"];

fuzz_target!(init: begin(), |input: &[u8]| {
    let Some((choices, table)) = input.split_first_chunk::<8>() else { return };
    // '0' chooses the first of each, as an option that is left out does.
    let [name, text, label, layout, delimiter, encoding, rows, sets] = choices.map(|choice| usize::from(choice.wrapping_sub(b'0')));
    let path = file(["t.csv", "t.tsv", "t.jsonl", "t.json", "t.csv.gz", "t.txt"][name % 6], table);
    let options = CorpusOptions {
        train: Some([Selection::All, Selection::First(2)][sets & 1].clone()),
        valid: [None, Some(Valid::Share(0.5))][sets >> 1 & 1].clone(),
        test_share: [0.5, 0.0][sets >> 2 & 1],
        overlap: [Overlap::Keep, Overlap::Error][sets >> 3 & 1],
        table: TableOptions {
            text: [vec!["text".into()], vec![Column::Place(0)], vec!["title".into(), "review.text".into()], vec![Column::Place(2), Column::Place(0)]]
                [text % 4]
                .clone(),
            label: [Some("label".into()), Some(Column::Place(1)), None, Some("more.stars".into())][label % 4].clone(),
            label_map: [vec![], vec![("1", Some("good")), ("0", Some("bad"))], vec![("pos", Some("neg")), ("", None)]][label / 4 % 3]
                .iter()
                .map(|(from, to)| (from.to_string(), to.map(str::to_string)))
                .collect(),
            header: layout & 1 == 0,
            quotes: layout & 2 == 0,
            comment: [None, Some(b'#')][layout >> 2 & 1],
            delimiter: [None, Some(b','), Some(b';'), Some(b'\t'), Some(b'|'), Some(b'a')][delimiter % 6],
            encoding: Encoding::parse(ENCODINGS[encoding % ENCODINGS.len()]).unwrap_or_default(),
            missing: [Missing::Error, Missing::Skip][rows & 1],
            keep_texts: rows & 2 != 0,
            ..TableOptions::default()
        },
        ..CorpusOptions::default()
    };
    // Texts that stay in the file are read of it later, by other code.
    let _ = read(|| -> imdbsh::error::Result<()> {
        let corpus = Corpus::read(&Source::open(&path, None)?, &options)?;
        for set in [corpus.train, corpus.valid, corpus.test].into_iter().flatten() {
            set.texts.each(0..set.len(), |_| Ok(()))?;
        }
        Ok(())
    });
});
