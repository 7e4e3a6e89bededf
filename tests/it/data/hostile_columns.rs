//! Parquet files that say of themselves what is not so: what they promise is not made room for.

use imdbsh::error::Result;
use imdbsh::ml::data::{Corpus, CorpusOptions, Missing, Selection, Source, TableOptions};
use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaDataReader, ParquetMetaDataWriter, RowGroupMetaData};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn read(bytes: &[u8]) -> Result<Corpus> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    fs::write(&path, bytes).unwrap();
    let table = TableOptions { missing: Missing::Skip, ..TableOptions::default() };
    let options = CorpusOptions { train: Some(Selection::All), test_share: 0.0, table, ..CorpusOptions::default() };
    Corpus::read(&Source::open(&path, None)?, &options)
}

#[track_caller]
fn said(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().message
}

/// `none.parquet` with another footer: its groups of rows as they are made of its own.
fn with_groups(group: impl Fn(RowGroupMetaData) -> RowGroupMetaData) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/columns/none.parquet");
    let whole = fs::read(&path).unwrap();
    let meta = ParquetMetaDataReader::new().parse_and_finish(&fs::File::open(&path).unwrap()).unwrap();
    let groups = meta.row_groups().iter().cloned().map(group).collect();
    let meta = meta.into_builder().set_row_groups(groups).build();
    let size = u32::from_le_bytes(whole[whole.len() - 8..whole.len() - 4].try_into().unwrap()) as usize;
    let mut bytes = whole[..whole.len() - 8 - size].to_vec();
    ParquetMetaDataWriter::new(&mut bytes, &meta).finish().unwrap();
    bytes
}

fn with_columns(column: impl Fn(ColumnChunkMetaData) -> ColumnChunkMetaData) -> Vec<u8> {
    with_groups(|group| {
        let columns = group.columns().iter().cloned().map(&column).collect();
        group.into_builder().set_column_metadata(columns).build().unwrap()
    })
}

#[test]
fn a_footer_is_believed_where_it_is_right_and_not_where_it_promises_rows_that_are_not_there() {
    assert_eq!(read(&with_groups(|group| group)).unwrap().train.unwrap().len(), 4);
    let message = said(&with_groups(|group| group.into_builder().set_num_rows(1_000_000_000).build().unwrap()));
    assert!(
        message.contains("x.parquet is damaged, or not whole: its group 1 promises 1000000000 rows and holds 4"),
        "{message}"
    );
}

#[test]
fn columns_in_other_files_beyond_the_end_or_packed_with_lzo_are_refused() {
    let message =
        said(&with_columns(|column| column.into_builder().set_compression(Compression::LZO).build().unwrap()));
    assert!(
        message.contains(
            "the column `text` is packed with LZO, which is not read; snappy, zstd, gzip, brotli and LZ4 are"
        ),
        "{message}"
    );
    let message =
        said(&with_columns(|column| column.into_builder().set_file_path("other.parquet".into()).build().unwrap()));
    assert!(message.contains("the column `text` lies in another file, other.parquet"), "{message}");
    let message =
        said(&with_columns(|column| column.into_builder().set_total_compressed_size(1 << 40).build().unwrap()));
    assert!(message.contains("the column `text` ends behind the end of the file"), "{message}");
}

#[test]
fn of_a_hundred_thousand_columns_some_are_named() {
    let fields: String = (0..100_000).map(|i| format!("optional binary c{i} (STRING); ")).collect();
    let schema = Arc::new(parse_message_type(&format!("message m {{ {fields} }}")).unwrap());
    let mut bytes = Vec::new();
    SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::new())).unwrap().close().unwrap();
    let message = said(&bytes);
    assert!(
        message.contains("has no column `text` (it has `c0`, `c1`, ") && message.contains("`c19` and 99980 more"),
        "{message}"
    );
}
