//! In which kind of numbers the linear layers multiply: nearly all of the work.

use crate::error::{Error, ErrorKind, Result};
use tch::Kind;

/// Weights, gradients, the optimizer's state and everything but the products of linear layers are float32 in any case, as
/// with PyTorch's autocast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    #[default]
    Float32,
    /// Half the bits, of which eight are the mantissa's; sums are kept in float32. Several times as fast on processors with
    /// AVX-512 BF16 or AMX.
    Bfloat16,
}

const NAMES: [&str; 3] = ["float32", "bf16", "auto"];

/// bfloat16 where the processor has instructions for it.
fn auto() -> Precision {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512bf16") {
        return Precision::Bfloat16;
    }
    Precision::Float32
}

impl Precision {
    /// `"bf16"` → [`Precision::Bfloat16`]; `"auto"` is that where the processor is fast at it, else float32.
    ///
    /// # Errors
    /// Another word, with the nearest known one.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "float32" => Ok(Precision::Float32),
            "bf16" => Ok(Precision::Bfloat16),
            "auto" => Ok(auto()),
            _ => Err(Error::unknown(ErrorKind::Option, "precision", name, &NAMES)),
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            Precision::Float32 => Kind::Float,
            Precision::Bfloat16 => Kind::BFloat16,
        }
    }
}
