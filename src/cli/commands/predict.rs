//! `imdbsh predict`.

use super::super::command::{Command, Guests};
use super::super::confine::Reach;
use super::super::flags::{Flags, key_values};
use super::super::prompt::stdin_is_terminal;
use crate::access::{self, Want};
use crate::error::{Error, ErrorKind};
use crate::ml::files::write_atomically;
use crate::output::{complain, say, size, stdout_is_terminal, visible};
use crate::predict::{Asked, Format, Given, Lines, predict};
use crate::script::Failure;
use clap::Args;
use std::path::{Path, PathBuf};

/// What `--table` takes.
const OPTIONS: [&str; 7] = ["text_join", "header", "delimiter", "quotes", "comment", "encoding", "missing"];

/// Says of each text which class a network takes it for, and how probable that is: of the texts that are named, of the lines of the standard input as they come, or of
/// the rows of a table, `--data FILE`, in their order.
///
/// The network of a run is built as the run says, and gets the weights that the run has kept; texts are cleaned, cut and padded as the run's own were. A checkpoint for sequence
/// classification brings its tokenizer and the names of its classes. A text without a word has no class, which is said.
#[derive(Args)]
pub struct Predict {
    /// A run folder; or a checkpoint for sequence classification: its folder, or its name on the Hugging Face hub.
    #[arg(value_name = "RUN|MODEL")]
    run: PathBuf,
    /// Texts; without any, and without --data FILE, each line of the standard input is one.
    #[arg(value_name = "TEXT")]
    texts: Vec<String>,
    /// The column of the table that holds the texts: its name, or its number from 1; `title,body` joins two [default: text].
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    /// How the table is read: --table delimiter=';' --table header=false, and what else imdb::load takes for tables.
    #[arg(long, value_name = "KEY=VALUE")]
    table: Vec<String>,
    /// A file for the answers: .csv, .jsonl or .txt.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How answers are written [default: as the ending of --out says, else table].
    #[arg(long)]
    format: Option<Format>,
    /// Which of the run's weights [default: best where a validation set has chosen that epoch, else last].
    #[arg(long, value_parser = ["best", "last"])]
    weights: Option<String>,
    /// How many texts are scored at once.
    #[arg(long, value_name = "COUNT", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
}

impl Command for Predict {
    fn guests(&self) -> Guests {
        let write = self.out.as_deref().and_then(Path::parent);
        let write = write.filter(|folder| !folder.as_os_str().is_empty() && folder.is_dir());
        Guests::Of(Reach { read: vec![self.run.clone()], write: write.map(Path::to_path_buf) })
    }

    /// `--data` is a table here, unless it is a folder, in which GloVe may be.
    fn prepare(&mut self, flags: &mut Flags) -> Result<(), Failure> {
        let beside = flags.data.as_deref().filter(|data| !data.is_dir()).and_then(Path::parent);
        beside.filter(|folder| !folder.as_os_str().is_empty()).iter().for_each(|f| access::allow(Want::Read, f));
        Ok(())
    }

    fn run(self, mut flags: Flags) -> Result<(), Failure> {
        let table = flags.data.take_if(|data| !data.is_dir());
        let format = match (self.format, self.out.as_deref().and_then(Path::extension)) {
            (Some(format), _) => format,
            (None, Some(ending)) => Format::of(&ending.to_string_lossy()).map_err(|e| Failure::Usage(e.message))?,
            (None, None) => Format::Table,
        };
        if let Some(out) = &self.out {
            may_replace(out, table.as_deref(), &self.run)?;
        }
        let given = self.given(table)?;
        let Predict { run, weights, batch, out, .. } = self;
        let asked = Asked { run, weights, batch };
        let setup = flags.setup("predict");
        let Some(path) = out else {
            // The class, its probability, and the spaces between them.
            let beside = 24;
            let width = stdout_is_terminal()
                .then(size)
                .flatten()
                .map(|(columns, _)| usize::from(columns) - beside.min(usize::from(columns)));
            return predict(&asked, given, (format, width), setup, &mut |lines| {
                say(lines);
                Ok(())
            });
        };
        let mut failed = None;
        let written = write_atomically(&path, |file| {
            let write =
                &mut |lines: &str| writeln!(file, "{lines}").map_err(|e| Failure::of(Error::file("write", &path, e)));
            predict(&asked, given, (format, None), setup, write).map_err(|failure| {
                failed = Some(failure);
                "it was not finished"
            })
        });
        match (failed, written) {
            (Some(failure), _) => Err(failure),
            (None, written) => {
                written.map_err(Failure::of)?;
                say(&visible(&path.display().to_string()));
                Ok(())
            }
        }
    }
}

/// # Errors
/// A file for the answers that is the table itself, or one of the run's own.
fn may_replace(out: &Path, table: Option<&Path>, run: &Path) -> Result<(), Failure> {
    let same = |a: &Path, b: &Path| access::same_file(a, b);
    let shown = visible(&out.display().to_string()).into_owned();
    if table.is_some_and(|table| same(out, table)) {
        return Err(Failure::Usage(format!("--out {shown} would replace the table that it reads: name another file")));
    }
    if out.exists()
        && out
            .parent()
            .is_some_and(|folder| same(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }, run))
    {
        return Err(Failure::Usage(format!("--out {shown} is a file of the run itself: name another one")));
    }
    Ok(())
}

impl Predict {
    fn given(&self, table: Option<PathBuf>) -> Result<Given, Failure> {
        let mut options = match key_values(&self.table) {
            Ok(options) => options,
            Err(Failure::Usage(message)) => return Err(Failure::Usage(format!("--table: {message}"))),
            Err(other) => return Err(other),
        };
        if let Some(key) = options.keys().find(|key| !OPTIONS.contains(&key.as_str())) {
            return Err(Failure::Usage(
                Error::unknown(ErrorKind::Usage, "key", key, &OPTIONS).within("--table").message,
            ));
        }
        options.extend(self.text_column.clone().map(|column| ("text_column".to_string(), column)));
        match (table, self.texts.as_slice(), options.is_empty()) {
            (Some(file), [], _) => Ok(Given::Table(file, options)),
            (Some(file), ..) => Err(Failure::Usage(format!(
                "the texts are either named or those of {}, not both",
                visible(&file.display().to_string())
            ))),
            (None, _, false) => Err(Failure::Usage(
                "--text-column and --table say how a table is read: --data FILE names it".to_string(),
            )),
            (None, [], true) => {
                if stdin_is_terminal() {
                    complain("each line is a text; Ctrl-D ends");
                }
                Ok(Given::Lines(Lines::of(std::io::stdin())))
            }
            (None, texts, true) => Ok(Given::Texts(texts.to_vec())),
        }
    }
}
