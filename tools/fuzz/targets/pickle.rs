//! The pickle of a state dict, in a zip file as `torch.save` writes it, with two storages of 64 bytes.
#![no_main]

use imdbsh::ml::weights;
use imdbsh_fuzz::{begin, file, read};
use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, result::ZipResult, write::SimpleFileOptions};

fn archive(pickle: &[u8]) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let storage: &[u8] = &[1; 64];
    for (name, bytes) in
        [("a/data.pkl", pickle), ("a/byteorder", b"little"), ("a/data/0", storage), ("a/data/1", storage)]
    {
        zip.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

fuzz_target!(init: begin(), |input: &[u8]| {
    let path = file("w.pt", &archive(input).expect("a zip file in memory"));
    let _ = read(|| weights::read(&path));
});
