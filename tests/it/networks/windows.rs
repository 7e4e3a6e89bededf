//! Convolution and pooling over rows of different lengths, beside libtorch's operations on each row alone, in float64.

use crate::common::{alone::alone, networks::*};
use imdbsh::ml::batch::Pad;
use imdbsh::ml::models::{
    BatchNorm, BatchNormOptions, Conv1d, ConvOptions, GlobalPool, Module, Over, Padding, Pass, Pool1d, Pooled,
    named_parameters,
};
use proptest::prelude::*;
use tch::{Device, Kind, Tensor};

#[derive(Debug, Clone, Copy)]
enum What {
    Conv(i64),
    Pool(Pooled),
}

#[derive(Debug, Clone)]
struct Plan {
    what: What,
    lengths: Vec<i64>,
    pad: Pad,
    features: i64,
    outputs: i64,
    kernel: i64,
    stride: i64,
    padding: i64,
    dilation: i64,
}

impl Plan {
    fn layer(&self) -> Box<dyn Module> {
        let Plan { features, outputs, kernel, stride, dilation, .. } = *self;
        let layer: Box<dyn Module> = match self.what {
            What::Conv(groups) => {
                let padding = Padding::Zeros(self.padding);
                let options = ConvOptions { stride, padding, dilation, groups, bias: true };
                Box::new(Conv1d::new(features * groups, outputs * groups, kernel, options).unwrap())
            }
            What::Pool(pooled) => {
                Box::new(Pool1d::new(pooled, kernel, Some(stride), self.padding, self.dilation()).unwrap())
            }
        };
        fill(layer.as_ref());
        layer
    }

    fn dilation(&self) -> i64 {
        if matches!(self.what, What::Pool(Pooled::Mean)) { 1 } else { self.dilation }
    }

    fn groups(&self) -> i64 {
        if let What::Conv(groups) = self.what { groups } else { 1 }
    }

    fn values(&self) -> Tensor {
        let width = self.lengths.iter().max().unwrap() + 1;
        ramp(&[self.lengths.len() as i64, width, self.features * self.groups()], 1.0, 0.5)
    }

    /// The outputs, and the gradients of the input and of the parameters.
    fn computed(&self, kind: Kind) -> Vec<Tensor> {
        let layer = self.layer();
        let parameters = named_parameters(layer.as_ref());
        parameters.iter().for_each(|(_, p)| p.shallow_clone().set_data(&p.detach().to_kind(kind)));
        let x = self.values().to_kind(kind).set_requires_grad(true);
        let given = sequence(&x, &self.lengths, self.pad).into();
        let y = layer.forward(&given, &Pass::default()).unwrap().sequence("y").unwrap().to_packed().unwrap();
        weigh(&y).backward();
        let gradients = parameters.iter().map(|(_, p)| p.grad());
        [y.detach(), x.grad()].into_iter().chain(gradients).map(|t| t.to_kind(Kind::Double)).collect()
    }

    /// Each row on its own, filled up with zeros, or with what no maximum is.
    fn by_hand(&self) -> Vec<Tensor> {
        let layer = self.layer();
        let own: Vec<Tensor> = named_parameters(layer.as_ref())
            .iter()
            .map(|(_, p)| p.detach().to_kind(Kind::Double).set_requires_grad(true))
            .collect();
        let x = self.values().to_kind(Kind::Double).set_requires_grad(true);
        let width = x.size()[1];
        let span = self.dilation() * (self.kernel - 1) + 1;
        let rows = self.lengths.iter().enumerate().map(|(i, n)| {
            let first = if self.pad == Pad::Front { width - n } else { 0 };
            let row = x.narrow(0, i as i64, 1).narrow(1, first, *n).transpose(1, 2);
            let more = (span - n - 2 * self.padding).max(0);
            let beyond = if matches!(self.what, What::Pool(Pooled::Max)) { f64::NEG_INFINITY } else { 0.0 };
            let row = row.pad([self.padding, self.padding + more], "constant", beyond);
            let (kernel, stride, dilation) = ([self.kernel], [self.stride], [self.dilation()]);
            let y = match self.what {
                What::Conv(groups) => row.conv1d(&own[0], Some(&own[1]), stride, [0i64], dilation, groups),
                What::Pool(Pooled::Max) => row.max_pool1d(kernel, stride, [0i64], dilation, false),
                // Zeros behind the padding are no part of a mean.
                What::Pool(Pooled::Mean) => {
                    let count = self.kernel.min(n + 2 * self.padding) as f64;
                    row.avg_pool1d(kernel, stride, [0i64], false, true) * (self.kernel as f64 / count)
                }
            };
            y.squeeze_dim(0).transpose(0, 1)
        });
        let y = Tensor::cat(&rows.collect::<Vec<_>>(), 0);
        weigh(&y).backward();
        [y.detach(), x.grad()].into_iter().chain(own.iter().map(Tensor::grad)).collect()
    }
}

/// Σ y·weight, of all that is finite.
fn weigh(y: &Tensor) -> Tensor {
    let weights = (ramp(&y.size(), 1.0, 0.0) + 1.5).to_kind(y.kind());
    (y.masked_fill(&y.isinf(), 0.0) * weights).sum(y.kind())
}

fn far(got: &Tensor, expected: &Tensor) -> f64 {
    assert_eq!(got.size(), expected.size());
    let finite = |t: &Tensor| t.masked_fill(&expected.isinf(), 0.0);
    let size = finite(expected).abs().max().double_value(&[]).max(1e-3);
    finite(&(got - expected)).abs().max().double_value(&[]) / size
}

fn plans() -> impl Strategy<Value = Plan> {
    let what = prop_oneof![
        prop::sample::select(vec![1i64, 2, 3]).prop_map(What::Conv),
        Just(What::Pool(Pooled::Max)),
        Just(What::Pool(Pooled::Mean)),
    ];
    let lengths = prop_oneof![prop::collection::vec(1i64..12, 1..8), prop::collection::vec(100i64..400, 1..5)];
    let sizes = (1i64..12, prop_oneof![1i64..5, 8i64..20], 1i64..6);
    (what, lengths, any::<bool>(), sizes, 1i64..4, 0i64..4, 1i64..4).prop_map(
        |(what, lengths, front, (features, outputs, kernel), stride, padding, dilation)| Plan {
            what,
            lengths,
            pad: if front { Pad::Front } else { Pad::Back },
            features,
            outputs,
            kernel,
            stride,
            padding: if matches!(what, What::Pool(_)) { padding.min(kernel / 2) } else { padding },
            dilation,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_give_what_each_gives_alone(plan in plans()) {
        let expected = plan.by_hand();
        for kind in [Kind::Float, Kind::Double] {
            for (i, (got, expected)) in plan.computed(kind).iter().zip(&expected).enumerate() {
                let far = far(got, expected);
                prop_assert!(far < 1e-5, "{} of outputs, gradients of input, parameters: {} in {:?}", i, far, kind);
            }
        }
    }
}

#[test]
fn bits_do_not_depend_on_the_number_of_threads() {
    alone!();
    let lengths: Vec<i64> = (0..40).map(|i| 1 + i * 37 % 90).collect();
    for what in [What::Conv(1), What::Conv(2), What::Pool(Pooled::Max), What::Pool(Pooled::Mean)] {
        let plan = Plan {
            what,
            lengths: lengths.clone(),
            pad: Pad::Back,
            features: 24,
            outputs: 20,
            kernel: 3,
            stride: 1,
            padding: 1,
            dilation: 1,
        };
        let with = |threads| {
            tch::set_num_threads(threads);
            plan.computed(Kind::Float).iter().map(numbers).collect::<Vec<_>>()
        };
        let one = with(1);
        assert!([2, 3, 5].into_iter().all(|threads| with(threads) == one), "{what:?}");
    }
}

#[test]
fn a_row_shorter_than_a_window_is_a_row_still_and_a_tensor_like_that_is_refused() {
    let conv = Conv1d::new(2, 4, 5, ConvOptions::default()).unwrap();
    let x = ramp(&[2, 6, 2], 1.0, 0.0);
    let y = conv.forward(&sequence(&x, &[6, 1], Pad::Back).into(), &Pass::default()).unwrap().sequence("y").unwrap();
    assert_eq!(y.layout().lengths(), [2, 1]);
    let refused = |layer: &dyn Module, x: &Tensor| {
        layer.forward(&x.shallow_clone().into(), &Pass::default()).unwrap_err().message
    };
    let message = refused(&conv, &x.narrow(1, 0, 3));
    assert!(message.starts_with("conv1d(2, 4, 5) takes rows of at least 5 positions, got 3: use padding"), "{message}");
    let wrong = refused(&conv, &ramp(&[2, 6, 3], 1.0, 0.0));
    assert!(wrong.starts_with("conv1d(2, 4, 5) takes [batch, length, 2], got"), "{wrong}");
    let of = |kernel, options| Conv1d::new(4, 6, kernel, options).unwrap_err().message;
    let usual = ConvOptions::default();
    assert_eq!(of(0, usual), "conv1d: kernel_size must be at least 1, got 0");
    let groups = of(3, ConvOptions { groups: 4, ..usual });
    assert_eq!(groups, "conv1d: groups must divide in_channels and out_channels, got 4 for 4 and 6");
    let same = of(3, ConvOptions { stride: 2, padding: Padding::Same, ..usual });
    assert!(same.contains("\"same\" keeps lengths with a stride of 1 only, got 2"), "{same}");
    let padding = Pool1d::new(Pooled::Max, 3, None, 2, 1).unwrap_err().message;
    assert_eq!(padding, "max_pool1d: padding must be at most half of kernel_size, got 2 for 3");
}

#[test]
fn a_graph_can_be_walked_twice_and_has_no_second_derivative() {
    let layers: [Box<dyn Module>; 2] = [
        Box::new(Conv1d::new(2, 3, 3, ConvOptions::default()).unwrap()),
        Box::new(Pool1d::new(Pooled::Max, 2, None, 0, 1).unwrap()),
    ];
    for layer in layers {
        let x = ramp(&[2, 6, 2], 1.0, 0.0).set_requires_grad(true);
        let y = run(layer.as_ref(), x.shallow_clone()).square().sum(Kind::Float);
        let walk = |create| Tensor::f_run_backward(&[&y], &[&x], true, create);
        assert_eq!(walk(false).unwrap(), walk(false).unwrap());
        let refused = walk(true).unwrap_err().to_string();
        assert!(refused.contains("leave create_graph out"), "{refused}");
    }
}

#[test]
fn norms_over_a_batch_and_poolings_over_rows_see_real_positions_alone() {
    let x = ramp(&[2, 4, 3], 1.0, 0.0);
    let rubbish = x.shallow_clone();
    let _ = rubbish.narrow(0, 1, 1).narrow(1, 2, 2).fill_(1e6);
    let alone = Tensor::cat(&[x.get(0), x.get(1).narrow(0, 0, 2)], 0);
    let (norm, other) = (|| norm_of(3), run(&norm_of(3), alone));
    let s = norm().forward(&sequence(&rubbish, &[4, 2], Pad::Back).into(), &Pass::default()).unwrap();
    assert_close("batch_norm", &s.sequence("y").unwrap().to_packed().unwrap(), &numbers(&other));
    let sums = run(&GlobalPool(Over::Sum), sequence(&rubbish, &[4, 2], Pad::Back));
    assert_close("sum", &sums.get(1), &numbers(&x.get(1).narrow(0, 0, 2).sum_dim_intlist(0i64, false, Kind::Float)));
    let e = norm().forward(&Tensor::zeros([1, 3], (Kind::Float, Device::Cpu)).into(), &Pass::default()).unwrap_err();
    assert!(e.message.contains("takes more than one row in training"), "{}", e.message);
    assert!(Over::parse("men").unwrap_err().message.contains("did you mean `mean`?"));
}

fn norm_of(size: i64) -> BatchNorm {
    BatchNorm::new(size, BatchNormOptions::default()).unwrap()
}
