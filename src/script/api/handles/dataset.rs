//! Examples with their labels.

use crate::ml::data::Dataset;
use crate::script::base::kinds::{Kind, Size, held};
use std::rc::Rc;

pub type DatasetHandle = Rc<Dataset>;

pub const KIND: Kind = Kind {
    size: Some(|value| {
        let dataset = held::<DatasetHandle>(value);
        Size { shape: Some(format!("{} rows", dataset.len())), bytes: Some(dataset.bytes()) }
    }),
    ..Kind::of::<DatasetHandle>()
};
