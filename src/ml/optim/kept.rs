//! What an optimizer keeps for a parameter from one step to the next.

use tch::{Device, Kind, TchError, Tensor};

/// Something that an optimizer may keep for a parameter, by PyTorch's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buffer<'a> {
    pub name: &'a str,
    pub of: Kept,
}

/// What is kept under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// A tensor of the parameter's shape, kind and device.
    Like,
    /// One number, wherever the parameter is.
    Number,
    /// A tensor of any shape and kind, on the parameter's device; or a number.
    Free,
    /// Any number of these: `old_dirs_0`, `old_dirs_1`, …
    Rows,
}

impl<'a> Buffer<'a> {
    /// Tensors of the parameter's shape.
    pub fn like(names: &[&'a str]) -> Vec<Buffer<'a>> {
        names.iter().map(|name| Buffer { name, of: Kept::Like }).collect()
    }

    pub fn number(name: &'a str) -> Buffer<'a> {
        Buffer { name, of: Kept::Number }
    }

    /// Whether what is kept as `name` is one of these.
    pub(super) fn holds(&self, name: &str) -> bool {
        let row = || name.strip_prefix(self.name)?.strip_prefix('_')?.parse::<usize>().ok();
        match self.of {
            Kept::Rows => row().is_some(),
            _ => name == self.name,
        }
    }
}

/// What an optimizer remembers about one parameter.
#[derive(Debug, Default)]
pub struct ParamState {
    /// Steps taken with this parameter; a step without a gradient does not count.
    pub step: i64,
    buffers: Vec<(String, Tensor)>,
}

impl ParamState {
    /// A handle on the tensor kept as `name`, if there is one yet.
    pub fn get(&self, name: &str) -> Option<Tensor> {
        self.buffers.iter().find(|(n, _)| n == name).map(|(_, t)| t.shallow_clone())
    }

    /// Keeps `tensor` as `name`.
    pub fn set(&mut self, name: &str, tensor: Tensor) {
        match self.buffers.iter_mut().find(|(n, _)| n == name) {
            Some((_, kept)) => *kept = tensor,
            None => self.buffers.push((name.to_string(), tensor)),
        }
    }

    /// A handle on the tensor kept as `name`; zeros of the shape of `like` where nothing is kept yet.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn get_or_zeros(&mut self, name: &str, like: &Tensor) -> Result<Tensor, TchError> {
        self.get_or(name, || like.f_zeros_like())
    }

    /// A handle on the tensor kept as `name`; what `first` makes where nothing is kept yet.
    ///
    /// # Errors
    /// Those of `first`.
    pub fn get_or(&mut self, name: &str, first: impl FnOnce() -> Result<Tensor, TchError>) -> Result<Tensor, TchError> {
        if let Some(kept) = self.get(name) {
            return Ok(kept);
        }
        let made = first()?;
        self.set(name, made.shallow_clone());
        Ok(made)
    }

    /// The number kept as `name`; `first` where there is none yet.
    ///
    /// # Errors
    /// What is kept is no number.
    pub fn number_or(&self, name: &str, first: f64) -> Result<f64, TchError> {
        self.get(name).map_or(Ok(first), |kept| kept.f_double_value(&[]))
    }

    /// Keeps a number as `name`.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn set_number(&mut self, name: &str, number: f64) -> Result<(), TchError> {
        self.set(name, Tensor::f_scalar_tensor(number, (Kind::Double, Device::Cpu))?);
        Ok(())
    }

    /// The tensors kept as `name_0`, `name_1` and so on.
    pub fn rows(&self, name: &str) -> Vec<Tensor> {
        (0..).map_while(|row| self.get(&format!("{name}_{row}"))).collect()
    }

    /// Keeps tensors as `name_0`, `name_1` and so on, and no others.
    pub fn set_rows(&mut self, name: &str, rows: Vec<Tensor>) {
        let of_name = Buffer { name, of: Kept::Rows };
        self.buffers.retain(|(kept, _)| !of_name.holds(kept));
        self.buffers.extend(rows.into_iter().enumerate().map(|(row, tensor)| (format!("{name}_{row}"), tensor)));
    }

    /// All that is kept, by its name.
    pub fn buffers(&self) -> &[(String, Tensor)] {
        &self.buffers
    }
}

/// Whether a tensor is a number that is kept: those are 0-d, float64 or int64, and stay on the processor.
pub fn is_number(tensor: &Tensor) -> bool {
    tensor.dim() == 0 && matches!(tensor.kind(), Kind::Double | Kind::Int64) && tensor.device() == Device::Cpu
}
