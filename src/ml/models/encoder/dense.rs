//! `y = x Wᵀ + b` over rows `[n, in]` → `[n, out]`.
//!
//! libtorch multiplies float32 matrices with MKL, which uses no AVX-512 on AMD processors. oneDNN does, but libtorch hands it
//! float32 only as convolutions; and a linear layer is one, over an image that is n pixels wide and one high, in the memory
//! layout that the rows have already. The sums are the same in another order; on such a processor it takes half the time. On one without
//! AVX-512 that gains a twentieth forward, and loses it on one thread: libtorch's way back then copies what it multiplies.

use super::source::{Initial, Source};
use crate::error::Result;
use crate::ml::tensor::During;
use tch::{Device, Kind, TchError, Tensor};

#[derive(Debug)]
pub(super) struct Dense {
    /// `[out, in]`.
    weight: Tensor,
    /// `[out]`.
    bias: Option<Tensor>,
}

impl Dense {
    pub fn new(source: &mut Source, name: &str, inputs: i64, outputs: i64, bias: bool) -> Result<Dense> {
        let weight = source.take(&format!("{name}.weight"), &[outputs, inputs], Initial::Normal)?;
        let bias = bias.then(|| source.take(&format!("{name}.bias"), &[outputs], Initial::Zeros)).transpose()?;
        Ok(Dense { weight, bias })
    }

    /// In the kind of numbers that `x` is of: float32 or bfloat16.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let kind = x.kind();
        let convolve = x.device() == Device::Cpu && convolutions_are_faster();
        let bias = self.bias.as_ref();
        let y = match kind {
            Kind::Float if convolve => as_convolution(x, &self.weight, bias),
            Kind::Float => x.f_linear(&self.weight, bias),
            _ => self
                .weight
                .f_to_kind(kind)
                .and_then(|w| x.f_linear(&w, bias.map(|bias| bias.f_to_kind(kind)).transpose()?.as_ref())),
        };
        y.during("linear", &[x, &self.weight])
    }

    pub fn parameters(&self, name: &str) -> Vec<(String, Tensor)> {
        let all = [("weight", Some(&self.weight)), ("bias", self.bias.as_ref())];
        all.into_iter().filter_map(|(part, p)| Some((format!("{name}.{part}"), p?.shallow_clone()))).collect()
    }
}

fn convolutions_are_faster() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512f");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

fn as_convolution(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor, TchError> {
    let (rows, outputs, inputs) = (x.size()[0], weight.size()[0], weight.size()[1]);
    let image = x.f_reshape([1, 1, rows, inputs])?.f_permute([0, 3, 1, 2])?;
    let kernel = weight.f_view([outputs, inputs, 1, 1])?;
    let (padding, stride, dilation) = ([0i64, 0], [1i64, 1], [1i64, 1]);
    let y = image.f_mkldnn_convolution(&kernel, bias, padding, stride, dilation, 1)?;
    y.f_permute([0, 2, 3, 1])?.f_reshape([rows, outputs])
}
