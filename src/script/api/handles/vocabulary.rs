//! The words of texts, numbered.

use crate::ml::data::Vocabulary;
use std::rc::Rc;

pub type VocabularyHandle = Rc<Vocabulary>;
