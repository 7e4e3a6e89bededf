//! Where pictures go: into a file, and onto the terminal.

use crate::error::Result;
use crate::ml::plot::{self, Figure, Look, Panel};
use crate::output::{self, say_coloured};
use crate::script::base::options::Options;
use std::path::Path;

/// What a call says of it.
#[derive(Default)]
pub struct Out {
    file: String,
    title: String,
    terminal: Option<bool>,
}

impl Out {
    pub fn read(o: &mut Options, file: &str) -> Result<Self> {
        let terminal = o.optional_boolean("terminal")?;
        Ok(Out { file: o.string("file", file)?, title: o.string("title", "")?, terminal })
    }

    /// Draws the panel, and gives the file's name.
    pub fn draw(self, panel: Panel) -> Result<String> {
        let figure = Figure::new(self.title, vec![panel]);
        if !self.file.is_empty() {
            plot::save(&figure, Path::new(&self.file))?;
        }
        if self.terminal.unwrap_or_else(output::stdout_is_terminal) {
            say_coloured(&plot::text(&figure, look()));
        }
        Ok(self.file)
    }
}

/// What the terminal on stdout can show; a page of text where there is none.
fn look() -> Look {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let size = output::size();
    let (rows, columns) = size.unwrap_or((40, 80));
    Look {
        // The last column stays free: some terminals begin a new line there.
        width: usize::from(columns).saturating_sub(1).clamp(10, 160),
        height: (usize::from(rows) / 2).clamp(8, 24),
        color: !output::is_plain() && size.is_some(),
        unicode: !dumb,
    }
}
