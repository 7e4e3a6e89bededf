//! Texts, and how they are to be cleaned.

use crate::ml::data::Texts;
use crate::script::base::kinds::{Kind, Size, held};
use std::rc::Rc;

pub type TextsHandle = Rc<Texts>;

pub const KIND: Kind = Kind {
    size: Some(|value| {
        let texts = held::<TextsHandle>(value);
        Size { shape: None, bytes: Some(texts.bytes()) }
    }),
    ..Kind::of::<TextsHandle>()
};
