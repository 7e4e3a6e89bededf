//! What `torch.save` wrote, the zip file as a whole. Its checksums keep most changes from the pickle, which `pickle` tries.
#![no_main]

use imdbsh::ml::weights;
use imdbsh_fuzz::{begin, file, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: begin(), |input: &[u8]| {
    let path = file("w.pt", input);
    let _ = read(|| weights::read(&path));
});
