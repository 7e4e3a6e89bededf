//! The tokenizer of a pre-trained model.

use crate::ml::data::Tokenizer;
use std::rc::Rc;

pub type TokenizerHandle = Rc<Tokenizer>;
