//! The options that every function takes that makes a tensor: `#{ kind: "float64", device: "cpu", requires_grad: true }`.

use crate::error::Result;
use crate::ml::{
    device,
    tensor::{During, kind_from_name},
};
use crate::script::api::handles::TensorHandle;
use crate::script::base::options::Options;
use rhai::Map;
use tch::{Device, Kind, Tensor};

/// Where and as what a new tensor is made.
pub struct Place {
    pub kind: Kind,
    pub device: Device,
    requires_grad: bool,
}

impl Place {
    /// # Errors
    /// An unknown option, kind or device.
    pub fn read(function: &'static str, options: Map, kind: Kind, device: Device) -> Result<Place> {
        let mut options = Options::new(function, options);
        let kind = match options.optional_string("kind")? {
            Some(name) => kind_from_name(&name).map_err(|e| e.within(function))?,
            None => kind,
        };
        let device = match options.optional_string("device")? {
            Some(name) => device::parse(&name).map_err(|e| e.within(function))?,
            None => device,
        };
        let requires_grad = options.boolean("requires_grad", false)?;
        options.done()?;
        Ok(Place { kind, device, requires_grad })
    }

    /// The same on the device that the command line chose.
    pub fn here(function: &'static str, options: Map, kind: Kind) -> Result<Place> {
        Place::read(function, options, kind, device::current())
    }

    pub fn options(&self) -> (Kind, Device) {
        (self.kind, self.device)
    }

    /// The new tensor as the script gets it.
    pub fn finish(&self, tensor: Tensor, function: &str) -> Result<TensorHandle> {
        let mut tensor = tensor;
        if self.requires_grad {
            tensor = tensor.f_requires_grad_(true).during(function, &[&tensor.shallow_clone()])?;
        }
        Ok(tensor.into())
    }
}
