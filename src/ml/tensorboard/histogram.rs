//! How the numbers of a tensor are spread.

use super::messages::{Event, Histogram, Shown, Summary, SummaryValue};
use crate::error::Result;
use crate::ml::tensor::During;
use tch::{Device, Kind, Tensor};

/// As many as TensorBoard draws.
const BUCKETS: usize = 30;
/// So many numbers at a time are copied: 8 MiB.
const AT_ONCE: i64 = 1 << 20;

/// A histogram of a weight, `weights/NAME`; none where it has no finite number. Says how many of its numbers are not finite, which are in none of its buckets.
///
/// # Errors
/// Memory that cannot be had, a device that fails.
pub fn histogram(wall_time: f64, step: i64, name: &str, tensor: &Tensor) -> Result<(Option<Event>, usize)> {
    let (spread, others) = spread(tensor)?;
    let event = |histogram| {
        let shown = Some(Shown::Histogram(histogram));
        let value = SummaryValue { tag: format!("weights/{name}"), metadata: None, shown };
        Event { wall_time, step, summary: Some(Summary { value: vec![value] }), ..Event::default() }
    };
    Ok((spread.map(event), others))
}

/// Calls `f` with each number.
fn each(tensor: &Tensor, mut f: impl FnMut(f64)) -> Result<()> {
    const DOING: &str = "a histogram";
    let flat = tensor.f_detach().and_then(|t| t.f_reshape([-1])).during(DOING, &[tensor])?;
    let length = flat.size()[0];
    for from in (0..length).step_by(AT_ONCE as usize) {
        let part = flat.f_narrow(0, from, AT_ONCE.min(length - from)).and_then(|t| t.f_to_device(Device::Cpu));
        let part = part.and_then(|t| t.f_to_kind(Kind::Double)).and_then(Vec::<f64>::try_from);
        part.during(DOING, &[tensor])?.into_iter().for_each(&mut f);
    }
    Ok(())
}

fn spread(tensor: &Tensor) -> Result<(Option<Histogram>, usize)> {
    let mut all = Histogram { min: f64::INFINITY, max: f64::NEG_INFINITY, ..Histogram::default() };
    let mut others = 0;
    each(tensor, |x| match x.is_finite() {
        false => others += 1,
        true => {
            (all.min, all.max) = (all.min.min(x), all.max.max(x));
            (all.num, all.sum, all.sum_squares) = (all.num + 1.0, all.sum + x, all.sum_squares + x * x);
        }
    })?;
    if all.num == 0.0 {
        return Ok((None, others));
    }
    let Histogram { min, max, num, .. } = all;
    if min == max {
        (all.bucket_limit, all.bucket) = (vec![max], vec![num]);
        return Ok((Some(all), others));
    }
    // Halves: the distance of two numbers may be none.
    let share = |x: f64| (x / 2.0 - min / 2.0) / (max / 2.0 - min / 2.0);
    let mut bucket = vec![0.0; BUCKETS];
    each(tensor, |x| {
        if x.is_finite() {
            bucket[((share(x) * BUCKETS as f64) as usize).min(BUCKETS - 1)] += 1.0;
        }
    })?;
    let limit = |i: usize| {
        let share = i as f64 / BUCKETS as f64;
        if i == BUCKETS { max } else { min * (1.0 - share) + max * share }
    };
    (all.bucket_limit, all.bucket) = ((1..=BUCKETS).map(limit).collect(), bucket);
    Ok((Some(all), others))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finite_number_is_in_its_bucket() {
        // Two in the middle of each bucket, and both ends.
        let numbers: Vec<f32> = (0..60).map(|i| i as f32 + 0.5).chain([0.0, 60.0]).collect();
        let (spread, others) = spread(&Tensor::from_slice(&numbers)).unwrap();
        let spread = spread.unwrap();
        assert_eq!((spread.min, spread.max, spread.num, others), (0.0, 60.0, 62.0, 0));
        assert_eq!((spread.sum, spread.sum_squares), (1860.0, 75_595.0));
        let mut expected = vec![2.0; BUCKETS];
        (expected[0], expected[BUCKETS - 1]) = (3.0, 3.0);
        assert_eq!((spread.bucket, spread.bucket_limit.last()), (expected, Some(&60.0)));
        assert!(spread.bucket_limit.is_sorted());
    }

    #[test]
    fn numbers_that_are_not_finite_are_counted_apart() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        let (some, others) = spread(&Tensor::from_slice(&[nan, 2.0, inf, 2.0])).unwrap();
        let some = some.unwrap();
        assert_eq!((others, some.num, some.bucket, some.bucket_limit), (2, 2.0, vec![2.0], vec![2.0]));
        assert_eq!(spread(&Tensor::from_slice(&[nan, -inf])).unwrap(), (None, 2));
        assert_eq!(spread(&Tensor::from_slice::<f32>(&[])).unwrap(), (None, 0));
        let wide = spread(&Tensor::from_slice(&[-f64::MAX, 0.0, f64::MAX])).unwrap().0.unwrap();
        assert!(wide.bucket_limit.iter().all(|x| x.is_finite()) && wide.bucket.iter().sum::<f64>() == 3.0);
        // Chunk by chunk, whatever its shape and kind.
        let many = Tensor::zeros([2, AT_ONCE], (Kind::Int64, Device::Cpu));
        assert_eq!(spread(&many).unwrap().0.unwrap().num, 2.0 * AT_ONCE as f64);
    }
}
