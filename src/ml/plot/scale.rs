//! From a number to where it stands on a scale.

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scale {
    #[default]
    Linear,
    /// To the base 10. Values that are not positive are gaps.
    Log,
}

impl Scale {
    /// Where `v` stands, its logarithm on a log scale; `None` for a gap.
    pub(super) fn project(self, v: f64) -> Option<f64> {
        match self {
            _ if !is_drawable(v) => None,
            Scale::Linear => Some(v),
            Scale::Log => (v > 0.0).then(|| v.log10()),
        }
    }
}

pub fn is_drawable(v: f64) -> bool {
    v.is_finite()
}
