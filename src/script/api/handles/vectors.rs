//! Word vectors.

use crate::ml::data::WordVectors;
use crate::script::base::kinds::{Kind, Size, held};
use std::rc::Rc;

pub type VectorsHandle = Rc<WordVectors>;

pub const KIND: Kind = Kind {
    size: Some(|value| {
        let vectors = held::<VectorsHandle>(value);
        Size { shape: None, bytes: Some(vectors.bytes()) }
    }),
    ..Kind::of::<VectorsHandle>()
};
