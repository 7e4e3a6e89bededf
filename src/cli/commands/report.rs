//! `imdbsh report`.

use super::super::command::{Command, Guests};
use super::super::confine::Reach;
use super::super::flags::{Flags, key_values};
use crate::error::{Error, ErrorKind, Result};
use crate::ml::files::write_atomically;
use crate::ml::run::Summary;
use crate::output::{say, visible};
use crate::report::{Asked, page};
use crate::runs::find::runs_below;
use crate::script::Failure;
use clap::Args;
use std::path::{Path, PathBuf};

/// What `--reviews` takes, in place of what the run's options say: `imdb::table_options` and these.
const REVIEWS: [&str; 13] = [
    "data",
    "test",
    "text_column",
    "text_join",
    "label_column",
    "label_map",
    "header",
    "delimiter",
    "quotes",
    "comment",
    "encoding",
    "missing",
    "texts",
];

/// Writes runs into one HTML file that needs nothing else: curves with their values under the pointer, options and how they differ, the confusion matrix, the reviews that
/// each was most wrong about with the words that misled it, the network, versions, the script.
///
/// The test reviews are scored anew, with the weights that each run has kept; that runs the function `model` of its script.
#[derive(Args)]
pub struct Report {
    /// Run folders, or folders of runs, such as a sweep's.
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// The file.
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
    /// What stands above it; by default what the runs are called.
    #[arg(long, default_value = "")]
    title: String,
    /// Which reviews are scored: --reviews data=aclImdb --reviews test=all, also text_column, label_column and what else imdb::load takes for tables; by default those that each run was tested
    /// on. `none`: no reviews.
    #[arg(long, value_name = "KEY=VALUE")]
    reviews: Vec<String>,
    /// How many of the reviews that each run was most wrong about.
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    wrong: u16,
}

impl Command for Report {
    fn guests(&self) -> Guests {
        let write = self.out.parent().filter(|folder| !folder.as_os_str().is_empty() && folder.is_dir());
        Guests::Of(Reach { read: self.runs.clone(), write: write.map(Path::to_path_buf) })
    }

    fn run(self, flags: Flags) -> Result<(), Failure> {
        self.write(&flags).map_err(Failure::of)
    }
}

impl Report {
    fn write(self, flags: &Flags) -> Result<()> {
        let asked = self.asked()?;
        let is_page =
            self.out.extension().is_some_and(|e| ["html", "htm"].iter().any(|known| e.eq_ignore_ascii_case(known)));
        if !is_page {
            // Whatever else has that name is not to be lost.
            let message = format!("--out takes a file that ends in .html, got {}", self.out.display());
            return Err(Error::new(ErrorKind::Usage, message));
        }
        let mut runs = Vec::new();
        for folder in &self.runs {
            let found = runs_below(folder)?;
            if found.is_empty() {
                let message = format!("there is no run in {}", folder.display());
                return Err(Error::new(ErrorKind::File, message));
            }
            let is_told = |run: &Summary| !run.config.is_null() || !run.rows.is_empty();
            let place = |run: &Summary| std::path::absolute(&run.folder).ok();
            for run in found.into_iter().filter(is_told) {
                if !runs.iter().any(|other| place(other) == place(&run)) {
                    runs.push(run);
                }
            }
        }
        let text = page(&runs, &asked, || flags.setup("report"))?;
        write_atomically(&self.out, |file| file.write_all(text.as_bytes()))?;
        say(&visible(&self.out.display().to_string()));
        Ok(())
    }

    fn asked(&self) -> Result<Asked> {
        let is_none = self.reviews == ["none"];
        let mut given = match key_values(if is_none { &[] } else { &self.reviews }) {
            Ok(given) => given,
            Err(Failure::Usage(message)) => return Err(Error::new(ErrorKind::Usage, format!("--reviews: {message}"))),
            Err(_) => Default::default(),
        };
        if let Some(key) = given.keys().find(|key| !REVIEWS.contains(&key.as_str())) {
            return Err(Error::unknown(ErrorKind::Usage, "key", key, &REVIEWS).within("--reviews"));
        }
        if !given.is_empty() && !given.contains_key("data") {
            let message =
                "--reviews: the other keys are those of `data`, which has to be named too: --reviews data=sample";
            return Err(Error::new(ErrorKind::Usage, message));
        }
        given.insert("wrong".into(), self.wrong.to_string());
        Ok(Asked { title: self.title.clone(), reviews: (!is_none).then_some(given) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Session, Setup};

    #[test]
    fn the_keys_are_those_of_the_loader() {
        let mut session = Session::new(Setup::named("keys")).unwrap();
        let told = session.json("keys", "#{ keys: imdb::table_options().keys() }.to_json()").unwrap();
        let of_tables = told["keys"].as_array().unwrap().iter().map(|key| key.as_str().unwrap());
        let mut expected: Vec<&str> = ["data", "test"].into_iter().chain(of_tables).collect();
        let mut keys = REVIEWS.to_vec();
        expected.sort_unstable();
        keys.sort_unstable();
        assert_eq!(keys, expected);
    }
}
