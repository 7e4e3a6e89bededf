//! Where a new encoder's parameters come from: drawn by the seed, taken from the tensors of a file, or those of a copy.

use crate::error::{Error, Result};
use crate::ml::device;
use crate::ml::models::init;
use crate::ml::tensor::During;
use crate::ml::weights::Misfits;
use std::collections::BTreeMap;
use tch::{Kind, Tensor};

pub(super) enum Source {
    /// Weights are drawn with this standard deviation.
    Drawn(f64),
    File(File),
    /// The parameters of a copy, as they are.
    Copied(BTreeMap<String, Tensor>),
}

/// The tensors of a file, as long as nobody took them, and what was wrong with them.
pub(super) struct File {
    tensors: BTreeMap<String, Tensor>,
    /// The names of all that the file has.
    names: Vec<String>,
    misfits: Misfits,
    /// The parts whose tensors are all missing, and which are drawn instead.
    pub drawn: Vec<String>,
    std: f64,
}

/// What a parameter is before it is trained.
#[derive(Clone, Copy)]
pub(super) enum Initial {
    Normal,
    Ones,
    Zeros,
}

impl Source {
    /// `tensors` are the encoder's own, under the names that it has for them.
    pub fn file(tensors: BTreeMap<String, Tensor>, std: f64) -> Source {
        let names = tensors.keys().cloned().collect();
        Source::File(File { tensors, names, misfits: Misfits::default(), drawn: Vec::new(), std })
    }

    /// The trained parameter of this name and shape.
    ///
    /// # Errors
    /// Memory that cannot be had. What is missing or misshapen in a file is kept for [`Source::finish`].
    pub fn take(&mut self, name: &str, shape: &[i64], initial: Initial) -> Result<Tensor> {
        match self {
            Source::Drawn(std) => draw(shape, initial, *std),
            Source::File(file) => file.take(name, shape, initial),
            Source::Copied(tensors) => {
                tensors.remove(name).ok_or_else(|| Error::value(format!("encoder: the copy has no `{name}`")))
            }
        }
    }

    /// Where the source has nothing of the part `name`, its parameters are drawn from now on.
    pub fn has_part(&mut self, name: &str) {
        let Source::File(file) = self else { return };
        let prefix = format!("{name}.");
        if !file.tensors.keys().any(|tensor| tensor.starts_with(&prefix)) {
            file.drawn.push(prefix);
        }
    }

    /// What was not taken, and the parts that were drawn since the file has none of their tensors.
    ///
    /// # Errors
    /// Tensors that were missing or misshapen, in one message.
    pub fn finish(self) -> Result<(Vec<String>, Vec<String>)> {
        match self {
            Source::Drawn(_) | Source::Copied(_) => Ok((Vec::new(), Vec::new())),
            Source::File(file) => match file.misfits.message(file.names.iter().map(String::as_str)) {
                Some(message) => Err(Error::data(format!("the tensors do not fit the configuration: {message}"))),
                None => Ok((file.tensors.into_keys().collect(), file.drawn)),
            },
        }
    }
}

impl File {
    fn take(&mut self, name: &str, shape: &[i64], initial: Initial) -> Result<Tensor> {
        if self.drawn.iter().any(|part| name.starts_with(part.as_str())) {
            return draw(shape, initial, self.std);
        }
        match self.tensors.remove(name) {
            Some(t) if t.size() == shape && t.is_floating_point() => {
                let t = t.f_to_kind(Kind::Float).and_then(|t| t.f_to_device(device::current()));
                t.and_then(|t| t.f_contiguous()?.f_set_requires_grad(true)).during("loading weights", &[])
            }
            found => {
                match found {
                    None => self.misfits.missing(name, shape),
                    Some(t) if t.size() != shape => {
                        let text = format!("{name} is {:?} in the file, {shape:?} by the configuration", t.size());
                        self.misfits.other("misshapen", text);
                    }
                    Some(_) => self.misfits.other("not of floating-point numbers", name.to_string()),
                }
                Tensor::f_zeros([0], (Kind::Float, device::current())).during("loading weights", &[])
            }
        }
    }
}

fn draw(shape: &[i64], initial: Initial, std: f64) -> Result<Tensor> {
    match initial {
        Initial::Normal => init::gaussian(shape, std),
        Initial::Ones => init::constant(shape, 1.0),
        Initial::Zeros => init::constant(shape, 0.0),
    }
}
