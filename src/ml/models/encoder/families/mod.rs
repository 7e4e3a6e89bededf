//! The families of encoders. A new one is a new file and a new row here.

mod albert;
mod bert;
mod distilbert;
mod electra;
mod modernbert;
mod mpnet;
mod roberta;
mod standard;

use super::family::Family;

/// Found by `model_type`; the first is that of a configuration that does not say.
pub(super) static TABLE: &[Family] = &[
    bert::FAMILY,
    albert::FAMILY,
    roberta::CAMEMBERT,
    distilbert::FAMILY,
    electra::FAMILY,
    modernbert::FAMILY,
    mpnet::FAMILY,
    roberta::FAMILY,
    roberta::XLM,
];
