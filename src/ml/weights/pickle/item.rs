//! What lies on a pickle's stack, and what a pickle may name.

use std::cell::RefCell;
use std::rc::Rc;
use tch::Kind;

/// Why a pickle is not read.
pub type Refusal = String;

/// A tensor as the pickle describes it: a view of one of the file's storages.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorView {
    pub storage: Storage,
    /// In elements.
    pub offset: i64,
    pub size: Vec<i64>,
    pub stride: Vec<i64>,
}

/// The bytes behind one or several tensors.
#[derive(Debug, Clone, PartialEq)]
pub struct Storage {
    pub kind: Kind,
    /// The name of its file.
    pub key: String,
    /// In elements.
    pub len: i64,
}

impl Storage {
    /// Its length in bytes; none where that is no number.
    pub fn bytes(&self) -> Option<u64> {
        u64::try_from(self.len).ok()?.checked_mul(self.kind.elt_size_in_bytes() as u64)
    }
}

/// A function or class that a pickle may name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Known {
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage(Kind),
}

pub(super) const KNOWN: [(&str, &str, Known); 13] = [
    ("collections", "OrderedDict", Known::OrderedDict),
    ("torch._utils", "_rebuild_tensor_v2", Known::RebuildTensor),
    ("torch._utils", "_rebuild_parameter", Known::RebuildParameter),
    ("torch", "FloatStorage", Known::Storage(Kind::Float)),
    ("torch", "DoubleStorage", Known::Storage(Kind::Double)),
    ("torch", "HalfStorage", Known::Storage(Kind::Half)),
    ("torch", "BFloat16Storage", Known::Storage(Kind::BFloat16)),
    ("torch", "LongStorage", Known::Storage(Kind::Int64)),
    ("torch", "IntStorage", Known::Storage(Kind::Int)),
    ("torch", "ShortStorage", Known::Storage(Kind::Int16)),
    ("torch", "CharStorage", Known::Storage(Kind::Int8)),
    ("torch", "ByteStorage", Known::Storage(Kind::Uint8)),
    ("torch", "BoolStorage", Known::Storage(Kind::Bool)),
];

pub(super) type List = Rc<RefCell<Vec<Item>>>;
pub(super) type Dict = Rc<RefCell<Vec<(Item, Item)>>>;

/// What lies on the stack. Lists and dictionaries are shared: the pickle fills them after it has put them down. So is all else of any size: a
/// pickle of a few bytes recalls what it has kept as often as it likes.
#[derive(Debug, Clone)]
pub(super) enum Item {
    Mark,
    None,
    Bool(bool),
    Int(i64),
    Float,
    Text(Rc<str>),
    Tuple(Rc<[Item]>),
    List(List),
    Dict(Dict),
    Known(Known),
    Storage(Rc<Storage>),
    Tensor(Rc<TensorView>),
}
