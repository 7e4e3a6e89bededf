//! What a network said of the rows of a set, from a script's tensors.

use crate::error::{Error, ErrorKind, Result};
use crate::ml::run::Said;
use crate::ml::tensor::During;
use crate::script::api::handles::TensorHandle;
use rhai::Map;
use tch::{Device, Kind};

/// The rows of `#{ labels, predicted, probability }`.
///
/// # Errors
/// Parts that are missing, no tensors, or of other lengths.
pub fn predictions(said: &Map) -> Result<Vec<Said>> {
    let labels = column::<i64>(said, "labels", Kind::Int64)?;
    let predicted = column::<i64>(said, "predicted", Kind::Int64)?;
    let probability = column::<f32>(said, "probability", Kind::Float)?;
    if labels.len() != predicted.len() || labels.len() != probability.len() {
        let message = format!(
            "save_predictions: {} labels, {} predictions and {} probabilities",
            labels.len(),
            predicted.len(),
            probability.len()
        );
        return Err(Error::new(ErrorKind::Shape, message));
    }
    let rows = labels.into_iter().zip(predicted).zip(probability);
    Ok(rows.map(|((label, predicted), probability)| Said { label, predicted, probability }).collect())
}

fn column<T: tch::kind::Element + Copy>(said: &Map, name: &str, kind: Kind) -> Result<Vec<T>>
where
    Vec<T>: TryFrom<tch::Tensor, Error = tch::TchError>,
{
    let missing = || {
        Error::value(format!("save_predictions takes #{{ labels, predicted, probability }}, and `{name}` is no tensor"))
    };
    let tensor = said.get(name).and_then(|value| value.clone().try_cast::<TensorHandle>()).ok_or_else(missing)?;
    let here = tensor.f_detach().and_then(|t| t.f_reshape([-1])).and_then(|t| t.f_to_device(Device::Cpu));
    let here = here.and_then(|t| t.f_to_kind(kind)).during("save_predictions", &[&tensor])?;
    Ok(Vec::<T>::try_from(here)?)
}
