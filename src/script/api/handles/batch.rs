//! A batch of a data set.

use crate::ml::batch::Batch;
use std::rc::Rc;

pub type BatchHandle = Rc<Batch>;
