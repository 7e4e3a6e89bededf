//! Turns libtorch's exceptions into errors that name the operation and what it was given.

use super::kind_name;
use crate::error::{Error, ErrorKind, Result};
use crate::interrupt;
use tch::{Device, TchError, Tensor};

/// `[2, 3] float32`, and where it lives unless that is the CPU.
pub fn describe(tensor: &Tensor) -> String {
    if !tensor.defined() {
        return "an undefined tensor".to_string();
    }
    let place = match tensor.device() {
        Device::Cpu => String::new(),
        device => format!(" on {}", crate::ml::device::name(device)),
    };
    format!("{:?} {}{place}", tensor.size(), kind_name(tensor.kind()))
}

/// The memory of the elements in bytes. Tensors can share it.
pub fn bytes(tensor: &Tensor) -> usize {
    tensor.numel() * tensor.kind().elt_size_in_bytes()
}

/// Adds the operation and its operands to an error of libtorch.
pub trait During<T> {
    /// `a.f_matmul(b).during("matmul", &[a, b])?`
    ///
    /// # Errors
    /// That of libtorch, with both.
    fn during(self, operation: &str, given: &[&Tensor]) -> Result<T>;
}

impl<T> During<T> for std::result::Result<T, TchError> {
    fn during(self, operation: &str, given: &[&Tensor]) -> Result<T> {
        self.map_err(|cause| {
            let error = Error::from(cause);
            if error.kind == ErrorKind::Interrupted {
                return error;
            }
            let given: Vec<String> = given.iter().map(|t| describe(t)).collect();
            let message = match given.is_empty() {
                true => format!("{operation}: {}", error.message),
                false => format!("{operation} of {}: {}", given.join(" and "), error.message),
            };
            Error { message, ..error }
        })
    }
}

impl From<TchError> for Error {
    fn from(cause: TchError) -> Self {
        match cause {
            // What an operation of the project's own says, which libtorch has carried through its backward pass.
            TchError::Torch(said) if said == "interrupted" => Error::new(ErrorKind::Interrupted, interrupt::reason()),
            TchError::Torch(trace) => {
                let message = first_sentence(&trace);
                Error::new(classify(&message), message)
            }
            TchError::Io(e) => Error::new(ErrorKind::File, e.to_string()),
            TchError::Shape(e) => Error::new(ErrorKind::Shape, e),
            TchError::Kind(e) => Error::new(ErrorKind::Kind, e),
            other => Error::new(ErrorKind::Torch, other.to_string()),
        }
    }
}

/// libtorch's message without its C++ trace.
fn first_sentence(trace: &str) -> String {
    let message = trace.split("\nException raised from").next().unwrap_or(trace);
    // What the memory allocator says has a trace of its own, and the place in its source in front.
    let message = message.split("\nframe #").next().unwrap_or(message);
    let message = message.split("\n\n").next().unwrap_or(message);
    let message = message.split("  (Could this error message be improved?").next().unwrap_or(message);
    let message = message.split_once("DefaultCPUAllocator: ").map_or(message, |(_, said)| said);
    if message == "ZeroDivisionError" {
        return "an integer divided by zero".to_string();
    }
    message.trim().trim_end_matches('.').replace('\n', " ")
}

/// libtorch has no error codes: the words of its messages are all there is to go by.
fn classify(message: &str) -> ErrorKind {
    let m = message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|w| m.contains(w));
    if says(&["can't allocate memory", "not enough memory", "out of memory"]) {
        ErrorKind::Memory
    } else if says(&["same device", "cuda", "device type"]) {
        ErrorKind::Device
    } else if says(&["dtype", "scalar type", "not implemented for", "floating point"]) {
        ErrorKind::Kind
    } else if says(&["shape", "size", "dimension", "dims", "out of range", "out of bounds", "broadcast"]) {
        ErrorKind::Shape
    } else {
        ErrorKind::Torch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Kind;

    #[test]
    fn an_error_names_the_operation_and_both_operands_without_a_trace() {
        let (a, b) =
            (Tensor::zeros([2, 3], (Kind::Float, Device::Cpu)), Tensor::zeros([4, 5], (Kind::Float, Device::Cpu)));
        let e = a.f_matmul(&b).during("matmul", &[&a, &b]).unwrap_err();
        assert_eq!(e.kind, ErrorKind::Shape);
        assert_eq!(
            e.message,
            "matmul of [2, 3] float32 and [4, 5] float32: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"
        );
    }
}
