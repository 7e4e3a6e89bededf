//! A run that goes on where it was, and otherwise than before where it is asked to.

use super::names::CONFIG;
use super::writer::Run;
use crate::error::{Error, ErrorKind, Result};
use crate::ml::checkpoint::{self, Checkpoint, Position};
use crate::output::complain;
use serde_json::json;

impl Run {
    /// Whether the run goes on where it was.
    pub fn resumes(&self) -> bool {
        self.resumes.is_some()
    }

    /// Begins the next turn of the run's training, and gives its number; none where the script itself says where it goes on.
    pub fn begin_turn(&self) -> Option<usize> {
        self.standing.set_at_rest(false);
        self.turns.begin()
    }

    /// From now on the script itself says where its training goes on.
    pub fn go_on_by_hand(&self) {
        self.turns.go_on_by_hand();
    }

    /// The checkpoint that a turn goes on from, where the run is to go on at all; says what is damaged.
    ///
    /// # Errors
    /// A checkpoint that is damaged, where it has a name; checkpoints of another run alone.
    pub fn checkpoint_to_resume(&self, turn: usize) -> Result<Option<Checkpoint>> {
        let Some(resumed) = &self.resumes else { return Ok(None) };
        let (path, id) = (self.path(), self.id.as_deref());
        let found = match resumed.from {
            Some(place) if place.0 == turn => Some(Checkpoint::named(&path, id, place)?),
            Some((last, _)) if last < turn => None,
            _ => {
                let (found, wrong) = Checkpoint::newest(&path, id, turn);
                let instead = if found.is_some() { "the one before it is used" } else { "there is none before it" };
                wrong.iter().for_each(|error| complain(&format!("{error}; {instead}")));
                // To begin anew would be to write over whatever that is.
                if let Some(foreign) = wrong.into_iter().find(|e| found.is_none() && e.kind == ErrorKind::Value) {
                    return Err(Error::value(format!(
                        "{foreign}: move it out of {} to go on without it",
                        path.display()
                    )));
                }
                found
            }
        };
        self.kept.set(found.as_ref().map(|found| (turn, found.position)));
        Ok(found)
    }

    /// Whether later turns than this one have left checkpoints that are to be gone on from.
    pub fn has_turns_after(&self, turn: usize) -> bool {
        let resumed = self.resumes.as_ref();
        let last = resumed.and_then(|resumed| Some(resumed.from?.0 + 1));
        resumed.is_some() && turn + 1 < last.unwrap_or_else(|| checkpoint::turns(&self.path()))
    }

    /// The run goes on from `at`: what it is asked for otherwise than before holds from here on, and is said and noted once.
    ///
    /// # Errors
    /// As [`Run::save_epoch`].
    pub fn go_on(&self, at: Position) -> Result<()> {
        match self.resumes.as_ref().filter(|resumed| !resumed.changed.is_empty() && !self.noted.replace(true)) {
            None => Ok(()),
            Some(resumed) => {
                complain(&format!("{} from here on: {}", self.path().display(), resumed.in_words()));
                self.note_change(&json!({ "resumed": resumed.changed, "epoch": at.epoch, "step": at.step }))?;
                self.write(CONFIG, |folder| folder.write_config(&resumed.config))
            }
        }
    }
}
