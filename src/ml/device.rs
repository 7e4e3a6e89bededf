//! Where tensors live. `--device` chooses once; new tensors land there.

use crate::error::{Error, ErrorKind, Result};
use std::cell::Cell;
use std::num::NonZeroU16;
use tch::{Cuda, Device};

thread_local! {
    static CURRENT: Cell<Device> = const { Cell::new(Device::Cpu) };
}

/// The device on which new tensors are made.
pub fn current() -> Device {
    CURRENT.get()
}

pub fn set_current(device: Device) {
    CURRENT.set(device);
}

/// `cpu`, `cuda:0`, `mps`.
pub fn name(device: Device) -> String {
    match device {
        Device::Cpu => "cpu".to_string(),
        Device::Cuda(n) => format!("cuda:{n}"),
        Device::Mps => "mps".to_string(),
        Device::Vulkan => "vulkan".to_string(),
    }
}

/// Every device that this machine has, the CPU first. Tests of tensors and networks run on each.
pub fn all() -> Vec<Device> {
    let cuda = (0..Cuda::device_count().max(0) as usize).map(Device::Cuda);
    let mps = tch::utils::has_mps().then_some(Device::Mps);
    std::iter::once(Device::Cpu).chain(cuda).chain(mps).collect()
}

/// More threads than any machine has cores: beyond, libtorch's pool ends the program where the system refuses one.
pub const MOST_THREADS: u16 = 1024;

/// A number of threads, as a flag or a file gives it.
///
/// # Errors
/// None at all, or more than can be of use.
pub fn threads(asked: &str) -> Result<NonZeroU16> {
    let count = asked.parse::<NonZeroU16>().ok().filter(|count| count.get() <= MOST_THREADS);
    count.ok_or_else(|| Error::value(format!("threads are 1 to {MOST_THREADS}, got {asked}")))
}

/// `auto`, `cpu`, `cuda`, `cuda:N` or `mps`; `auto` takes the first accelerator, else the CPU.
///
/// # Errors
/// Another word, or a device that this machine does not have.
pub fn parse(text: &str) -> Result<Device> {
    let wanted = match text {
        "auto" => return Ok(all().get(1).copied().unwrap_or(Device::Cpu)),
        "cpu" => Device::Cpu,
        "mps" => Device::Mps,
        "cuda" => Device::Cuda(0),
        _ => match text.strip_prefix("cuda:").and_then(|n| n.parse().ok()) {
            Some(n) => Device::Cuda(n),
            None => {
                let known = ["auto", "cpu", "cuda", "cuda:N", "mps"];
                return Err(Error::unknown(ErrorKind::Device, "device", text, &known));
            }
        },
    };
    let present = all();
    if present.contains(&wanted) {
        return Ok(wanted);
    }
    let present: Vec<String> = present.into_iter().map(name).collect();
    Err(Error::new(ErrorKind::Device, format!("device `{text}` is not on this machine (here: {})", present.join(", "))))
}
