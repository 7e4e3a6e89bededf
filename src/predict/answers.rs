//! From texts to lines of answers, some at a time.

use super::lines::Lines;
use super::predictor::{Asked, Predictor, Said};
use super::written::{Format, Written};
use crate::ml::data::Texts;
use crate::output::complain;
use crate::script::{Failure, Setup};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Texts that are asked of at once: batches are made of some of one length.
const AT_ONCE: usize = 2048;

/// Where texts come from.
pub enum Given {
    Texts(Vec<String>),
    Lines(Lines),
    /// A table, and how it is read: options of `imdb::table_options`.
    Table(PathBuf, BTreeMap<String, String>),
}

/// Writes what a run's network says of each text, in their order; `write` gets some lines at a time.
///
/// # Errors
/// Those of the network and of the texts' source; what `write` says.
pub fn predict(
    asked: &Asked,
    given: Given,
    (format, width): (Format, Option<usize>),
    setup: Setup,
    write: &mut dyn FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let table = match &given {
        Given::Table(file, options) => Some((file.as_path(), options)),
        _ => None,
    };
    let (mut predictor, table) = Predictor::open(asked, table, setup)?;
    let classes = predictor.classes().to_vec();
    let mut told = Told { written: Written { format, classes: &classes, width }, rows: 0, empty: (0, 0) };
    told.written.head().map_err(Failure::of)?.map_or(Ok(()), |head| write(&head))?;
    let note = match (given, table) {
        (Given::Table(..), Some(texts)) => {
            for from in (0..texts.len()).step_by(AT_ONCE) {
                told.some(&mut predictor, texts.slice(from..from + AT_ONCE), write)?;
            }
            None
        }
        (Given::Texts(texts), _) => {
            for some in texts.chunks(AT_ONCE) {
                told.some(&mut predictor, Texts::new(some.iter().map(String::as_str)), write)?;
            }
            None
        }
        (Given::Lines(mut lines), _) => {
            loop {
                let some = lines.next(AT_ONCE).map_err(Failure::of)?;
                if some.is_empty() {
                    break;
                }
                told.some(&mut predictor, Texts::new(some), write)?;
            }
            lines.note()
        }
        (Given::Table(..), None) => None,
    };
    note.into_iter().chain(told.note()).for_each(|note| complain(&note));
    Ok(())
}

/// What was told so far.
struct Told<'w> {
    written: Written<'w>,
    rows: usize,
    /// Texts without a word: how many, and the first row.
    empty: (usize, usize),
}

impl Told<'_> {
    fn some(
        &mut self,
        predictor: &mut Predictor,
        texts: Texts,
        write: &mut dyn FnMut(&str) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let said: Vec<Said> = predictor.say(texts.clone())?;
        let (mut lines, mut said) = (Vec::with_capacity(said.len()), said.iter());
        let mut each = |text: std::borrow::Cow<str>| {
            let Some(said) = said.next() else { return Ok(()) };
            self.rows += 1;
            if said.class.is_none() {
                if self.empty.0 == 0 {
                    self.empty.1 = self.rows;
                }
                self.empty.0 += 1;
            }
            lines.push(self.written.line(self.rows, &text, said)?);
            Ok(())
        };
        texts.each(0..texts.len(), &mut each).map_err(Failure::of)?;
        write(&lines.join("\n"))
    }

    fn note(&self) -> Option<String> {
        let (count, first) = self.empty;
        (count > 0)
            .then(|| format!("{count} of {} texts without a word have no class (the first is row {first})", self.rows))
    }
}
