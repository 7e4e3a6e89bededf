//! Event files, read by a reader of the tests' own: as TensorBoard does, it takes no record whose checksums are not right.

use imdbsh::ml::tensorboard::messages::{Event, Hparams, Session, Shown, SummaryValue};
use prost::Message;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// CRC-32C, a bit at a time, as RFC 3720 defines it; then as TensorFlow masks it.
fn masked(bytes: &[u8]) -> u32 {
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 })
    });
    (!crc).rotate_right(15).wrapping_add(0xa282_ead8)
}

/// The messages of a file, which must be whole.
pub fn records(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_at(8);
        let (sum, rest) = rest.split_at(4);
        assert_eq!(sum, masked(length).to_le_bytes(), "the checksum of a length");
        let (message, rest) = rest.split_at(u64::from_le_bytes(length.try_into().unwrap()) as usize);
        let (sum, rest) = rest.split_at(4);
        assert_eq!(sum, masked(message).to_le_bytes(), "the checksum of a message");
        all.push(message);
        bytes = rest;
    }
    all
}

/// The one file in a folder that holds anything, however many were written before it.
#[track_caller]
pub fn event_file(folder: &Path) -> PathBuf {
    let files = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let own = files.map(|file| file.unwrap().path()).filter(|path| path.to_string_lossy().ends_with(".imdbsh"));
    let full: Vec<PathBuf> = own.filter(|path| fs::metadata(path).unwrap().len() > 0).collect();
    assert_eq!(full.len(), 1, "{full:?}");
    full[0].clone()
}

/// What an event file tells.
#[derive(Debug, Default)]
pub struct Told {
    /// Of each tag, its step, its time and its number.
    pub scalars: BTreeMap<String, Vec<(i64, f64, f32)>>,
    pub others: BTreeMap<String, SummaryValue>,
}

impl Told {
    #[track_caller]
    pub fn of(folder: &Path) -> Told {
        let bytes = fs::read(event_file(folder)).unwrap();
        let events: Vec<Event> = records(&bytes).into_iter().map(|record| Event::decode(record).unwrap()).collect();
        assert_eq!(events[0].file_version.as_deref(), Some("brain.Event:2"));
        assert_eq!((events[1].session_log.as_ref().unwrap().status, events[1].step), (1, 0));
        let mut told = Told::default();
        for event in events {
            for value in event.summary.into_iter().flat_map(|summary| summary.value) {
                match value.shown {
                    Some(Shown::Scalar(number)) => {
                        told.scalars.entry(value.tag).or_default().push((event.step, event.wall_time, number));
                    }
                    _ => assert!(told.others.insert(value.tag.clone(), value).is_none(), "a tag twice"),
                }
            }
        }
        told
    }

    /// The steps and numbers of a tag.
    pub fn numbers(&self, tag: &str) -> Vec<(i64, f32)> {
        self.scalars.get(tag).into_iter().flatten().map(|(step, _, number)| (*step, *number)).collect()
    }

    pub fn session(&self, part: &str) -> Option<Session> {
        let metadata = self.others.get(&format!("_hparams_/session_{part}_info"))?.metadata.clone().unwrap();
        let plugin = metadata.plugin_data.unwrap();
        assert_eq!(plugin.plugin_name, "hparams");
        Hparams::decode(plugin.content.as_slice()).unwrap().session
    }

    /// How the run ended, as the table of hyperparameters has it.
    pub fn status(&self) -> Option<i32> {
        self.session("end").map(|session| match session {
            Session::End(end) => end.status,
            Session::Start(_) => panic!("the start in the place of the end"),
        })
    }
}
