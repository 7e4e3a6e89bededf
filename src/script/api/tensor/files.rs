//! Tensors in files.

use crate::error::Error;
use crate::ml::weights;
use crate::script::api::handles::TensorHandle;
use crate::script::base::{ScriptResult, options::shown};
use rhai::{Dynamic, Map, plugin::*};
use std::{collections::BTreeMap, path::Path};

#[export_module(root = "crate::script::base::guard")]
pub mod api {
    /// Saves tensors under names as safetensors, as `safetensors.torch.save_file` does. The file is replaced only when the
    /// new one is complete.
    ///
    /// Errors: a value that is no tensor; elements of a kind other than float32, float64, bfloat16, int64 and bool.
    ///
    /// ```rhai
    /// save_tensors("imdbsh-doc.safetensors", #{ means: zeros([3]), counts: tensor([4, 5]) });
    /// assert_eq(load_tensors("imdbsh-doc.safetensors").counts, tensor([4, 5]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn save_tensors(path: &str, tensors: Map) -> ScriptResult<()> {
        let named = tensors.iter().map(|(name, value)| {
            let tensor = value.read_lock::<TensorHandle>().map(|t| t.shallow_clone());
            tensor
                .map(|t| (name.to_string(), t))
                .ok_or_else(|| Error::value(format!("save_tensors: `{name}` must be a tensor, got {}", shown(value))))
        });
        let named: Vec<_> = named.collect::<Result<_, Error>>()?;
        weights::save(Path::new(path), &named, &BTreeMap::new())?;
        Ok(())
    }

    /// All tensors of a safetensors file under their names, on the CPU.
    ///
    /// Errors: a file that is not there or damaged, or has elements of a kind that `save_tensors` does not write.
    ///
    /// ```rhai
    /// linear(3, 2).save("imdbsh-doc.safetensors");
    /// assert_eq(load_tensors("imdbsh-doc.safetensors").weight.shape, [2, 3]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn load_tensors(path: &str) -> ScriptResult<Map> {
        let read = weights::read(Path::new(path))?.tensors.into_iter();
        Ok(read.map(|(name, t)| (name.into(), Dynamic::from(TensorHandle::from(t)))).collect())
    }
}
