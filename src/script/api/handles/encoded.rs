//! Texts as numbers of words.

use crate::ml::data::Encoded;
use std::rc::Rc;

pub type EncodedHandle = Rc<Encoded>;
