//! Layers behind an encoder, as the head that transformers has there.

use super::head::HeadPlan;
use crate::error::{Error, Result};
use crate::ml::models::{Module, Readout};
use std::rc::Rc;
use tch::Tensor;

/// What stands behind an encoder, where it is what its family's `…ForSequenceClassification` has there.
pub(super) struct Behind {
    /// Under transformers' names.
    pub tensors: Vec<(String, Tensor)>,
    /// In front of the layer that gives the scores.
    pub dropout: f64,
    pub classes: usize,
    pub reads_pooler: bool,
}

impl Behind {
    /// Of the layers, one behind the other; dropout, which says nothing in evaluation, may stand anywhere among them.
    ///
    /// # Errors
    /// Other layers, or another readout, with those that there would have to be.
    pub fn of(readout: Readout, layers: &[Rc<dyn Module>], head: &HeadPlan) -> Result<Behind> {
        let found = matched(layers, head).filter(|_| readout == head.readout);
        found.ok_or_else(|| {
            let names: Vec<&str> = layers.iter().map(|layer| layer.type_name()).collect();
            Error::value(format!(
                "transformers has no network with this head, which is the readout \"{}\", then {}. The head of its {} {}. The encoder alone, the first \
                 layer of the network, can be saved",
                readout.name(),
                names.join(", "),
                head.class,
                wanted(head),
            ))
        })
    }
}

/// What the head is, as a script has it.
fn wanted(head: &HeadPlan) -> String {
    let before = match &head.hidden {
        None => String::new(),
        Some(hidden) if hidden.norm.is_some() || !hidden.bias => {
            return "can be had by `classifier` alone, of a folder that has it".into();
        }
        Some(hidden) => format!("linear(width, width), {:?}(), ", hidden.activation),
    };
    format!("is the readout \"{}\", then {before}dropout(p), linear(width, classes)", head.readout.name())
}

fn matched(layers: &[Rc<dyn Module>], head: &HeadPlan) -> Option<Behind> {
    let (mut tensors, mut dropout) = (Vec::new(), 0.0);
    let mut rest = Vec::new();
    for layer in layers {
        match layer.type_name() {
            "Dropout" => dropout = layer.describe().parse().ok()?,
            _ => rest.push(layer),
        }
    }
    let output = match (&head.hidden, rest.as_slice()) {
        (None, [output]) => output,
        (Some(hidden), [dense, activation, output]) if hidden.norm.is_none() && hidden.bias => {
            let is_same = activation.type_name().to_lowercase() == format!("{:?}", hidden.activation);
            tensors.extend(linear(dense, hidden.dense).filter(|_| is_same)?);
            output
        }
        _ => return None,
    };
    let scores = linear(output, head.output)?;
    let classes = scores.first().and_then(|(_, weight)| usize::try_from(*weight.size().first()?).ok())?;
    let width = |(_, weight): &(String, Tensor)| weight.size();
    // A hidden layer of another width is none of transformers'.
    let square = tensors.first().map(width).is_none_or(|size| size[0] == size[1]);
    tensors.extend(scores);
    square.then_some(Behind { tensors, dropout, classes, reads_pooler: head.readout == Readout::Pooler })
}

/// The parameters of a linear layer with a bias, as those of the part `name`.
fn linear(layer: &Rc<dyn Module>, name: &str) -> Option<Vec<(String, Tensor)>> {
    let own = layer.own_parameters();
    let is_whole = layer.type_name() == "Linear" && own.len() == 2;
    is_whole.then(|| own.into_iter().map(|(own, t)| (format!("{name}.{own}"), t)).collect())
}
