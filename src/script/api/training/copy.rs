//! Deep copies of what a script holds.

use super::super::{
    history::History, meter::MeterHandle, network::Network, optimizer::OptimizerHandle, run::RunHandle,
    tensor::TensorHandle,
};
use super::stopwatch::StopwatchHandle;
use crate::error::Result;
use crate::ml::models::Replica;
use rhai::{Array, Dynamic, FnPtr, Map};
use std::{cell::RefCell, rc::Rc};

/// A copy of a map and all that can change in it. Data sets are shared, for nothing changes them; a run folder has one
/// owner, and the copy none.
///
/// # Errors
/// Memory that cannot be had; a network that cannot be copied.
pub fn map(original: &Map, replica: &mut Replica) -> Result<Map> {
    original.iter().map(|(name, value)| Ok((name.clone(), value_of(value, replica)?))).collect()
}

/// A copy of one value, see [`map`].
///
/// # Errors
/// As [`map`].
pub fn value_of(original: &Dynamic, replica: &mut Replica) -> Result<Dynamic> {
    let shared = original.is_shared();
    let value = original.flatten_clone();
    let copy = if let Some(network) = value.clone().try_cast::<Network>() {
        Dynamic::from(Network(replica.module(&network.0)?))
    } else if let Some(tensor) = value.clone().try_cast::<TensorHandle>() {
        Dynamic::from(copy_of_tensor(&tensor, replica)?)
    } else if let Some(optimizer) = value.clone().try_cast::<OptimizerHandle>() {
        Dynamic::from(OptimizerHandle(Rc::new(RefCell::new(optimizer.0.borrow().replicate(replica)?))))
    } else if let Some(meter) = value.clone().try_cast::<MeterHandle>() {
        Dynamic::from(meter.duplicate()?)
    } else if let Some(history) = value.clone().try_cast::<History>() {
        Dynamic::from(history.duplicate())
    } else if let Some(watch) = value.clone().try_cast::<StopwatchHandle>() {
        let copy = StopwatchHandle::default();
        copy.set(watch.seconds());
        Dynamic::from(copy)
    } else if value.is::<RunHandle>() {
        Dynamic::UNIT
    } else if let Some(function) = value.clone().try_cast::<FnPtr>() {
        Dynamic::from(closure(function, replica)?)
    } else if let Some(members) = value.read_lock::<Map>() {
        map(&members, replica)?.into()
    } else if let Some(array) = value.read_lock::<Array>() {
        array.iter().map(|v| value_of(v, replica)).collect::<Result<Array>>()?.into()
    } else {
        value.clone()
    };
    Ok(if shared { copy.into_shared() } else { copy })
}

/// A closure that has captured copies.
///
/// # Errors
/// As [`map`].
pub fn closure(original: FnPtr, replica: &mut Replica) -> Result<FnPtr> {
    let mut copy = original;
    for captured in copy.iter_curry_mut() {
        *captured = value_of(captured, replica)?;
    }
    Ok(copy)
}

/// Tensors that nothing trains are tables: large, and read only.
fn copy_of_tensor(tensor: &TensorHandle, replica: &mut Replica) -> Result<TensorHandle> {
    if let Some(copy) = replica.known_tensor(tensor) {
        return Ok(copy.into());
    }
    match tensor.requires_grad() && tensor.is_leaf() {
        true => Ok(replica.tensor(tensor)?.into()),
        false => Ok(tensor.clone()),
    }
}
