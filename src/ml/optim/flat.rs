//! Parameters as one vector.

use tch::{TchError, Tensor};

/// The number in a tensor of one element.
pub(super) fn number(tensor: &Tensor) -> Result<f64, TchError> {
    tensor.f_double_value(&[])
}

/// All gradients one behind the other; zeros where there is none.
pub(super) fn flat_gradient(params: &[Tensor]) -> Result<Tensor, TchError> {
    let of = |p: &Tensor| match p.f_grad()? {
        grad if grad.defined() => grad.f_reshape([-1]),
        _ => p.f_zeros_like()?.f_reshape([-1]),
    };
    Tensor::f_cat(&params.iter().map(of).collect::<Result<Vec<_>, _>>()?, 0)
}

/// p ← p + t·d.
pub(super) fn advance(params: &[Tensor], direction: &Tensor, along: f64) -> Result<(), TchError> {
    let mut at = 0;
    for param in params {
        let count = param.numel() as i64;
        let part = direction.f_narrow(0, at, count)?.f_reshape(param.size())?;
        drop(param.shallow_clone().f_add_(&part.f_mul_scalar(along)?)?);
        at += count;
    }
    Ok(())
}
