//! A progress bar.

use crate::ml::progress::Progress;
use std::rc::Rc;

/// A bar, or none where the script asked for silence.
#[derive(Clone)]
pub struct ProgressHandle(pub Option<Rc<Progress>>);
