//! What `torch.save` wrote, with operations of its pickle changed.

use super::chance::Chance;
use std::io::{Cursor, Read, Write};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Operations of pickle's protocol 2, and some of later ones.
const OPERATIONS: &[u8] =
    b"(.012FIJKLMNPQRSTUVX]abcdehijlopqrstu)}\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8e\x90\x93\x94\x95";

/// The archive with its pickle changed, or its table of parts.
pub fn mutate(archive: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut parts = Vec::new();
    let mut read = ZipArchive::new(Cursor::new(archive)).unwrap();
    for i in 0..read.len() {
        let mut part = read.by_index(i).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        parts.push((part.name().unwrap().to_string(), bytes));
    }
    match chance.below(10) {
        0 => drop(parts.remove(chance.below(parts.len()))),
        1 => {
            let at = chance.below(parts.len());
            parts[at].0 =
                chance.of(&["archive/data.pkl", "archive/data/0", "../x", "/x", "archive/byteorder"]).to_string();
        }
        2 => {
            let at = chance.below(parts.len());
            let length = chance.below(parts[at].1.len() + 9);
            parts[at].1.resize(length, 0);
        }
        _ => {
            let pickle = parts.iter_mut().find(|(name, _)| name.ends_with("data.pkl")).unwrap();
            for _ in 0..1 + chance.below(4) {
                change(&mut pickle.1, chance);
            }
        }
    }
    let mut written = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut names = std::collections::HashSet::new();
    for (name, bytes) in parts {
        if names.insert(name.clone()) {
            written.start_file(name, options).unwrap();
            written.write_all(&bytes).unwrap();
        }
    }
    written.finish().unwrap().into_inner()
}

fn change(pickle: &mut Vec<u8>, chance: &mut Chance) {
    let at = chance.below(pickle.len());
    let end = (at + 1 + chance.below(12)).min(pickle.len());
    match chance.below(7) {
        0 => pickle[at] = *chance.of(OPERATIONS),
        1 => pickle.insert(at, *chance.of(OPERATIONS)),
        2 => drop(pickle.drain(at..end)),
        3 => {
            let copy = pickle[at..end].to_vec();
            let times = 1 << chance.below(9);
            pickle.splice(at..at, copy.repeat(times));
        }
        // The same thing twice, in a pair: each round doubles it.
        4 => drop(pickle.splice(at..at, b"2\x86".repeat(1 << chance.below(7)))),
        5 => {
            let number = *chance.of(&[i32::MAX, i32::MIN, -1, 0, 1 << 20]);
            let mut bytes = vec![b'J'];
            bytes.extend(number.to_le_bytes());
            pickle.splice(at..at, bytes);
        }
        _ => pickle[at] = chance.next() as u8,
    }
}
