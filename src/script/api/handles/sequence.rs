//! Rows of different lengths: what a batch of words and `lstm` with `readout: "all"` give.

use crate::ml::batch::Sequence;
use std::rc::Rc;

pub type SequenceHandle = Rc<Sequence>;
