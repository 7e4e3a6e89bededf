//! A file of tensors.
#![no_main]

use imdbsh::ml::weights;
use imdbsh_fuzz::{begin, read};
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(init: begin(), |input: &[u8]| {
    let _ = read(|| weights::parse(Path::new("w.safetensors"), input));
});
