//! The few functions that a state dict is rebuilt with.

use super::item::{Item, Known, Refusal, Storage, TensorView};
use std::rc::Rc;

/// `('storage', torch.FloatStorage, '0', 'cpu', 16)`: one of the file's storages. Older files have a sixth part, `None` of a storage that is whole.
pub(super) fn storage(described: Item) -> Result<Item, Refusal> {
    let described = match described {
        Item::Tuple(items) => match &*items {
            [Item::Text(what), Item::Known(Known::Storage(kind)), Item::Text(key), _, Item::Int(len)]
            | [Item::Text(what), Item::Known(Known::Storage(kind)), Item::Text(key), _, Item::Int(len), Item::None]
                if &**what == "storage" =>
            {
                Some(Storage { kind: *kind, key: key.to_string(), len: *len })
            }
            _ => None,
        },
        _ => None,
    };
    Ok(Item::Storage(described.ok_or("it refers to something outside that is no storage")?.into()))
}

/// What `function` makes of a tuple of arguments.
pub(super) fn call(function: &Item, given: &Item) -> Result<Item, Refusal> {
    let (Item::Tuple(given), Item::Known(function)) = (given, function) else {
        return Err("it calls what is no function".into());
    };
    match (function, &**given) {
        (Known::OrderedDict, []) => Ok(Item::Dict(Rc::default())),
        (Known::RebuildTensor, [Item::Storage(storage), Item::Int(offset), size, stride, ..]) => {
            let (size, stride) = (integers(size)?, integers(stride)?);
            Ok(Item::Tensor(TensorView { storage: Storage::clone(storage), offset: *offset, size, stride }.into()))
        }
        (Known::RebuildParameter, [Item::Tensor(tensor), ..]) => Ok(Item::Tensor(tensor.clone())),
        _ => Err("it makes a tensor of what is none".into()),
    }
}

fn integers(item: &Item) -> Result<Vec<i64>, Refusal> {
    let Item::Tuple(items) = item else { return Err("a tensor's size is no list of numbers".into()) };
    items
        .iter()
        .map(|item| match item {
            Item::Int(n) => Ok(*n),
            _ => Err("a tensor's size is no list of numbers".into()),
        })
        .collect()
}
