//! `imdbsh runs plot`: which runs, and how they are drawn.

use crate::error::Result;
use crate::ml::plot;
use crate::ml::run::Summary;
use crate::output::{say, visible};
use crate::runs::picture::{Drawing, picture};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub struct Plot {
    /// Their folders.
    #[arg(required = true)]
    runs: Vec<PathBuf>,
    /// The columns of metrics.jsonl to draw, a panel each: train_loss,test_acc.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Vec<String>,
    /// Runs that differ in this setting alone, such as seed, are one curve: their mean, with a band of one standard deviation.
    #[arg(long, value_name = "NAME")]
    over: Option<String>,
    /// A logarithmic axis.
    #[arg(long)]
    log: bool,
    /// Width and height in pixels, 50 to 8000 each, at 100 dots per inch.
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<(u32, u32)>,
    /// Dots per inch of a PNG: 200 gives twice the pixels to each side, texts and strokes twice as large.
    #[arg(long, value_name = "N")]
    dpi: Option<u32>,
    /// The picture, .png or .svg.
    #[arg(long, value_name = "FILE", default_value = "runs.png")]
    out: PathBuf,
}

impl Plot {
    pub fn draw(self) -> Result<()> {
        let runs = self.runs.iter().map(|run| Summary::open(run)).collect::<Result<Vec<_>>>()?;
        let Plot { columns, over, log, size, dpi, .. } = self;
        plot::save(&picture(&runs, &Drawing { columns, over, log, size, dpi })?, &self.out)?;
        say(&visible(&self.out.display().to_string()));
        Ok(())
    }
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let sides = text.split_once(['x', 'X', '×']).and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    sides.ok_or_else(|| "width and height in pixels, such as 1000x700".to_string())
}
