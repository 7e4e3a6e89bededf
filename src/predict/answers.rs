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
    let [empty, unknown, cut] = <[Rows; 3]>::default();
    let mut told = Told { written: Written { format, classes: &classes, width }, rows: 0, empty, unknown, cut };
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
    note.into_iter().chain(told.notes()).for_each(|note| complain(&note));
    Ok(())
}

/// What was told so far.
struct Told<'w> {
    written: Written<'w>,
    rows: usize,
    empty: Rows,
    unknown: Rows,
    cut: Rows,
}

/// Rows of one kind: how many, and the first.
#[derive(Default)]
struct Rows {
    count: usize,
    first: usize,
}

impl Rows {
    fn add(&mut self, row: usize) {
        if self.count == 0 {
            self.first = row;
        }
        self.count += 1;
    }
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
            match (&said.class, said.unknown) {
                (None, _) => self.empty.add(self.rows),
                (Some(_), true) => self.unknown.add(self.rows),
                _ => {}
            }
            if said.cut > 0 {
                self.cut.add(self.rows);
            }
            lines.push(self.written.line(self.rows, &text, said)?);
            Ok(())
        };
        texts.each(0..texts.len(), &mut each).map_err(Failure::of)?;
        write(&lines.join("\n"))
    }

    /// What is to be said of rows whose answer does not tell of the whole text.
    fn notes(&self) -> impl Iterator<Item = String> {
        let of = format!("of {} texts", self.rows);
        let kinds = [
            (&self.empty, "without a word have no class"),
            (&self.unknown, "hold nothing that the network knows: their classes tell nothing of them"),
            (&self.cut, "are longer than what the network reads: their ends, or middles, had no part in their classes"),
        ];
        let met = kinds.into_iter().filter(|(rows, _)| rows.count > 0);
        met.map(move |(rows, what)| format!("{} {of} {what} (the first is row {})", rows.count, rows.first))
    }
}
