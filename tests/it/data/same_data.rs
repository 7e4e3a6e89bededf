//! The same reviews are the same data set, whatever holds them.

use imdbsh::ml::data::{
    Corpus, CorpusOptions, Dataset, Label, Selection, Source, Split, Tokens, Vocabulary, VocabularyOptions,
    WordOptions, sample,
};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use tch::Tensor;

/// Of each class so many.
const REVIEWS: usize = 40;

/// Texts with their classes, in the order of a folder: the negative ones first, by their ID.
fn reviews() -> Vec<(String, i64)> {
    let of = |label: Label| {
        let reviews = sample::reviews("train", label, Some(0..REVIEWS)).unwrap();
        (0..REVIEWS).map(|at| (reviews.texts.get(at).unwrap().unwrap().into_owned(), label.class())).collect::<Vec<_>>()
    };
    [of(Label::Neg), of(Label::Pos)].concat()
}

fn write_folder(folder: &Path, reviews: &[(String, i64)]) {
    for (id, (text, class)) in reviews.iter().enumerate() {
        let (name, rating) = [("neg", 2), ("pos", 9)][*class as usize];
        let place = folder.join("train").join(name);
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join(format!("{id}_{rating}.txt")), text).unwrap();
    }
}

fn write_csv(path: &Path, reviews: &[(String, i64)]) {
    let mut table = csv::Writer::from_path(path).unwrap();
    table.write_record(["text", "label"]).unwrap();
    reviews.iter().for_each(|(text, class)| table.write_record([text, &class.to_string()]).unwrap());
    table.flush().unwrap();
}

fn write_parquet(path: &Path, reviews: &[(String, i64)]) {
    let schema = parse_message_type("message m { required binary text (STRING); required int64 label; }").unwrap();
    let options = Arc::new(WriterProperties::new());
    let mut file = SerializedFileWriter::new(File::create(path).unwrap(), Arc::new(schema), options).unwrap();
    let mut group = file.next_row_group().unwrap();
    let texts: Vec<ByteArray> = reviews.iter().map(|(text, _)| text.as_str().into()).collect();
    let labels: Vec<i64> = reviews.iter().map(|(_, class)| *class).collect();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&texts, None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int64Type>().write_batch(&labels, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    file.close().unwrap();
}

/// What tells the texts from others, and what tells the data set.
fn prints(data: &Path) -> (String, String) {
    let options =
        CorpusOptions { train: Some(Selection::All), test: Some(Selection::None), ..CorpusOptions::default() };
    let train = Corpus::read(&Source::open(data, None).unwrap(), &options).unwrap().train.unwrap();
    let labels = Tensor::from_slice(&train.labels);
    let words = Tokens::split(&train.texts.lower_case(), Split::WhiteSpace).unwrap();
    let vocabulary = Vocabulary::new(&words, VocabularyOptions::default()).unwrap();
    let encoded = vocabulary.encode(&words, 200).unwrap();
    let data = Dataset::words(encoded, &labels, WordOptions::default()).unwrap();
    (train.texts.fingerprint(&labels).unwrap(), data.fingerprint().unwrap())
}

#[test]
fn a_folder_and_tables_of_all_kinds_give_one_data_set() {
    let (dir, reviews) = (tempfile::tempdir().unwrap(), reviews());
    let at = |name: &str| dir.path().join(name);
    write_folder(&at("films"), &reviews);
    write_csv(&at("a.csv"), &reviews);
    write_parquet(&at("a.parquet"), &reviews);
    let lines = reviews.iter().map(|(text, class)| serde_json::json!({ "label": class, "text": text }).to_string());
    fs::write(at("a.jsonl"), lines.collect::<Vec<_>>().join("\n")).unwrap();
    let expected = prints(&at("films"));
    for name in ["a.csv", "a.parquet", "a.jsonl"] {
        assert_eq!(prints(&at(name)), expected, "{name}");
    }
}
