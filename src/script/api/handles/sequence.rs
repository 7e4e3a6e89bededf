//! Padded sequences with their lengths: what `lstm` gives with `readout: "all"`.

use crate::ml::batch::Sequence;
use std::rc::Rc;

pub type SequenceHandle = Rc<Sequence>;
