//! Tables of other programs: without a header, with other delimiters and encodings, packed, with labels that need a word.

use imdbsh::error::Result;
use imdbsh::ml::data::{Column, Corpus, CorpusOptions, Encoding, Missing, Selection, Source, TableOptions};
use std::fs;
use std::io::Write;

/// Texts with the names of their classes, and what was said.
type Read = (Vec<(String, String)>, Vec<String>);

fn read(name: &str, bytes: &[u8], table: TableOptions) -> Result<Read> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    let options = CorpusOptions { train: Some(Selection::All), test_share: 0.0, table, ..CorpusOptions::default() };
    let clean = |text: String| text.replace(&format!("{}/", dir.path().display()), "");
    let corpus = Source::open(&path, None).and_then(|source| Corpus::read(&source, &options));
    let corpus = corpus.map_err(|mut e| {
        e.message = clean(e.message);
        e
    })?;
    let set = corpus.train.unwrap();
    let rows = set.texts.iter().map(|text| text.unwrap().into_owned());
    let rows = rows.zip(set.labels.iter().map(|label| corpus.classes[*label as usize].clone())).collect();
    Ok((rows, corpus.notes.into_iter().map(clean).collect()))
}

#[track_caller]
fn rows(name: &str, bytes: &[u8], table: TableOptions) -> Vec<(String, String)> {
    read(name, bytes, table).unwrap().0
}

fn said(name: &str, bytes: &[u8], table: TableOptions) -> String {
    read(name, bytes, table).unwrap_err().message
}

fn usual() -> TableOptions {
    TableOptions::default()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(text, label)| (text.to_string(), label.to_string())).collect()
}

const PLAIN: [(&str, &str); 2] = [("nice, really", "1"), ("bad", "0")];

#[test]
fn a_table_without_a_header_is_read_by_numbers_and_no_advice_loses_a_row() {
    let text =
        b"\"3\",\"Stocks up\",\"Shares rose.\"\n\"4\",\"New phone\",\"A phone.\"\n\"1\",\"Talks\",\"Leaders met.\"\n";
    let by_number = |texts: &[usize]| TableOptions {
        header: false,
        text: texts.iter().copied().map(Column::Place).collect(),
        label: Some(Column::Place(1)),
        ..usual()
    };
    let expected = [("Stocks up", "3"), ("New phone", "4"), ("Talks", "1")];
    assert_eq!(rows("n.csv", text, by_number(&[2])), pairs(&expected));
    assert_eq!(rows("n.csv", text, by_number(&[2, 3]))[0].0, "Stocks up Shares rose.");
    // The command line gives numbers as texts.
    let typed = TableOptions { header: false, text: vec!["2,3".into()], label: Some("1".into()), ..usual() };
    assert_eq!(rows("n.csv", text, typed)[2].0, "Talks Leaders met.");
    let message = said("n.csv", text, usual());
    let advice = "`header: false` reads it as one, with columns by number from 1, text_column: 3, label_column: 1";
    assert!(
        message.contains("its first line looks like a row: `3`, `Stocks up`, `Shares rose.`")
            && message.contains(advice),
        "{message}"
    );
    assert_eq!(rows("n.csv", text, by_number(&[3])).len(), 3);
    // Numbers serve where there is a header, too.
    let both = TableOptions { text: vec![Column::Place(2)], ..usual() };
    assert_eq!(rows("n.csv", b"label,a,text\n1,x,y\n0,z,w\n", both), pairs(&[("x", "1"), ("z", "0")]));
    assert_eq!(said("n.csv", text, by_number(&[4])), "n.csv has 3 columns, and text_column is 4");
    assert_eq!(said("n.csv", text, by_number(&[0])), "text_column is 0: columns are counted from 1");
    let named = TableOptions { header: false, ..usual() };
    assert_eq!(
        said("n.csv", text, named),
        "text_column is `text`, but without a header columns are told by their number, from 1"
    );
}

#[test]
fn the_delimiter_is_found_and_said() {
    for (delimiter, shown) in [(';', ";"), ('|', "|"), ('\t', "tab")] {
        let text = format!("\"text\"{delimiter}\"label\"\n\"nice, really\"{delimiter}1\n\"bad\"{delimiter}0\n");
        let (rows, notes) = read("d.csv", text.as_bytes(), usual()).unwrap();
        assert_eq!(rows, pairs(&PLAIN));
        assert_eq!(notes[0], format!("d.csv: its fields have `{shown}` between them"));
    }
    // Commas in the texts are more than the delimiters.
    let text = b"text;label;by\na, b, c, d;1;x\ne, f, g, h;0;y\n";
    assert_eq!(rows("d.csv", text, usual()), pairs(&[("a, b, c, d", "1"), ("e, f, g, h", "0")]));
    // A .tsv that has commas, one without a header, what Excel is told, one of one's own.
    assert_eq!(rows("d.tsv", b"text,label\na,1\nb,0\n", usual()), pairs(&[("a", "1"), ("b", "0")]));
    let places = TableOptions { header: false, text: vec![Column::Place(2)], label: Some(Column::Place(1)), ..usual() };
    assert_eq!(rows("d.csv", b"1;a, b\n0;c, d\n", places), pairs(&[("a, b", "1"), ("c, d", "0")]));
    assert_eq!(rows("d.csv", b"sep=;\r\ntext;label\r\na;1\r\nb;0\r\n", usual()), pairs(&[("a", "1"), ("b", "0")]));
    let caret = TableOptions { delimiter: Some(b'^'), ..usual() };
    assert_eq!(rows("d.csv", b"text^label\na,b^1\nc^0\n", caret), pairs(&[("a,b", "1"), ("c", "0")]));
    assert_eq!(
        said("d.csv", b"sep=;\ntext;label\na;1;2\n", usual()),
        "d.csv:3: 3 columns, expected 2 as in the first line"
    );
    let message = said("d.csv", b"review;rating,sentiment\na;b, c 0,neg\n", usual());
    assert!(
        message.ends_with("its fields were taken to have `;` between them: delimiter: \",\" takes another"),
        "{message}"
    );
    // One that is asked for is taken, whatever is in the file.
    let comma = TableOptions { delimiter: Some(b','), ..usual() };
    assert!(
        said("d.csv", b"text;label\na;1\n", comma).contains("has no column `text` (its first line names `text;label`")
    );
}

#[test]
fn other_encodings_are_read_where_they_are_asked_for_and_named_where_not() {
    let table = |encoding: &str| TableOptions {
        encoding: Encoding::parse(encoding).unwrap(),
        label: Some("target".into()),
        ..usual()
    };
    let latin = b"target,ids,text\n\"0\",\"1\",\"a dull caf\xe9\"\n\"4\",\"2\",\"a fine day\"\n";
    assert_eq!(rows("l.csv", latin, table("latin1")), pairs(&[("a dull café", "0"), ("a fine day", "4")]));
    let (found, notes) = read("l.csv", latin, table("utf-8")).unwrap();
    assert_eq!(found[0].0, "a dull caf\u{fffd}");
    assert!(
        notes
            .iter()
            .any(|note| note.contains("1 character that was not UTF-8") && note.contains("encoding: \"latin1\"")),
        "{notes:?}"
    );
    let wide: Vec<u8> = "\u{feff}text\tlabel\r\nfein \u{201e}x\u{201c}\t1\r\nöde\t0\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(rows("u.tsv", &wide, usual()), pairs(&[("fein „x“", "1"), ("öde", "0")]));
    assert!(said("u.tsv", &wide[2..], usual()).contains("encoding: \"utf-16le\" reads it"));
    let table = TableOptions { encoding: Encoding::parse("shift_jis").unwrap(), ..usual() };
    let (_, notes) = read("j.csv", b"text,label\ncaf\xe9,1\nx,0\n", table.clone()).unwrap();
    assert!(notes.iter().any(|note| note.contains("1 character that was not")), "{notes:?}");
    assert_eq!(rows("j.csv", b"text,label\n\x89f\x89\xe6,1\nx,0\n", table)[0].0, "映画");
}

#[test]
fn labels_that_a_reader_takes_for_one_are_no_two_classes_and_none_is_none() {
    let lines =
        ["text,label", "fine,1", "fair,1.0", "bad,0", "odd,nan", "good,Pos", "better,pos", "text,label", "empty, "];
    let table = |without: &[usize]| {
        let kept = (0..lines.len()).filter(|i| !without.contains(i)).map(|i| lines[i]);
        kept.collect::<Vec<_>>().join("\n")
    };
    let skip = || TableOptions { missing: Missing::Skip, ..usual() };
    let message = said("l.csv", table(&[]).as_bytes(), usual());
    assert!(
        message.starts_with("l.csv:5: the label `nan` stands for none (`missing: \"skip\"` leaves such rows out"),
        "{message}"
    );
    let message = said("l.csv", table(&[4]).as_bytes(), usual());
    assert!(message.starts_with("l.csv:7: the names of the columns once more"), "{message}");
    let message = said("l.csv", table(&[4, 7]).as_bytes(), usual());
    assert!(message.starts_with("l.csv:7: the column `label` is empty, expected a label"), "{message}");
    let message = said("l.csv", table(&[]).as_bytes(), skip());
    assert!(
        message
            .starts_with("l.csv:3: the labels `1` (line 2) and `1.0` are one number: label_map: #{ \"1.0\": \"1\" }"),
        "{message}"
    );
    let one = |from: &str, to: &str| (from.to_string(), Some(to.to_string()));
    let mapped = TableOptions { label_map: [one("1.0", "1")].into(), ..skip() };
    let message = said("l.csv", table(&[]).as_bytes(), mapped);
    assert!(message.contains("the labels `Pos` (line 6) and `pos` differ in capitals or spaces only"), "{message}");
    let mapped = TableOptions { label_map: [one("1", "pos"), one("Pos", "pos"), one("0", "neg")].into(), ..skip() };
    let (found, notes) = read("l.csv", table(&[]).as_bytes(), mapped).unwrap();
    assert_eq!(found, pairs(&[("fine", "pos"), ("fair", "pos"), ("bad", "neg"), ("good", "pos"), ("better", "pos")]));
    assert_eq!(notes[0], "l.csv: 3 rows without a label or a text left out (the first in line 5)");
    let both = b"text,label\na,none\nb,pos\nc,None\n";
    assert!(
        said("l.csv", both, skip()).starts_with("l.csv:4: the label stands for none, and `none` (line 2) is a class")
    );
    let empty = said("l.csv", b"text,label\n,1\n,0\n", skip());
    assert_eq!(
        empty,
        "l.csv holds no rows (2 rows without a label or a text left out (the first in line 2); expected the columns `text` and `label`)"
    );
    // Numbers are one class however they are written, spaces are none, a class may be called None where that is said.
    assert_eq!(
        rows("l.csv", b"text,label\na,1\nb, 1.0 \nc,0\n", usual()),
        pairs(&[("a", "1"), ("b", "1"), ("c", "0")])
    );
    assert!(said("l.csv", b"text,label\na,very good\nb,very  good\n", usual()).contains("capitals or spaces"));
    let named = TableOptions { label_map: [one("None", "none")].into(), ..usual() };
    assert_eq!(rows("l.csv", b"text,label\na,None\nb,joy\n", named), pairs(&[("a", "none"), ("b", "joy")]));
    // Rows of a label that is mapped to nothing are left out, and counted; a label that is mapped in vain is said.
    let dropped = TableOptions {
        label_map: [("2".into(), None), one("0", "neg"), one("4", "pos"), one("7", "x")].into(),
        ..usual()
    };
    let (found, notes) = read("l.csv", b"text,label\na,0\nb,2\nc,4\nd,2\n", dropped).unwrap();
    assert_eq!(found, pairs(&[("a", "neg"), ("c", "pos")]));
    assert_eq!(
        notes[..2],
        [
            "l.csv: 2 rows with the label `2` left out, as label_map says",
            "l.csv: label_map names `7`, which no row has"
        ]
    );
}

#[test]
fn texts_of_several_columns_are_joined() {
    let text = b"title,body,label\nGreat,It works.,1\nPoor,It broke.,0\n";
    let table = |columns: &[&str], join: &str| TableOptions {
        text: columns.iter().map(|c| (*c).into()).collect(),
        join: join.into(),
        ..usual()
    };
    let expected = pairs(&[("Great It works.", "1"), ("Poor It broke.", "0")]);
    assert_eq!(rows("t.csv", text, table(&["title", "body"], " ")), expected);
    assert_eq!(rows("t.csv", text, table(&["title, body"], " ")), expected);
    assert_eq!(rows("t.csv", text, table(&["title", "body"], " | "))[0].0, "Great | It works.");
    let json = br#"{"review": {"title": "Great", "body": "It works."}, "label": 1}
{"review": {"title": "Poor", "body": "It broke."}, "label": 0}"#;
    assert_eq!(rows("t.jsonl", json, table(&["review.title", "review.body"], " ")), expected);
    assert!(said("t.csv", text, table(&["title", "bdy"], " ")).contains("no column `bdy`; did you mean `body`?"));
    // A column may have a comma in its name.
    let named = TableOptions { text: vec!["so, what".into()], ..usual() };
    assert_eq!(rows("t.csv", b"\"so, what\",label\na,1\nb,0\n", named), pairs(&[("a", "1"), ("b", "0")]));
}

#[test]
fn json_may_be_an_array_and_have_fields_in_fields() {
    let expected = pairs(&[("a", "1"), ("b", "0")]);
    assert_eq!(
        rows(
            "j.json",
            br#" [{"text": "a", "label": 1},
        {"text": "b", "label": 0}]"#,
            usual()
        ),
        expected
    );
    let nested = TableOptions { text: vec!["data.review.text".into()], label: Some("meta.stars".into()), ..usual() };
    let text = br#"{"data": {"review": {"text": "a"}}, "meta": {"stars": 1}}
{"data": {"review": {"text": "b"}}, "meta": {"stars": 0}}"#;
    assert_eq!(rows("j.jsonl", text, nested), expected);
    let dotted = TableOptions { text: vec!["a.b".into()], ..usual() };
    assert_eq!(rows("j.jsonl", b"{\"a.b\": \"a\", \"label\": 1}\n{\"a.b\": \"b\", \"label\": 0}", dotted), expected);
    let message = said("j.jsonl", text, usual());
    assert!(message.contains("no field `text`") && message.contains("`data.review`, `meta.stars`"), "{message}");
    let skip = TableOptions { missing: Missing::Skip, ..usual() };
    let nulls = br#"[{"text": "a", "label": 1}, {"text": null, "label": 1}, {"text": "c", "label": null}, {"text": "b", "label": 0}]"#;
    assert_eq!(rows("j.json", nulls, skip), expected);
    assert!(said("j.json", nulls, usual()).starts_with("j.json:2: `text` is null, expected a text"));
    assert!(said("j.json", b"[{\"text\": \"a\"}]", usual()).starts_with("j.json, element 1: no field `label`"));
    assert!(said("j.json", b"[{\"text\": \"a\", ", usual()).starts_with("j.json: expected a JSON array of objects"));
    let place = TableOptions { text: vec![Column::Place(1)], ..usual() };
    assert!(said("j.jsonl", text, place).contains("text_column is 1, but the fields of JSON have names"));
}

#[test]
fn comments_are_no_rows() {
    let text = b"# made by \"x\ntext,label\n# half\na,1\n\"b\n# c\",0\n";
    let comment = TableOptions { comment: Some(b'#'), ..usual() };
    let (found, notes) = read("c.csv", text, comment.clone()).unwrap();
    assert_eq!(found, pairs(&[("a", "1"), ("b\n# c", "0")]));
    assert_eq!(notes[0], "c.csv: 2 lines begin with `#` (the first is line 1): comments, no rows");
    assert_eq!(said("c.csv", b"# x\ntext,label\na\n", comment), "c.csv:3: 1 columns, expected 2 as in the first line");
}

#[test]
fn packed_tables_are_read_by_their_first_bytes_and_a_damaged_one_is_named() {
    let text = b"text,label\n\"nice, really\",1\nbad,0\n";
    let gz = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    // Two members, one behind the other, are one file.
    let parts = [gz(&text[..20]), gz(&text[20..])].concat();
    let zst = zstd::encode_all(&text[..], 3).unwrap();
    let frames = [zstd::encode_all(&text[..9], 3).unwrap(), zstd::encode_all(&text[9..], 3).unwrap()].concat();
    let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    packer.write_all(text).unwrap();
    let bz2 = packer.finish().unwrap();
    let zip = |files: &[(&str, &[u8])]| {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in files {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    };
    let one = zip(&[("readme.md", b"x"), ("__MACOSX/._in.csv", b"x"), ("in/a.csv", text)]);
    for (name, bytes) in [
        ("p.csv.gz", gz(text)),
        ("p.csv", gz(text)),
        ("p.csv.gz", parts),
        ("P.CSV.ZST", zst.clone()),
        ("p.csv.zst", frames),
        ("p.csv.bz2", bz2.clone()),
        ("p.zip", one.clone()),
        ("p.csv.zip", one.clone()),
    ] {
        assert_eq!(rows(name, &bytes, usual()), pairs(&PLAIN), "{name}");
    }
    let two = zip(&[("a.csv", text), ("b.csv", text)]);
    assert!(said("p.zip", &two, usual()).contains("p.zip holds several tables, expected one: a.csv, b.csv"));
    assert_eq!(said("p.zip", &zip(&[("a.txt", text)]), usual()), "p.zip holds no table: a.txt");
    for (name, whole) in [("p.csv.gz", gz(text)), ("p.csv.zst", zst), ("p.csv.bz2", bz2), ("p.zip", one)] {
        for length in [whole.len() / 2, whole.len() - 5] {
            let message = said(name, &whole[..length], usual());
            assert!(message.starts_with(&format!("{name} is damaged, or not whole: ")), "{message}");
        }
    }
}

#[test]
fn a_class_with_a_single_row_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "text,label\na,pos\nb,neg\nc,pos\nd,odd\ne,neg\n").unwrap();
    let options = CorpusOptions { test: Some(Selection::None), ..CorpusOptions::default() };
    let notes = Corpus::read(&Source::open(&path, None).unwrap(), &options).unwrap().notes;
    assert!(
        notes.iter().any(|note| note.ends_with("the training reviews have a single one of class odd")),
        "{notes:?}"
    );
}

#[test]
fn lines_that_end_in_carriage_returns_alone_are_counted() {
    let message = read("a.csv", b"text,label\ra,pos\rb,neg\rc,\rd,neg\r", TableOptions::default()).unwrap_err().message;
    assert!(message.contains("a.csv:4: the column `label` is empty"), "{message}");
}

#[test]
fn several_texts_of_which_some_are_empty_are_joined_alike_in_all_formats() {
    let both = || TableOptions {
        text: vec!["title".into(), "body".into()],
        join: " [SEP] ".into(),
        missing: Missing::Skip,
        ..TableOptions::default()
    };
    let csv = "title,body,label\nA,\"b, c\",pos\n,x,neg\ny,,pos\n,,neg\n";
    let json = r#"{"title": "A", "body": "b, c", "label": "pos"}
{"title": "", "body": "x", "label": "neg"}
{"title": "y", "label": "pos"}
{"title": "", "body": null, "label": "neg"}"#;
    for (name, file) in [("a.csv", csv), ("a.jsonl", json)] {
        let (rows, notes) = read(name, file.as_bytes(), both()).unwrap();
        let texts: Vec<&str> = rows.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["A [SEP] b, c", "x", "y"], "{name}");
        assert!(notes.iter().any(|note| note.contains("1 row without a label or a text left out")), "{notes:?}");
    }
}

#[test]
fn labels_that_look_alike_are_refused_and_large_numbers_keep_their_order() {
    for (one, other) in [("n\u{e9}gatif", "ne\u{301}gatif"), ("pos", "pos\u{200b}")] {
        let file = format!("text,label\na,{one}\nb,{other}\nc,x\n");
        let message = read("a.csv", file.as_bytes(), TableOptions::default()).unwrap_err().message;
        assert!(message.contains("look alike and are written otherwise"), "{message}");
    }
    let file = "text,label\na,9007199254740993\nb,9007199254740992\nc,9007199254740994\n";
    let (_, notes) = read("a.csv", file.as_bytes(), TableOptions::default()).unwrap();
    let order = "0 = 9007199254740992 (1), 1 = 9007199254740993 (1), 2 = 9007199254740994 (1)";
    assert!(notes.iter().any(|note| note.contains(order)), "{notes:?}");
}
