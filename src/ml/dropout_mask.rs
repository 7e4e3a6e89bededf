//! Dropout masks: which numbers stay, and how much those grow.
//!
//! libtorch draws a mask on a processor one number after the other, at several nanoseconds each: in a transformer's training,
//! which drops from every attention matrix, that is half of the time. Here eight generators run side by side, each number takes
//! 16 bits, and the result is the same whatever the number of threads.

use crate::error::Result;
use crate::ml::random::{self, Purpose};
use crate::ml::tensor::During;
use tch::{Device, Kind, Tensor};

/// A float32 mask on the CPU: 0 with probability `p`, else `1 / (1 - p)`. `p` is in `[0, 1)` and met within 1/131072. A
/// function of the seed, the step and the number of the draw in that step, nothing else.
///
/// # Errors
/// Memory that cannot be had.
pub fn mask(shape: &[i64], p: f64) -> Result<Tensor> {
    let mut lanes = Lanes::seeded(random::key_for(Purpose::Dropout) as u64);
    let dropped = (p * 65536.0).round() as u32;
    let kept = ((1.0 / (1.0 - p)) as f32).to_bits();
    let mask = Tensor::f_empty(shape, (Kind::Float, Device::Cpu)).during("dropout", &[])?;
    if mask.numel() == 0 {
        return Ok(mask);
    }
    // SAFETY: a new tensor of float32 on the CPU is so many numbers in a row, and nobody else has it yet.
    let numbers = unsafe { std::slice::from_raw_parts_mut(mask.data_ptr().cast::<f32>(), mask.numel()) };
    let value = |draw: u32| f32::from_bits(if draw >= dropped { kept } else { 0 });
    let mut draw = || {
        let draws = lanes.next();
        let mut both = [0f32; 2 * LANES];
        for i in 0..LANES {
            both[i] = value(draws[i] & 0xffff);
            both[LANES + i] = value(draws[i] >> 16);
        }
        both
    };
    let mut whole = numbers.chunks_exact_mut(2 * LANES);
    whole.by_ref().for_each(|part| part.copy_from_slice(&draw()));
    let rest = whole.into_remainder();
    rest.copy_from_slice(&draw()[..rest.len()]);
    Ok(mask)
}

const LANES: usize = 8;

/// Eight xoshiro128++ generators (Blackman, Vigna 2021), a number of each at once: the compiler makes vectors of them.
struct Lanes([[u32; LANES]; 4]);

impl Lanes {
    fn seeded(mut seed: u64) -> Lanes {
        let mut state = [[0; LANES]; 4];
        for word in state.iter_mut().flatten() {
            // SplitMix64, as its authors recommend to seed with.
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = seed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *word = (z ^ (z >> 31)) as u32;
        }
        Lanes(state)
    }

    #[inline]
    fn next(&mut self) -> [u32; LANES] {
        let mut out = [0; LANES];
        let [a, b, c, d] = &mut self.0;
        for i in 0..LANES {
            out[i] = a[i].wrapping_add(d[i]).rotate_left(7).wrapping_add(a[i]);
            let t = b[i] << 9;
            c[i] ^= a[i];
            d[i] ^= b[i];
            b[i] ^= c[i];
            a[i] ^= d[i];
            c[i] ^= t;
            d[i] = d[i].rotate_left(11);
        }
        out
    }
}

/// `x` with each number dropped with probability `p`, the others grown by `1 / (1 - p)`.
///
/// # Errors
/// Memory that cannot be had.
pub fn drop(x: &Tensor, p: f64) -> Result<Tensor> {
    match (x.device(), x.kind()) {
        (Device::Cpu, Kind::Float | Kind::BFloat16) => apply(x, &mask(&x.size(), p)?),
        _ => random::draw(Purpose::Dropout, || x.f_dropout(p, true)).during("dropout", &[x]),
    }
}

/// `x` times a mask.
///
/// # Errors
/// Memory that cannot be had.
pub fn apply(x: &Tensor, mask: &Tensor) -> Result<Tensor> {
    mask.f_to_kind(x.kind()).and_then(|mask| x.f_mul(&mask)).during("dropout", &[x])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_dropped_as_asked_and_the_rest_keeps_the_mean() {
        random::manual_seed(3);
        for p in [0.1, 0.5, 0.9] {
            let m = mask(&[300, 1001], p).unwrap();
            let zeros = m.eq(0.0).to_kind(Kind::Double).mean(Kind::Double).double_value(&[]);
            assert!((zeros - p).abs() < 0.005, "{zeros} of {p}");
            assert!((m.mean(Kind::Double).double_value(&[]) - 1.0).abs() < 0.05);
            // Neighbours, in both directions, and every sixteenth know nothing of each other.
            let d = m.to_kind(Kind::Double) - m.mean(Kind::Double);
            for (dim, by) in [(0, 1), (1, 1), (1, 8), (1, 16)] {
                let n = m.size()[dim as usize] - by;
                let product = d.narrow(dim, 0, n) * d.narrow(dim, by, n);
                let correlation =
                    product.mean(Kind::Double).double_value(&[]) / d.square().mean(Kind::Double).double_value(&[]);
                assert!(correlation.abs() < 0.01, "{correlation}");
            }
        }
    }

    #[test]
    fn a_mask_depends_on_seed_step_and_draw_alone() {
        random::manual_seed(3);
        random::begin_step(1, 2);
        let (first, second) = (mask(&[40], 0.5).unwrap(), mask(&[40], 0.5).unwrap());
        random::begin_step(1, 2);
        assert_eq!(mask(&[40], 0.5).unwrap(), first);
        assert_ne!(first, second);
    }
}
