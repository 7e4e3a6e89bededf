//! Where pictures go: into a file, and onto the terminal.

use crate::error::{Error, ErrorKind, Result};
use crate::ml::plot::{self, DPI, Figure, Look, Panel};
use crate::output::{
    self, complain,
    pictures::{self, Picture},
    say_coloured,
};
use crate::script::base::options::Options;
use std::path::Path;

/// What a call says of it.
#[derive(Default)]
pub struct Out {
    file: String,
    /// Of the figure, or of a panel among others.
    pub title: String,
    terminal: Option<bool>,
    size: Option<(u32, u32)>,
    dpi: Option<u32>,
}

impl Out {
    pub fn read(o: &mut Options, file: &str) -> Result<Self> {
        let terminal = o.optional_boolean("terminal")?;
        let (file, title) = (o.string("file", file)?, o.string("title", "")?);
        Ok(Out { file, title, terminal, size: size(o)?, dpi: dpi(o)? })
    }

    /// That of a panel among others, which has a title alone.
    pub fn of_panel(o: &mut Options) -> Result<Self> {
        Ok(Out { title: o.string("title", "")?, ..Out::default() })
    }

    /// Draws the panels, in rows of so many where that is said, and gives the file's name.
    pub fn draw(self, panels: Vec<Panel>, columns: Option<usize>) -> Result<String> {
        let usual = Figure::new(self.title, panels);
        let usual = match columns {
            Some(columns) => usual.in_columns(columns),
            None => usual,
        };
        let figure = Figure { size: self.size.unwrap_or(usual.size), dpi: self.dpi.unwrap_or(DPI), ..usual };
        if !self.file.is_empty() {
            plot::save(&figure, Path::new(&self.file))?;
        }
        if self.terminal.unwrap_or_else(output::stdout_is_terminal) {
            onto_terminal(&figure)?;
        } else {
            figure.notes().iter().for_each(|note| complain(&format!("{}: {note}", self.file)));
        }
        Ok(self.file)
    }
}

/// As a picture where the user wants that and the terminal can, else as text.
fn onto_terminal(figure: &Figure) -> Result<()> {
    if pictures::can_show().is_some() {
        let (png, pixels) = plot::png(figure)?;
        let (width, height) = figure.pixels();
        if pictures::show(&Picture { png, width: width as usize, height: height as usize, pixels }) {
            return Ok(());
        }
    }
    say_coloured(&plot::text(figure, look()));
    Ok(())
}

fn size(o: &mut Options) -> Result<Option<(u32, u32)>> {
    let side = |v: f64| (v.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&v)).then_some(v as u32);
    match o.numbers("size")?.as_deref() {
        None => Ok(None),
        Some([w, h]) if side(*w).is_some() && side(*h).is_some() => Ok(side(*w).zip(side(*h))),
        Some(other) => {
            let message =
                format!("option `size` is [width, height] in whole pixels, such as [1000, 700], got {other:?}");
            Err(Error::new(ErrorKind::Option, message))
        }
    }
}

fn dpi(o: &mut Options) -> Result<Option<u32>> {
    let found = o.optional_integer("dpi")?;
    let refused = |dpi: i64| Error::value(format!("option `dpi` is the dots per inch, such as 200, got {dpi}"));
    found.map(|dpi| u32::try_from(dpi).map_err(|_| refused(dpi))).transpose()
}

/// What the terminal on stdout can show; a page of text where there is none.
fn look() -> Look {
    let size = output::size();
    let (rows, columns) = size.unwrap_or((40, 80));
    Look {
        // The last column stays free: some terminals begin a new line there.
        width: usize::from(columns).saturating_sub(1).clamp(10, 160),
        height: (usize::from(rows) / 2).clamp(8, 24),
        colours: output::colours(size.is_some()),
        // A page of text may be read by anybody.
        unicode: size.is_none() || output::is_unicode() && !output::is_dumb(),
    }
}
