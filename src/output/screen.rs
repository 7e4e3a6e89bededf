//! A terminal for tests.

use indicatif::TermLike;
use std::{
    io,
    sync::{Arc, Mutex},
};

/// A terminal that remembers what was written to it.
#[derive(Debug, Clone)]
pub struct Screen {
    columns: u16,
    written: Arc<Mutex<String>>,
}

impl Screen {
    pub fn of(columns: u16) -> Self {
        Screen { columns, written: Arc::default() }
    }

    pub fn boxed(&self) -> Box<dyn TermLike> {
        Box::new(self.clone())
    }

    pub fn add(&self, text: &str) {
        self.written.lock().unwrap().push_str(text);
    }

    /// What was written since it was asked last.
    pub fn take(&self) -> String {
        std::mem::take(&mut self.written.lock().unwrap())
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        self.columns
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, s: &str) -> io::Result<()> {
        self.write_str(s)
    }

    fn write_str(&self, s: &str) -> io::Result<()> {
        self.add(s);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.write_str("<cleared>")
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}
