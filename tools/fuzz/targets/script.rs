//! The text of a script: in pieces, as a line that may go on, and parsed as the program parses it, with its limits; nothing of it is run.
#![no_main]

use imdbsh::script::{Session, Setup, input::Reader, lexer::lex};
use imdbsh_fuzz::{begin, finding, place, read};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;

/// A session keeps what closures were called, and is made anew after so many inputs.
const INPUTS: usize = 20_000;

thread_local! {
    static STATE: RefCell<Option<(usize, Session, Reader)>> = const { RefCell::new(None) };
}

fuzz_target!(init: begin(), |input: &[u8]| {
    let Ok(text) = str::from_utf8(input) else { return };
    STATE.with_borrow_mut(|state| {
        if state.as_ref().is_none_or(|(count, ..)| *count == INPUTS) {
            let session = Session::new(Setup { folder: place("."), ..Setup::named("fuzz") }).expect("a session");
            *state = Some((0, session, Reader::default()));
        }
        let Some((count, session, reader)) = state else { return };
        *count += 1;
        read(|| {
            lex(text);
            reader.goes_on(text);
            if let Err(failure) = session.load_functions("fuzz.rhai", text) {
                let failure = format!("{failure:?}");
                if failure.contains("imdbsh itself failed") {
                    finding(&failure);
                }
            }
        });
    });
});
