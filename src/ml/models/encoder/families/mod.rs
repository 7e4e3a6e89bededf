//! The families of encoders. A new one is a new file and a new row here.

mod bert;

use super::family::Family;

/// Found by `model_type`; the first is that of a configuration that does not say.
pub(super) static TABLE: &[Family] = &[bert::FAMILY];
