//! How a family of encoders is listed.

use super::head::HeadPlan;
use super::items::Items;
use super::plan::Plan;

/// Encoders of one `config.json` and one way to name tensors.
#[derive(Clone, Copy)]
pub struct Family {
    /// `model_type` in `config.json`.
    pub model_type: &'static str,
    /// What the encoder's tensors begin with in a file that holds a network around it, without the dot.
    pub prefix: &'static str,
    /// What is computed. What the configuration asks for and is not built is left with the items.
    pub plan: fn(&mut Items) -> Plan,
    /// What stands behind the encoder in its `…ForSequenceClassification`.
    pub head: fn(&mut Items, &Plan) -> HeadPlan,
    /// The encoder's name of a tensor of a file, without the prefix; none where it is not read.
    pub rename: fn(&str) -> Option<String>,
}
