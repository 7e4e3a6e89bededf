//! Texts split into words.

use crate::ml::data::Tokens;
use std::rc::Rc;

pub type TokensHandle = Rc<Tokens>;
