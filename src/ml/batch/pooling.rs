//! What is computed across the positions of each row, and never across rows: readouts of layers and poolings of scripts alike.

use super::Sequence;
use crate::error::{Error, Result};
use crate::ml::tensor::{During, describe, gather};
use tch::{TchError, Tensor};

impl Sequence {
    /// The largest of each feature over a row's positions, `[rows, …]`.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn max(&self) -> Result<Tensor> {
        self.of_each_row("max", |row| Ok(row.f_max_dim(0, false)?.0))
    }

    /// The mean of each feature over a row's positions, `[rows, …]`.
    ///
    /// # Errors
    /// Values that have no mean; memory that cannot be had.
    pub fn mean(&self) -> Result<Tensor> {
        self.of_each_row("mean", |row| row.f_mean_dim(0i64, false, None))
    }

    /// The sum of each feature over a row's positions, `[rows, …]`.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn sum(&self) -> Result<Tensor> {
        self.of_each_row("sum", |row| row.f_sum_dim_intlist(0i64, false, None))
    }

    /// What stands at each row's first position, `[rows, …]`.
    ///
    /// # Errors
    /// Memory that cannot be had.
    pub fn firsts(&self) -> Result<Tensor> {
        let mut end = 0;
        let firsts = self.layout().lengths().iter().map(|n| {
            end += n;
            end - n
        });
        gather(&self.to_packed()?, &firsts.collect::<Vec<_>>())
    }

    /// The same with a weight for each position, a sequence of the same rows with one feature: `[rows, features]`.
    ///
    /// # Errors
    /// Weights of other rows or of more than one feature; values of other than one dimension a position.
    pub fn weighted_sum(&self, weights: &Sequence) -> Result<Tensor> {
        if weights.layout().lengths() != self.layout().lengths() {
            let (rows, given) = (self.layout().lengths(), weights.layout().lengths());
            let message = format!("sum: the rows have lengths {}, their weights {}", few(rows), few(given));
            return Err(Error::shape(message));
        }
        let (x, weights) = (self.to_packed()?, weights.to_packed()?);
        if x.dim() != 2 || weights.size() != [x.size()[0], 1] {
            return Err(Error::shape(format!(
                "sum takes positions [n, features] and their weights [n, 1], got {} and {}",
                describe(&x),
                describe(&weights)
            )));
        }
        // A product for each row: no number stands for itself between the two, as it would in a sum of products.
        let (rows, weights) = (self.layout().split(&x)?, self.layout().split(&weights)?);
        let sums = rows.iter().zip(&weights).map(|(row, weights)| weights.f_transpose(0, 1)?.f_matmul(row));
        let sums = sums.collect::<std::result::Result<Vec<_>, _>>().and_then(|all: Vec<Tensor>| Tensor::f_cat(&all, 0));
        sums.during("sum", &[&x])
    }

    /// The softmax of each feature over a row's positions.
    ///
    /// # Errors
    /// Values of no floating-point kind; memory that cannot be had.
    pub fn softmax(&self) -> Result<Sequence> {
        let x = self.to_packed()?;
        let rows = self.layout().split(&x)?;
        let rows = rows.iter().map(|row| row.f_softmax(0, None)).collect::<std::result::Result<Vec<_>, _>>();
        Sequence::packed(rows.and_then(|rows| Tensor::f_cat(&rows, 0)).during("softmax", &[&x])?, self.layout().clone())
    }

    fn of_each_row(&self, what: &str, f: impl Fn(&Tensor) -> std::result::Result<Tensor, TchError>) -> Result<Tensor> {
        let x = self.to_packed()?;
        let rows = self.layout().split(&x)?;
        let rows = rows.iter().map(f).collect::<std::result::Result<Vec<_>, _>>();
        rows.and_then(|rows| Tensor::f_stack(&rows, 0)).during(what, &[&x])
    }
}

/// The first of many.
fn few(lengths: &[i64]) -> String {
    let first: Vec<String> = lengths.iter().take(6).map(i64::to_string).collect();
    match lengths.len() {
        0..=6 => format!("[{}]", first.join(", ")),
        n => format!("[{}, …] ({n} rows)", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ml::batch::Pad;
    use proptest::prelude::*;
    use tch::{Device, Kind};

    fn close(a: &Tensor, b: &Tensor) -> bool {
        a.size() == b.size() && a.allclose(b, 1e-12, 1e-12, false)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        /// Against the same with masks over padded rows, gradients too.
        #[test]
        fn padding_takes_no_part(
            lengths in prop::collection::vec(1i64..9, 1..6), more in 0i64..3, front in any::<bool>(), seed in any::<u16>(),
        ) {
            let (rows, width) = (lengths.len() as i64, lengths.iter().max().unwrap() + more);
            let pad = if front { Pad::Front } else { Pad::Back };
            let on = |shape: &[i64], k: f64| {
                let n: i64 = shape.iter().product();
                ((Tensor::arange(n, (Kind::Double, Device::Cpu)) * k + f64::from(seed)).sin()).view(shape)
            };
            let fresh = || on(&[rows, width, 3], 1.7).set_requires_grad(true);
            let place = Tensor::arange(width, (Kind::Int64, Device::Cpu)).unsqueeze(0);
            let n = Tensor::from_slice(&lengths);
            let hidden = if front { place.lt_tensor(&(width - n.unsqueeze(1))) } else { place.ge_tensor(&n.unsqueeze(1)) };
            let hidden = hidden.unsqueeze(2);
            let sequence = |x: &Tensor| Sequence::padded(x.shallow_clone(), &n, pad).unwrap();
            let filled = |x: &Tensor, with: f64| x.masked_fill(&hidden, with);
            let gradient = |x: &Tensor, y: &Tensor| {
                (y * on(&y.size(), 0.9)).sum(Kind::Double).backward();
                x.grad()
            };
            type Ours = fn(&Sequence) -> Result<Tensor>;
            type Masked<'a> = &'a dyn Fn(&Tensor) -> Tensor;
            let weigh = |x: &Tensor| x.narrow(2, 0, 1) * 2.0;
            let cases: [(Ours, Masked); 4] = [
                (Sequence::max, &|x| filled(x, f64::NEG_INFINITY).max_dim(1, false).0),
                (Sequence::mean, &|x| filled(x, 0.0).sum_dim_intlist(1i64, false, None) / n.unsqueeze(1)),
                (Sequence::sum, &|x| filled(x, 0.0).sum_dim_intlist(1i64, false, None)),
                (
                    |s| s.weighted_sum(&s.map(|x| Ok(x.narrow(-1, 0, 1) * 2.0))?.softmax()?),
                    &|x| (x * filled(&weigh(x), f64::NEG_INFINITY).softmax(1, None)).sum_dim_intlist(1i64, false, None),
                ),
            ];
            for (ours, theirs) in cases {
                let (x, y) = (fresh(), fresh());
                let (a, b) = (ours(&sequence(&x)).unwrap(), theirs(&y));
                prop_assert!(close(&a, &b), "{a} {b}");
                prop_assert!(close(&gradient(&x, &a), &gradient(&y, &b)));
            }
        }
    }

    #[test]
    fn weights_that_do_not_fit_are_refused() {
        let ones = |shape: &[i64]| Tensor::ones(shape, (Kind::Float, Device::Cpu));
        let of = |shape: &[i64], lengths: &[i64]| {
            Sequence::padded(ones(shape), &Tensor::from_slice(lengths), Pad::Back).unwrap()
        };
        let s = of(&[2, 3, 4], &[3, 1]);
        let message = |weights: &Sequence| s.weighted_sum(weights).unwrap_err().message;
        assert_eq!(message(&of(&[2, 3, 1], &[3, 2])), "sum: the rows have lengths [3, 1], their weights [3, 2]");
        assert!(
            message(&of(&[2, 3, 2], &[3, 1])).starts_with("sum takes positions [n, features] and their weights [n, 1]")
        );
        let many = of(&[9, 3, 1], &[3; 9]);
        assert!(message(&many).ends_with("their weights [3, 3, 3, 3, 3, 3, …] (9 rows)"), "{}", message(&many));
    }
}
