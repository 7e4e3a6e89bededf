//! A snapshot: where a training stood, in memory.

use crate::ml::{checkpoint::Position, random};
use crate::script::base::state::State;
use std::rc::Rc;

/// A handle on a snapshot, which nothing changes.
#[derive(Debug, Clone)]
pub struct SnapshotHandle(pub Rc<Snapshot>);

#[derive(Debug)]
pub struct Snapshot {
    pub state: State,
    pub random: random::State,
    pub position: Position,
    /// What callbacks keep, by their names.
    pub callbacks: Vec<(String, State)>,
}
