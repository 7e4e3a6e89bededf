//! `imdbsh runs`.

use super::super::command::{Command, Guests};
use super::super::drawing::Plot;
use super::super::flags::Flags;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::run::Summary;
use crate::output::{ask, complain, say, visible};
use crate::runs::{
    change::{may_remove, remove, tag},
    compare::compare,
    export::{Export, export},
    groups,
    list::{Request, list, whole},
    page::page,
    shown,
};
use crate::script::Failure;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Lists the runs below a folder: how each stands, what it was asked for otherwise than the others, what came out.
///
/// A name is a setting such as lr, a column of the last row such as test_acc, best.test_acc, test.test_acc (at the end, beside a validation set), or status, name, tags, notes, started, epoch, epochs,
/// seconds, seed; machine.host and other names of config.json, too.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Runs {
    #[command(subcommand)]
    action: Option<Action>,
    /// The folder in which, and in whose folders, they are.
    #[arg(default_value = "runs")]
    folder: PathBuf,
    /// Only those that fit: 'lr>1e-3 and status=finished'; = != < <= > >=, ~ for what contains a text, and, or, not, parentheses.
    #[arg(long, value_name = "CONDITION")]
    filter: Option<String>,
    /// The name by which they are sorted; -NAME for the largest first.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    sort: Option<String>,
    /// The names to show, in place of those that tell the runs apart: lr,status,best.test_acc.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// As a JSON array: with --columns an object with their values, without, all that is known of each run.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// As CSV, numbers with all their digits.
    #[arg(long)]
    csv: bool,
}

#[derive(Subcommand)]
enum Action {
    /// Shows all that is known of a run.
    Show {
        /// Its folder.
        run: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Shows in what two runs differ: settings, circumstances, scripts, figures, the first row that is another; and, of the same test rows, whether the one is
    /// better by more than chance.
    Diff {
        /// The folder of the first; or those of its seeds, with commas between them: then means are compared, seed by seed.
        a: PathBuf,
        /// The folder of the second, or those of its seeds.
        b: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Draws the curves of runs into one picture.
    Plot(Plot),
    /// Writes runs for other programs: for TensorBoard, as one table for pandas.
    ///
    /// Asked again, it writes its own files anew, also of a run that goes on, and touches no others.
    #[command(group(clap::ArgGroup::new("to").args(["tensorboard", "csv"]).required(true).multiple(true)))]
    Export {
        /// Their folders; of a folder that is no run, such as that of a sweep, all runs in it and below it.
        #[arg(required = true)]
        runs: Vec<PathBuf>,
        /// A folder for `tensorboard --logdir DIR`: a folder in it for each run, with the figures of epochs and steps, settings and how the run ended, pictures and weights.
        #[arg(long, value_name = "DIR")]
        tensorboard: Option<PathBuf>,
        /// A CSV file with a line for each epoch of each run, the run's settings in it: pd.read_csv(FILE).groupby("lr").
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
    /// Removes runs, with all that is in their folders.
    Rm {
        /// Their folders.
        #[arg(required = true)]
        runs: Vec<PathBuf>,
        /// Without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Puts words to a run, to find it by; shows those that it has.
    Tag {
        /// Its folder.
        run: PathBuf,
        /// The words.
        words: Vec<String>,
        /// A word to take away; several may be given.
        #[arg(long, value_name = "WORD")]
        remove: Vec<String>,
    },
}

impl Command for Runs {
    fn guests(&self) -> Guests {
        Guests::None
    }

    fn run(self, _: Flags) -> Result<(), Failure> {
        let done = match self.action {
            None => return self.list().map_err(Failure::of),
            Some(action) => action,
        };
        match done {
            Action::Show { run, json } => show(&run, json),
            Action::Diff { a, b, json } => diff(&a, &b, json),
            Action::Plot(plot) => plot.draw(),
            Action::Export { runs, tensorboard, csv } => export_all(&Export { runs, tensorboard, csv }),
            Action::Rm { runs, yes } => remove_all(&runs, yes),
            Action::Tag { run, words, remove } => tag(&run, &words, &remove).map(|tags| say(&visible(&tags.join(" ")))),
        }
        .map_err(Failure::of)
    }
}

impl Runs {
    fn list(self) -> Result<()> {
        let Runs { folder, filter, sort, columns, .. } = self;
        let has_columns = columns.is_some();
        let list = list(&folder, &Request { filter, sort, columns })?;
        for wrong in list.runs.iter().flat_map(|run| &run.wrong) {
            complain(&visible(wrong));
        }
        if self.json {
            let all = if has_columns { json!(list.flat()) } else { json!(list.whole()) };
            say(&indented(&all));
        } else if self.csv {
            say(shown::csv(&list)?.trim_end());
        } else if list.runs.is_empty() {
            complain(&format!("no run in {} is one of those", visible(&folder.display().to_string())));
        } else {
            say(&shown::text(&list));
        }
        Ok(())
    }
}

fn indented(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn show(run: &Path, as_json: bool) -> Result<()> {
    let run = Summary::open(run)?;
    match as_json {
        true => {
            let mut all = whole(&run);
            all["config"] = run.config.clone();
            say(&indented(&all));
        }
        false => say(&page(&run)),
    }
    Ok(())
}

fn diff(a: &Path, b: &Path, as_json: bool) -> Result<()> {
    let opened = |path: &Path| -> Result<Vec<Summary>> {
        // A folder may have a comma in its name.
        let several = path.to_str().filter(|text| text.contains(',') && !path.exists());
        let folders = several.map_or_else(|| vec![path], |text| text.split(',').map(Path::new).collect());
        folders.into_iter().map(Summary::open).collect()
    };
    let (a, b) = (opened(a)?, opened(b)?);
    let ([a], [b]) = (&a[..], &b[..]) else {
        let figures = groups::figures(&a, &b)?;
        say(&if as_json { indented(&groups::to_json(&figures)) } else { groups::text(&figures) });
        return Ok(());
    };
    let differences = compare(a, b)?;
    say(&if as_json { indented(&differences.to_json()) } else { differences.text() });
    Ok(())
}

fn export_all(asked: &Export) -> Result<()> {
    export(asked, &mut |wrong| complain(&visible(wrong)))?.iter().for_each(|line| say(&visible(line)));
    Ok(())
}

fn remove_all(runs: &[PathBuf], yes: bool) -> Result<()> {
    // All of them first: half of what was asked for is not what was asked for.
    runs.iter().try_for_each(|run| may_remove(run))?;
    if !yes {
        let names: Vec<String> = runs.iter().map(|run| visible(&run.display().to_string()).into_owned()).collect();
        let question = format!("{}\nRemove {} with all that is in them?", names.join("\n"), counted(runs.len()));
        match ask(&question) {
            Some(true) => {}
            Some(false) => return Ok(()),
            None => {
                let message = "there is no terminal to ask at: --yes removes without asking";
                return Err(Error::new(ErrorKind::Usage, message));
            }
        }
    }
    runs.iter().try_for_each(|run| remove(run))
}

fn counted(runs: usize) -> String {
    if runs == 1 { "this run".into() } else { format!("these {runs} runs") }
}
