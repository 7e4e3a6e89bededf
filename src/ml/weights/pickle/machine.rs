//! The stack machine: the few instructions that `torch.save` writes.

use super::item::{Dict, Item, KNOWN, List, Refusal};
use super::rebuild;
use std::collections::HashMap;
use std::rc::Rc;

pub(super) struct Machine<'a> {
    rest: &'a [u8],
    stack: Vec<Item>,
    memo: HashMap<u32, Item>,
    /// What holds others, in the order in which it was made. Held here, nothing is freed by the one that holds it.
    made: Vec<Item>,
}

impl<'a> Machine<'a> {
    pub fn new(pickle: &'a [u8]) -> Self {
        Machine { rest: pickle, stack: Vec::new(), memo: HashMap::new(), made: Vec::new() }
    }

    /// What the pickle leaves at its end. It is whole as long as the machine is there.
    pub fn run(&mut self) -> Result<Item, Refusal> {
        loop {
            match self.byte()? {
                0x80 => match self.byte()? {
                    2..=5 => {}
                    other => return Err(format!("it is a pickle of protocol {other}")),
                },
                b'.' => return self.pop(),
                b'(' => self.stack.push(Item::Mark),
                b'N' => self.stack.push(Item::None),
                0x88 => self.stack.push(Item::Bool(true)),
                0x89 => self.stack.push(Item::Bool(false)),
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
                b')' => self.make(Item::Tuple(Rc::default())),
                b'}' => self.make(Item::Dict(Rc::default())),
                b']' => self.make(Item::List(Rc::default())),
                b't' => {
                    let items = self.since_mark()?;
                    self.make(Item::Tuple(items.into()));
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
                b'Q' => {
                    let described = self.pop()?;
                    self.stack.push(rebuild::storage(described)?);
                }
                b'R' => {
                    let (given, function) = (self.pop()?, self.pop()?);
                    self.make(rebuild::call(&function, &given)?);
                }
                // A state dict carries the versions of its layers as an attribute.
                b'b' => match (self.pop()?, self.stack.last()) {
                    (Item::Dict(_), Some(Item::Dict(_))) => {}
                    _ => return Err("it sets the state of an object that is no dictionary".into()),
                },
                other => return Err(format!("its instruction {other:#04x} is none of a state dict's")),
            }
        }
    }

    /// What stands behind the pickle that was run.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
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

    fn make(&mut self, item: Item) {
        if matches!(item, Item::Tuple(_) | Item::List(_) | Item::Dict(_)) {
            self.made.push(item.clone());
        }
        self.stack.push(item);
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
        self.make(Item::Tuple(items.into()));
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
        let text = str::from_utf8(self.take(length)?).map_err(|_| "it holds a text that is not UTF-8")?.into();
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
}

/// A few bytes nest lists a million deep, which a stack is too small to free one in the other, or put one into itself, which would be kept for ever.
impl Drop for Machine<'_> {
    fn drop(&mut self) {
        self.stack.clear();
        self.memo.clear();
        for item in &self.made {
            match item {
                Item::List(list) => drop(list.take()),
                Item::Dict(dict) => drop(dict.take()),
                _ => {}
            }
        }
        // What is left are tuples, which hold those that were made before them.
        while self.made.pop().is_some() {}
    }
}
