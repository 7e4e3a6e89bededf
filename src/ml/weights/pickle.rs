//! Reads the pickle of a state dict, and nothing else.
//!
//! A pickle is a program for a stack machine that can call any function of Python. This reader knows the few instructions that
//! `torch.save` writes for a dictionary of tensors, and the few functions that rebuild those; whatever else a file asks for is
//! refused by its name, before anything is done.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use tch::Kind;

/// Why a pickle is not read.
pub(super) type Refusal = String;

/// A tensor as the pickle describes it: a view of one of the file's storages.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TensorView {
    pub storage: Storage,
    /// In elements.
    pub offset: i64,
    pub size: Vec<i64>,
    pub stride: Vec<i64>,
}

/// The bytes behind one or several tensors.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Storage {
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
enum Known {
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage(Kind),
}

const KNOWN: [(&str, &str, Known); 13] = [
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

type List = Rc<RefCell<Vec<Item>>>;
type Dict = Rc<RefCell<Vec<(Item, Item)>>>;

/// What lies on the stack. Lists and dictionaries are shared: the pickle fills them after it has put them down.
#[derive(Debug, Clone)]
enum Item {
    Mark,
    None,
    Bool,
    Int(i64),
    Float,
    Text(String),
    Tuple(Vec<Item>),
    List(List),
    Dict(Dict),
    Known(Known),
    Storage(Storage),
    Tensor(TensorView),
}

/// The tensors of the dictionary that the pickle holds, in its order.
///
/// # Errors
/// A pickle that names a function other than those of tensors, that is cut short, or that holds no dictionary of tensors.
pub(super) fn state_dict(pickle: &[u8]) -> Result<Vec<(String, TensorView)>, Refusal> {
    let mut machine = Machine { rest: pickle, stack: Vec::new(), memo: HashMap::new() };
    let Item::Dict(entries) = machine.run()? else {
        return Err("it holds no dictionary of tensors: save a `state_dict()`".into());
    };
    let mut tensors = Vec::new();
    for (name, value) in entries.take() {
        match (name, value) {
            (Item::Text(name), Item::Tensor(tensor)) => tensors.push((name, tensor)),
            (Item::Text(name), _) => {
                return Err(format!("its entry `{name}` is no tensor: save the `state_dict()` of the network alone"));
            }
            _ => return Err("its entries have no names: save a `state_dict()`".into()),
        }
    }
    Ok(tensors)
}

struct Machine<'a> {
    rest: &'a [u8],
    stack: Vec<Item>,
    memo: HashMap<u32, Item>,
}

impl Machine<'_> {
    fn run(&mut self) -> Result<Item, Refusal> {
        loop {
            match self.byte()? {
                0x80 => match self.byte()? {
                    2..=5 => {}
                    other => return Err(format!("it is a pickle of protocol {other}")),
                },
                b'.' => return self.pop(),
                b'(' => self.stack.push(Item::Mark),
                b'N' => self.stack.push(Item::None),
                0x88 | 0x89 => self.stack.push(Item::Bool),
                b'J' => {
                    let number = i32::from_le_bytes(self.array()?);
                    self.stack.push(Item::Int(number.into()));
                }
                b'K' => {
                    let number = self.byte()?;
                    self.stack.push(Item::Int(number.into()));
                }
                b'M' => {
                    let number = u16::from_le_bytes(self.array()?);
                    self.stack.push(Item::Int(number.into()));
                }
                0x8a => self.long()?,
                b'G' => {
                    self.take(8)?;
                    self.stack.push(Item::Float);
                }
                b'X' => {
                    let length = u32::from_le_bytes(self.array()?);
                    self.text(length as usize)?;
                }
                0x8c => {
                    let length = self.byte()?;
                    self.text(length.into())?;
                }
                b'c' => self.global()?,
                b'q' => {
                    let key = self.byte()?;
                    self.remember(key.into())?;
                }
                b'r' => {
                    let key = u32::from_le_bytes(self.array()?);
                    self.remember(key)?;
                }
                0x94 => self.remember(self.memo.len() as u32)?,
                b'h' => {
                    let key = self.byte()?;
                    self.recall(key.into())?;
                }
                b'j' => {
                    let key = u32::from_le_bytes(self.array()?);
                    self.recall(key)?;
                }
                b')' => self.stack.push(Item::Tuple(Vec::new())),
                b'}' => self.stack.push(Item::Dict(Rc::default())),
                b']' => self.stack.push(Item::List(Rc::default())),
                b't' => {
                    let items = self.since_mark()?;
                    self.stack.push(Item::Tuple(items));
                }
                count @ 0x85..=0x87 => self.tuple(usize::from(count - 0x84))?,
                b'a' => {
                    let item = self.pop()?;
                    self.list()?.borrow_mut().push(item);
                }
                b'e' => {
                    let items = self.since_mark()?;
                    self.list()?.borrow_mut().extend(items);
                }
                b's' => {
                    let (value, key) = (self.pop()?, self.pop()?);
                    self.dict()?.borrow_mut().push((key, value));
                }
                b'u' => {
                    let mut items = self.since_mark()?.into_iter();
                    let dict = self.dict()?;
                    while let (Some(key), Some(value)) = (items.next(), items.next()) {
                        dict.borrow_mut().push((key, value));
                    }
                }
                b'Q' => self.storage()?,
                b'R' => self.call()?,
                // A state dict carries the versions of its layers as an attribute.
                b'b' => match (self.pop()?, self.stack.last()) {
                    (Item::Dict(_), Some(Item::Dict(_))) => {}
                    _ => return Err("it sets the state of an object that is no dictionary".into()),
                },
                other => return Err(format!("its instruction {other:#04x} is none of a state dict's")),
            }
        }
    }

    fn take(&mut self, count: usize) -> Result<&[u8], Refusal> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or("its pickle is cut short")?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Refusal> {
        Ok(self.take(1)?[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn pop(&mut self) -> Result<Item, Refusal> {
        match self.stack.pop() {
            None | Some(Item::Mark) => Err("its pickle is damaged: something is missing on the stack".into()),
            Some(item) => Ok(item),
        }
    }

    fn since_mark(&mut self) -> Result<Vec<Item>, Refusal> {
        let mark = self.stack.iter().rposition(|item| matches!(item, Item::Mark));
        let mark = mark.ok_or("its pickle is damaged: a mark is missing on the stack")?;
        let items = self.stack.split_off(mark + 1);
        self.stack.pop();
        Ok(items)
    }

    fn list(&self) -> Result<List, Refusal> {
        match self.stack.last() {
            Some(Item::List(list)) => Ok(list.clone()),
            _ => Err("it adds to what is no list".into()),
        }
    }

    fn dict(&self) -> Result<Dict, Refusal> {
        match self.stack.last() {
            Some(Item::Dict(dict)) => Ok(dict.clone()),
            _ => Err("it adds to what is no dictionary".into()),
        }
    }

    fn tuple(&mut self, count: usize) -> Result<(), Refusal> {
        let mut items = (0..count).map(|_| self.pop()).collect::<Result<Vec<_>, _>>()?;
        items.reverse();
        self.stack.push(Item::Tuple(items));
        Ok(())
    }

    /// An integer of a given number of bytes, little-endian.
    fn long(&mut self) -> Result<(), Refusal> {
        let count = self.byte()?;
        let bytes = self.take(count.into())?;
        let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut all = if negative { [0xff; 8] } else { [0; 8] };
        all.get_mut(..bytes.len()).ok_or("it holds a number beyond 64 bits")?.copy_from_slice(bytes);
        self.stack.push(Item::Int(i64::from_le_bytes(all)));
        Ok(())
    }

    fn text(&mut self, length: usize) -> Result<(), Refusal> {
        let text = String::from_utf8(self.take(length)?.to_vec()).map_err(|_| "it holds a text that is not UTF-8")?;
        self.stack.push(Item::Text(text));
        Ok(())
    }

    fn line(&mut self) -> Result<String, Refusal> {
        let end = self.rest.iter().position(|byte| *byte == b'\n').ok_or("its pickle is cut short")?;
        let line = String::from_utf8_lossy(self.take(end)?).into_owned();
        self.take(1)?;
        Ok(line)
    }

    fn global(&mut self) -> Result<(), Refusal> {
        let (module, name) = (self.line()?, self.line()?);
        let known = KNOWN.iter().find(|(m, n, _)| *m == module && *n == name);
        let (_, _, known) = known.ok_or_else(|| {
            format!("it wants to import `{module}.{name}`, which is none of the few things that tensors are made with")
        })?;
        self.stack.push(Item::Known(*known));
        Ok(())
    }

    fn remember(&mut self, key: u32) -> Result<(), Refusal> {
        let item = self.stack.last().ok_or("its pickle is damaged: it keeps what is not there")?.clone();
        self.memo.insert(key, item);
        Ok(())
    }

    fn recall(&mut self, key: u32) -> Result<(), Refusal> {
        let item = self.memo.get(&key).ok_or("its pickle is damaged: it recalls what was never kept")?.clone();
        self.stack.push(item);
        Ok(())
    }

    /// `('storage', torch.FloatStorage, '0', 'cpu', 16)`
    fn storage(&mut self) -> Result<(), Refusal> {
        let described = match self.pop()? {
            Item::Tuple(items) => match <[Item; 5]>::try_from(items) {
                Ok([Item::Text(what), Item::Known(Known::Storage(kind)), Item::Text(key), _, Item::Int(len)])
                    if what == "storage" =>
                {
                    Some(Storage { kind, key, len })
                }
                _ => None,
            },
            _ => None,
        };
        self.stack.push(Item::Storage(described.ok_or("it refers to something outside that is no storage")?));
        Ok(())
    }

    fn call(&mut self) -> Result<(), Refusal> {
        let (Item::Tuple(given), Item::Known(function)) = (self.pop()?, self.pop()?) else {
            return Err("it calls what is no function".into());
        };
        let made = match (function, given.as_slice()) {
            (Known::OrderedDict, []) => Item::Dict(Rc::default()),
            (Known::RebuildTensor, [Item::Storage(storage), Item::Int(offset), size, stride, ..]) => {
                Item::Tensor(TensorView {
                    storage: storage.clone(),
                    offset: *offset,
                    size: integers(size)?,
                    stride: integers(stride)?,
                })
            }
            (Known::RebuildParameter, [Item::Tensor(tensor), ..]) => Item::Tensor(tensor.clone()),
            _ => return Err("it makes a tensor of what is none".into()),
        };
        self.stack.push(made);
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    // >>> import os, pickle
    // >>> class Bad:
    // ...     def __reduce__(self): return os.system, ("true",)
    // >>> pickle.dumps({"a": Bad()}, protocol=2)
    #[test]
    fn a_pickle_that_would_call_a_function_is_refused_by_its_name() {
        let pickle =
            b"\x80\x02}q\x00X\x01\x00\x00\x00aq\x01cposix\nsystem\nq\x02X\x04\x00\x00\x00trueq\x03\x85q\x04Rq\x05s.";
        let message = state_dict(pickle).unwrap_err();
        assert!(message.contains("wants to import `posix.system`"), "{message}");
    }

    #[test]
    fn no_bytes_make_the_reader_panic() {
        let whole = b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01(X\x01\x00\x00\x00wq\x02ctorch._utils\n_rebuild_tensor_v2\nq\x03\
            ((X\x07\x00\x00\x00storageq\x04ctorch\nFloatStorage\nq\x05X\x01\x00\x00\x000q\x06X\x03\x00\x00\x00cpuq\x07K\x02tq\x08QK\x00\
            K\x02\x85q\tK\x01\x85q\n\x89h\x00)Rq\x0btq\x0cRq\ru.";
        let tensors = state_dict(whole).unwrap();
        assert_eq!((tensors[0].0.as_str(), &tensors[0].1.size, tensors[0].1.storage.len), ("w", &vec![2], 2));
        for end in 0..whole.len() {
            state_dict(&whole[..end]).unwrap_err();
        }
        for place in 0..whole.len() {
            for byte in [0, b'.', b'R', b'u', b't', 0x8a, 0xff] {
                let mut other = whole.to_vec();
                other[place] = byte;
                let _ = state_dict(&other);
            }
        }
    }
}
