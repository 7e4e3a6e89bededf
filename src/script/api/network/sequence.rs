//! Sequences: rows of different lengths, and what is computed over the positions of each.

use super::values::to_value;
use crate::error::{Error, ErrorKind};
use crate::ml::batch::{Pad, Sequence};
use crate::ml::tensor::{During, room_for_tensors};
use crate::script::{
    api::{
        handles::{SequenceHandle, TensorHandle},
        tensor::args,
    },
    base::{ScriptResult, options::shown},
};
use rhai::{Array, Dynamic, FnPtr, NativeCallContext, plugin::*};
use std::rc::Rc;
use tch::{Device, Tensor};

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// What goes into a layer as sequences: a batch of words (as their vectors), a sequence, or a tensor
    /// `[batch, length, features]`, whose rows have no padding. Or an array of rows of their own lengths, each `[length, features]`.
    ///
    /// ```rhai
    /// let s = sequence(zeros([2, 5, 3]));
    /// assert_eq([s.values.shape, s.lengths.to_array(), s.pad], [[2, 5, 3], [5, 5], "back"]);
    /// let s = sequence([ones([3, 4]), ones([1, 4])]);
    /// assert_eq([s.values.shape, s.lengths.to_array()], [[2, 3, 4], [3, 1]]);
    /// ```
    #[rhai_fn(name = "sequence", return_raw)]
    pub fn of(input: Dynamic) -> ScriptResult<SequenceHandle> {
        let input = input.flatten_clone();
        let Some(rows) = input.read_lock::<Array>() else { return Ok(to_value(&input)?.sequence("sequence")?) };
        let rows: Vec<Tensor> = args::tensors("sequence", &rows)?.iter().map(|row| row.shallow_clone()).collect();
        Ok(Rc::new(Sequence::of_rows(&rows).map_err(|e| e.within("sequence"))?))
    }

    /// Padded sequences: values `[batch, length, features]`, the number of real positions in each row (`[batch]`, int64),
    /// and the side that is padded, `"back"` or `"front"`.
    ///
    /// Errors: a length below 1 or beyond the width, or lengths that are not one for each row.
    ///
    /// ```rhai
    /// let s = sequence(ones([2, 3, 4]), tensor([3, 1]), "back");
    /// assert_eq(lstm(4, 8).forward(s).shape, [2, 8]);
    /// assert_throws(|| sequence(ones([2, 3, 4]), tensor([4, 1]), "back"), "row 0 has length 4");
    /// ```
    #[rhai_fn(name = "sequence", return_raw)]
    pub fn new(values: TensorHandle, lengths: TensorHandle, pad: &str) -> ScriptResult<SequenceHandle> {
        let lengths = lengths.f_to_device(Device::Cpu).during("sequence", &[&lengths])?;
        let made = Sequence::padded(values.shallow_clone(), &lengths, Pad::parse(pad)?);
        Ok(Rc::new(made.map_err(|e| e.within("sequence"))?))
    }

    /// The side of a sequence that is padded: `"front"` or `"back"`.
    ///
    /// ```rhai
    /// assert_eq(sequence(ones([2, 3, 4])).pad, "back");
    /// ```
    #[rhai_fn(get = "pad", pure)]
    pub fn pad(s: &mut SequenceHandle) -> String {
        s.layout().pad().name().to_string()
    }

    /// The values of a sequence, padded to one length: `[batch, length, features]`. What a layer has computed has zeros behind a row's
    /// end; `positions` are the same without padding, and cost less.
    ///
    /// ```rhai
    /// let s = lstm(3, 4, #{ readout: "all" }).forward(sequence(ones([2, 5, 3]), tensor([5, 2]), "back"));
    /// assert_eq(s.values.shape, [2, 5, 4]);
    /// assert_eq(s.values[1][2..5], zeros([3, 4]));
    /// ```
    #[rhai_fn(get = "values", return_raw, pure)]
    pub fn values(s: &mut SequenceHandle) -> ScriptResult<TensorHandle> {
        Ok(s.to_padded()?.into())
    }

    /// The real positions of all rows of a sequence, one behind the other: `[positions, features]`.
    ///
    /// ```rhai
    /// let s = sequence(tensor([[[1.0], [2.0]], [[3.0], [0.0]]]), tensor([2, 1]), "back");
    /// assert_eq(s.positions, tensor([[1.0], [2.0], [3.0]]));
    /// ```
    #[rhai_fn(get = "positions", return_raw, pure)]
    pub fn positions(s: &mut SequenceHandle) -> ScriptResult<TensorHandle> {
        Ok(s.to_packed()?.into())
    }

    /// The rows of a sequence without their padding, an array of tensors `[length, features]`.
    ///
    /// ```rhai
    /// let s = sequence(ones([2, 3, 4]), tensor([3, 1]), "back");
    /// assert_eq(s.rows().map(|row| row.shape), [[3, 4], [1, 4]]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn rows(s: &mut SequenceHandle) -> ScriptResult<Array> {
        room_for_tensors(|| "rows".to_string(), s.layout().lengths().len())?;
        let rows = s.layout().split(&s.to_packed()?)?;
        Ok(rows.into_iter().map(|row| Dynamic::from(TensorHandle::from(row))).collect())
    }

    /// The number of real positions in each row of a sequence, `[batch]`, int64.
    ///
    /// ```rhai
    /// assert_eq(sequence(ones([2, 3, 4]), tensor([3, 1]), "back").lengths, tensor([3, 1]));
    /// ```
    #[rhai_fn(get = "lengths", return_raw, pure)]
    pub fn lengths(s: &mut SequenceHandle) -> ScriptResult<TensorHandle> {
        // They are kept on the CPU; a script computes with them where the values are.
        let lengths = Tensor::f_from_slice(s.layout().lengths()).and_then(|t| t.f_to_device(s.device()));
        Ok(lengths.during("lengths", &[])?.into())
    }

    /// The sequence whose positions are `f` of the positions of this one: `f` takes `[positions, features]` and gives as many positions.
    ///
    /// ```rhai
    /// let s = sequence(tensor([[[-1.0], [2.0]], [[3.0], [0.0]]]), tensor([2, 1]), "back");
    /// assert_eq(s.map(|x| x.relu() + 1.0).positions, tensor([[1.0], [3.0], [4.0]]));
    /// assert_throws(|| s.map(|x| x.sum(0)), "the rows have 3 positions together, got [1]");
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn map(context: NativeCallContext, s: &mut SequenceHandle, f: FnPtr) -> ScriptResult<SequenceHandle> {
        let given = TensorHandle::from(s.to_packed()?);
        let made: Dynamic = f.call_within_context(&context, (given,))?;
        let Some(made) = made.flatten_clone().try_cast::<TensorHandle>() else {
            let message = format!("map of a sequence takes a function that gives a tensor, got {}", shown(&made));
            return Err(Error::new(ErrorKind::Value, message).into());
        };
        let mapped = Sequence::packed(made.shallow_clone(), s.layout().clone());
        Ok(Rc::new(mapped.map_err(|e| e.within("map"))?))
    }

    /// The softmax of each feature over the positions of each row.
    ///
    /// ```rhai
    /// let s = sequence(zeros([2, 4, 1]), tensor([4, 2]), "back");
    /// assert_eq(s.softmax().positions, tensor([0.25, 0.25, 0.25, 0.25, 0.5, 0.5]).unsqueeze(1));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn softmax(s: &mut SequenceHandle) -> ScriptResult<SequenceHandle> {
        Ok(Rc::new(s.softmax()?))
    }

    /// The largest of each feature over the positions of each row, `[batch, features]`.
    ///
    /// ```rhai
    /// let s = sequence(tensor([[[1.0], [3.0], [9.0]]]), tensor([2]), "back");
    /// assert_eq(s.max(), tensor([[3.0]]));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn max(s: &mut SequenceHandle) -> ScriptResult<TensorHandle> {
        Ok(Sequence::max(s)?.into())
    }

    /// The mean of each feature over the positions of each row, `[batch, features]`.
    ///
    /// ```rhai
    /// let s = sequence(tensor([[[1.0], [3.0], [9.0]]]), tensor([2]), "back");
    /// assert_eq(s.mean(), tensor([[2.0]]));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn mean(s: &mut SequenceHandle) -> ScriptResult<TensorHandle> {
        Ok(s.mean()?.into())
    }

    /// The sum of each feature over the positions of each row, `[batch, features]`.
    ///
    /// ```rhai
    /// let s = sequence(tensor([[[1.0], [3.0], [9.0]]]), tensor([2]), "back");
    /// assert_eq(s.sum(), tensor([[4.0]]));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn sum(s: &mut SequenceHandle) -> ScriptResult<TensorHandle> {
        Ok(Sequence::sum(s)?.into())
    }

    /// The sum of each feature over the positions of each row under a weight for each position: a sequence of the same rows, with one
    /// feature. `[batch, features]`.
    ///
    /// ```rhai
    /// let s = sequence(tensor([[[1.0], [3.0], [9.0]]]), tensor([2]), "back");
    /// let weights = s.map(|x| x * 10.0);
    /// assert_eq(s.sum(weights), tensor([[100.0]]));
    /// ```
    #[rhai_fn(name = "sum", return_raw, pure)]
    pub fn weighted_sum(s: &mut SequenceHandle, weights: SequenceHandle) -> ScriptResult<TensorHandle> {
        Ok(s.weighted_sum(&weights)?.into())
    }

    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn print(s: &mut SequenceHandle) -> String {
        format!("sequence({:?}, {} padding)", s.shape(), s.layout().pad().name())
    }
}
