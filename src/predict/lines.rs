//! The lines of a stream, as they come.

use crate::error::{Error, Result};
use crate::interrupt;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// No line is longer.
const LONGEST: u64 = 64 << 20;
/// Lines that are read before anybody asks for them.
const AHEAD: usize = 2048;
/// Ctrl-C is heard so soon.
const PATIENCE: Duration = Duration::from_millis(50);

pub struct Lines {
    receiver: Receiver<io::Result<Vec<u8>>>,
    read: usize,
    /// Lines with bytes that are not UTF-8: how many, and the first, from 1.
    replaced: (usize, usize),
}

impl Lines {
    /// Reads in a thread of its own, which may wait for ever.
    pub fn of(input: impl Read + Send + 'static) -> Lines {
        let (sender, receiver) = sync_channel(AHEAD);
        thread::spawn(move || {
            let mut input = BufReader::new(input);
            loop {
                let mut line = Vec::new();
                let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut line);
                let is_last = !matches!(read, Ok(1..));
                let is_wanted = match read {
                    Ok(0) => false,
                    Ok(_) => sender.send(Ok(line)).is_ok(),
                    Err(e) => sender.send(Err(e)).is_ok(),
                };
                if is_last || !is_wanted {
                    break;
                }
            }
        });
        Lines { receiver, read: 0, replaced: (0, 0) }
    }

    /// The lines that are there, at most `most`; at least one is waited for. None at the end. Bytes that are not UTF-8 are replaced.
    ///
    /// # Errors
    /// An input that cannot be read, or a line of 64 MB; an interrupt.
    pub fn next(&mut self, most: usize) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        while lines.len() < most {
            let patience = if lines.is_empty() { PATIENCE } else { Duration::ZERO };
            match self.receiver.recv_timeout(patience) {
                Ok(line) => lines.push(self.text(line)?),
                Err(RecvTimeoutError::Timeout) if lines.is_empty() => interrupt::check()?,
                Err(_) => break,
            }
        }
        Ok(lines)
    }

    /// What is to be said of the bytes that were replaced.
    pub fn note(&self) -> Option<String> {
        let (count, first) = self.replaced;
        let lines = if count == 1 { "line holds" } else { "lines hold" };
        (count > 0).then(|| {
            format!("{count} {lines} bytes that are not UTF-8 (the first is line {first}), and have \u{fffd} for them")
        })
    }

    fn text(&mut self, line: io::Result<Vec<u8>>) -> Result<String> {
        self.read += 1;
        let failed = |why: String| Error::data(format!("line {} of the standard input: {why}", self.read));
        let mut line = line.map_err(|e| failed(e.to_string()))?;
        if line.len() as u64 >= LONGEST {
            return Err(failed(format!("longer than {} MB", LONGEST >> 20)));
        }
        while line.last().is_some_and(|byte| b"\r\n".contains(byte)) {
            line.pop();
        }
        if self.read == 1 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        Ok(String::from_utf8(line).unwrap_or_else(|e| {
            if self.replaced.0 == 0 {
                self.replaced.1 = self.read;
            }
            self.replaced.0 += 1;
            String::from_utf8_lossy(e.as_bytes()).into_owned()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &'static [u8], most: usize) -> (Vec<String>, Option<String>) {
        let mut lines = Lines::of(bytes);
        let mut all = Vec::new();
        loop {
            match lines.next(most).unwrap() {
                some if some.is_empty() => return (all, lines.note()),
                some => all.extend(some),
            }
        }
    }

    #[test]
    fn lines_come_in_their_order_whatever_ends_them() {
        for most in [1, 2, 100] {
            let (lines, note) = all(b"\xef\xbb\xbfone\r\n\ntwo\nlast", most);
            assert_eq!((lines, note), (["one", "", "two", "last"].map(String::from).to_vec(), None));
        }
        assert!(all(b"", 5).0.is_empty());
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_said() {
        let (lines, note) = all(b"a\nb\xff\xfec\n\xff\n", 2);
        assert_eq!(lines, ["a", "b\u{fffd}\u{fffd}c", "\u{fffd}"]);
        assert!(note.unwrap().starts_with("2 lines hold bytes that are not UTF-8 (the first is line 2)"));
    }
}
