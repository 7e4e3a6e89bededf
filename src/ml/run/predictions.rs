//! `predictions.csv`: what a network said of each row of a test set, for whoever compares two networks on the same rows.

use super::names::PREDICTIONS;
use super::writer::Run;
use crate::access;
use crate::error::{Error, Result};
use crate::ml::files::write_atomically;
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// The beginning of the file. Readers of CSV skip such a line where they are told that it is a comment.
const HEAD: &str = "# predictions of a test set:";
const COLUMNS: &str = "row,label,predicted,probability";

/// What the network of an epoch said of a test set, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// After which epoch.
    pub epoch: usize,
    /// What tells the test set from others.
    pub set: String,
    pub rows: Vec<Said>,
}

/// What it said of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Said {
    pub label: i64,
    pub predicted: i64,
    /// Of the true class; NaN where the label is none of the classes.
    pub probability: f32,
}

impl Said {
    pub fn is_right(&self) -> bool {
        self.label == self.predicted
    }
}

impl Predictions {
    fn text(&self) -> String {
        let Predictions { epoch, set, rows } = self;
        let mut text = format!("{HEAD} epoch={epoch} set={set} rows={}\n{COLUMNS}\n", rows.len());
        for (row, said) in rows.iter().enumerate() {
            let Said { label, predicted, probability } = said;
            // The shortest digits that give the same number again.
            let _ = match probability.is_nan() {
                true => writeln!(text, "{row},{label},{predicted},"),
                false => writeln!(text, "{row},{label},{predicted},{probability:?}"),
            };
        }
        text
    }

    /// Those that a run keeps; none where it keeps none.
    ///
    /// # Errors
    /// A file that cannot be read, or is damaged.
    pub fn of(run: &Path) -> Result<Option<Predictions>> {
        let path = run.join(PREDICTIONS);
        if !access::is_file(&path) {
            return Ok(None);
        }
        let text = access::read_to_string(&path)?;
        let wrong = |line: usize| Error::data(format!("{}, line {line}, is damaged", path.display()));
        let mut lines = text.lines();
        let (epoch, set, count) = lines.next().and_then(head).ok_or_else(|| wrong(1))?;
        if lines.next() != Some(COLUMNS) {
            return Err(wrong(2));
        }
        let rows: Vec<Said> = lines
            .enumerate()
            .map(|(row, line)| said(row, line).ok_or_else(|| wrong(row + 3)))
            .collect::<Result<_>>()?;
        match rows.len() == count {
            true => Ok(Some(Predictions { epoch, set, rows })),
            false => Err(Error::data(format!("{} is damaged: {} rows of {count}", path.display(), rows.len()))),
        }
    }
}

/// `# predictions of a test set: epoch=5 set=texts-0123456789abcdef rows=2000`
fn head(line: &str) -> Option<(usize, String, usize)> {
    let words = line.strip_prefix(HEAD)?;
    let value = |name: &str| words.split(' ').find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
    Some((value("epoch")?.parse().ok()?, value("set")?.to_string(), value("rows")?.parse().ok()?))
}

fn said(row: usize, line: &str) -> Option<Said> {
    let mut fields = line.split(',');
    let mut next = || fields.next();
    if next()?.parse::<usize>().ok()? != row {
        return None;
    }
    let (label, predicted) = (next()?.parse().ok()?, next()?.parse().ok()?);
    let probability = match next()? {
        "" => f32::NAN,
        number => number.parse().ok().filter(|p| (0.0..=1.0001).contains(p))?,
    };
    fields.next().is_none().then_some(Said { label, predicted, probability })
}

impl Run {
    /// Keeps what the network of an epoch said of the test set.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn save_predictions(&self, predictions: &Predictions) -> Result<()> {
        self.write(PREDICTIONS, |folder| {
            write_atomically(&folder.path().join(PREDICTIONS), |file| file.write_all(predictions.text().as_bytes()))
        })
    }

    /// The training stands elsewhere, or goes on: predictions of later epochs than so many are over.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub(super) fn forget_predictions_after(&self, epochs: usize) -> Result<()> {
        let path = self.path().join(PREDICTIONS);
        let first = access::is_file(&path).then(|| {
            let mut line = String::new();
            BufReader::new(access::open(&path).ok()?).read_line(&mut line).ok()?;
            head(line.trim_end())
        });
        match first {
            None => Ok(()),
            Some(Some((epoch, ..))) if epoch <= epochs => Ok(()),
            Some(_) => self.write(PREDICTIONS, |_| access::remove_file(&path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Predictions {
        let said = |label, predicted, probability| Said { label, predicted, probability };
        let rows = vec![said(1, 1, 0.75), said(0, 1, 0.1), said(1, 0, 1.0e-8)];
        Predictions { epoch: 5, set: "texts-0123456789abcdef".into(), rows }
    }

    #[test]
    fn what_is_written_is_read_again_to_the_bit() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Predictions::of(folder.path()).unwrap(), None);
        let text = some().text();
        let first = "# predictions of a test set: epoch=5 set=texts-0123456789abcdef rows=3\n";
        assert_eq!(text, format!("{first}row,label,predicted,probability\n0,1,1,0.75\n1,0,1,0.1\n2,1,0,1e-8\n"));
        std::fs::write(folder.path().join(PREDICTIONS), text).unwrap();
        assert_eq!(Predictions::of(folder.path()).unwrap(), Some(some()));
    }

    #[test]
    fn a_damaged_file_is_said_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        for (from, to, said) in [
            ("epoch=5", "epoch=x", "line 1, is damaged"),
            ("row,label", "row,lable", "line 2, is damaged"),
            ("0,1,1,0.75", "0,1,1", "line 3, is damaged"),
            ("1,0,1,0.1", "7,0,1,0.1", "line 4, is damaged"),
            ("2,1,0,1e-8\n", "", "2 rows of 3"),
        ] {
            std::fs::write(folder.path().join(PREDICTIONS), some().text().replace(from, to)).unwrap();
            let error = Predictions::of(folder.path()).unwrap_err();
            assert!(error.message.contains(said), "{error}");
        }
    }

    #[test]
    fn a_label_that_is_no_class_has_no_probability() {
        let none = Said { label: -100, predicted: 0, probability: f32::NAN };
        let text = Predictions { rows: vec![none], ..some() }.text();
        assert!(text.ends_with("\n0,-100,0,\n"), "{text}");
        assert!(said(0, "0,-100,0,").unwrap().probability.is_nan());
    }
}
