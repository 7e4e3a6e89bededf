//! Losses and their gradients against PyTorch 2.13, and what is said about arguments that do not fit.
//!
//! The golden numbers are what this prints:
//!
//! ```python
//! import torch, torch.nn.functional as F
//! n = lambda *s: torch.arange(1, 1 + torch.Size(s).numel(), dtype=torch.float32).reshape(s)
//! def show(label, f, x):
//!     x = x.clone().requires_grad_()
//!     l = f(x); (l * n(*l.shape) if l.dim() else l).sum().backward()
//!     g = lambda t: "[" + ", ".join(f"{v:.9g}" for v in t.flatten().tolist()) + "]"
//!     print(label, "\n   ", g(l.detach()), "\n   ", g(x.grad))
//! s = (n(4, 3) * 0.7).sin() * 3
//! y = torch.tensor([0, 2, 1, 2]); yi = torch.tensor([0, -100, 1, 2])
//! w = torch.tensor([0.5, 1.0, 2.0])
//! p = (n(4, 3) * 0.3).cos().softmax(1)
//! show("ce", lambda x: F.cross_entropy(x, y), s)
//! show("ce smoothing weight", lambda x: F.cross_entropy(x, y, weight=w, label_smoothing=0.1), s)
//! show("ce ignore sum", lambda x: F.cross_entropy(x, yi, reduction="sum"), s)
//! show("ce ignore mean weight", lambda x: F.cross_entropy(x, yi, weight=w), s)
//! show("ce none", lambda x: F.cross_entropy(x, y, reduction="none"), s)
//! show("ce soft", lambda x: F.cross_entropy(x, p, label_smoothing=0.2, weight=w), s)
//! show("nll", lambda x: F.nll_loss(x.log_softmax(1), y, weight=w), s)
//! show("nll ignore 2 sum", lambda x: F.nll_loss(x.log_softmax(1), y, ignore_index=2, reduction="sum"), s)
//! t = (n(4, 3) * 0.9).sin().abs()
//! q = (n(4, 3) * 0.37).sin().abs()
//! show("bce", lambda x: F.binary_cross_entropy(x, t), q)
//! show("bce sum", lambda x: F.binary_cross_entropy(x, t, reduction="sum"), q)
//! show("bcel", lambda x: F.binary_cross_entropy_with_logits(x, t), s)
//! show("bcel pos_weight", lambda x: F.binary_cross_entropy_with_logits(x, t, pos_weight=w), s)
//! show("bcel none", lambda x: F.binary_cross_entropy_with_logits(x, t, reduction="none"), s)
//! show("mse", lambda x: F.mse_loss(x, t), s)
//! show("l1", lambda x: F.l1_loss(x, t, reduction="sum"), s)
//! show("smooth_l1 0.5", lambda x: F.smooth_l1_loss(x, t, beta=0.5), s)
//! show("smooth_l1 0", lambda x: F.smooth_l1_loss(x, t, beta=0.0), s)
//! show("huber 1.5", lambda x: F.huber_loss(x, t, delta=1.5), s)
//! ```

use imdbsh::error::{Error, ErrorKind};
use imdbsh::ml::device;
use imdbsh::ml::loss::*;
use tch::{Device, Kind, Tensor};

struct Data {
    s: Tensor,
    q: Tensor,
    t: Tensor,
    p: Tensor,
    y: Tensor,
    yi: Tensor,
    device: Device,
}

impl Data {
    fn new(device: Device) -> Data {
        let n = || Tensor::arange_start(1, 13, (Kind::Float, device)).reshape([4, 3]);
        Data {
            s: (n() * 0.7).sin() * 3.0,
            q: (n() * 0.37).sin().abs(),
            t: (n() * 0.9).sin().abs(),
            p: (n() * 0.3).cos().softmax(1, None),
            y: Tensor::from_slice(&[0_i64, 2, 1, 2]).to(device),
            yi: Tensor::from_slice(&[0_i64, -100, 1, 2]).to(device),
            device,
        }
    }

    fn w(&self) -> Option<Tensor> {
        Some(Tensor::from_slice(&[0.5_f32, 1.0, 2.0]).to(self.device))
    }
}

fn flat(tensor: &Tensor) -> Vec<f64> {
    Vec::try_from(tensor.detach().flatten(0, -1).to_kind(Kind::Double).to(Device::Cpu)).unwrap()
}

type Loss = fn(&Tensor, &Data) -> Result<Tensor, Error>;

/// The loss, the losses it gives, and the gradient of their sum weighted by 1, 2, 3, …
#[rustfmt::skip]
const GOLDEN: &[(&str, Loss, &[f64], [f64; 12])] = &[
    ("ce", |x, d| cross_entropy(x, &d.y, &CrossEntropy::default()),
     &[2.18512297],
     [-0.206235647, 0.121816471, 0.0844191909, 0.216527507, 0.0276715066, -0.244199023, 0.0104562249, -0.220013276, 0.209557042, 0.0453728288, 0.122542515, -0.167915344]),
    ("ce smoothing weight", |x, d| cross_entropy(x, &d.y, &CrossEntropy { weight: d.w(), label_smoothing: 0.1, ..Default::default() }),
     &[2.215554],
     [-0.0668122619, 0.0441425443, 0.022669727, 0.298795879, 0.0325117931, -0.331307709, 0.00470096571, -0.147524953, 0.142823979, 0.0602166653, 0.164756224, -0.224972904]),
    ("ce ignore sum", |x, d| cross_entropy(x, &d.yi, &CrossEntropy { reduction: Reduction::Sum, ..Default::default() }),
     &[4.97705746],
     [-0.824942589, 0.487265885, 0.337676764, 0.0, 0.0, 0.0, 0.0418248996, -0.880053103, 0.838228166, 0.181491315, 0.490170062, -0.671661377]),
    ("ce ignore mean weight", |x, d| cross_entropy(x, &d.yi, &CrossEntropy { weight: d.w(), ..Default::default() }),
     &[1.49127042],
     [-0.117848948, 0.0696094185, 0.0482395403, 0.0, 0.0, 0.0, 0.0119499722, -0.251443744, 0.239493772, 0.103709325, 0.280097187, -0.383806527]),
    ("ce none", |x, d| cross_entropy(x, &d.y, &CrossEntropy { reduction: Reduction::None, ..Default::default() }),
     &[1.74264145, 3.76343489, 2.12070608, 1.11370993],
     [-0.824942589, 0.487265885, 0.337676764, 1.73222005, 0.221372053, -1.95359218, 0.125474691, -2.64015937, 2.51468444, 0.725965261, 1.96068025, -2.68664551]),
    ("ce soft", |x, d| cross_entropy(x, &d.p, &CrossEntropy { weight: d.w(), label_smoothing: 0.2, ..Default::default() }),
     &[1.64793694],
     [0.00126279495, 0.0496404991, -0.0509032756, 0.176071241, -0.0524631292, -0.123608135, -0.0375435427, -0.0483608805, 0.0859044269, 0.0132945236, 0.0641877875, -0.0774823353]),
    ("nll", |x, d| nll_loss(&x.log_softmax(1, None), &d.y, &Nll { weight: d.w(), ..Default::default() }),
     &[2.31751204],
     [-0.0749947876, 0.0442969017, 0.0306978878, 0.314949095, 0.0402494669, -0.355198592, 0.00760452729, -0.160009652, 0.152405128, 0.0659968406, 0.178243667, -0.244240522]),
    ("nll ignore 2 sum", |x, d| nll_loss(&x.log_softmax(1, None), &d.y, &Nll { ignore_index: 2, reduction: Reduction::Sum, ..Default::default() }),
     &[3.86334753],
     [-0.824942589, 0.487265885, 0.337676764, 0.0, 0.0, 0.0, 0.0418248996, -0.880053103, 0.838228166, 0.0, 0.0, 0.0]),
    ("bce", |x, d| bce(x, &d.t, Reduction::Mean),
     &[0.992866278],
     [-0.152231574, -0.113663994, 0.417742252, 11.2411575, -0.0363886878, 0.0122394785, 0.16946876, -0.345241696, -0.428447515, 0.0393794514, 0.179162756, -0.0417847075]),
    ("bce sum", |x, d| bce(x, &d.t, Reduction::Sum),
     &[11.9143953],
     [-1.82677889, -1.3639679, 5.01290703, 134.89389, -0.436664253, 0.146873742, 2.03362513, -4.14290047, -5.1413703, 0.472553402, 2.14995313, -0.501416504]),
    ("bcel", |x, d| bce_with_logits(x, &d.t, &BceWithLogits::default()),
     &[1.00108981],
     [0.00751799345, -0.00194040441, 0.0419009142, 0.0241260994, -0.0598963313, -0.0587140135, 0.00275399419, -0.0552379936, -0.0381068699, 0.0387996398, 0.0411174148, -0.00437009335]),
    ("bcel pos_weight", |x, d| bce_with_logits(x, &d.t, &BceWithLogits { pos_weight: d.w(), ..Default::default() }),
     &[1.2221669],
     [0.0116453813, -0.00194040441, 0.0394146703, 0.0290669557, -0.0598963313, -0.118719406, 0.00341962953, -0.0552379936, -0.0774999559, 0.0408994816, 0.0411174111, -0.0102152526]),
    ("bcel none", |x, d| bce_with_logits(x, &d.t, &BceWithLogits { reduction: Reduction::None, ..Default::default() }),
     &[0.553952157, 0.12801668, 1.55523801, 0.87217623, 1.32815349, 2.09120226, 0.100703239, 1.64324355, 0.669763565, 1.28912508, 1.65843773, 0.123066247],
     [0.0902159214, -0.046569705, 1.50843287, 1.1580528, -3.5937798, -4.22740889, 0.231335506, -5.30284739, -4.11554193, 4.65595675, 5.42749882, -0.629293442]),
    ("mse", |x, d| mse(x, &d.t, Reduction::Mean),
     &[4.49274588],
     [0.191554353, 0.330416918, 0.360374689, 0.0937407017, -0.338313311, -0.56458199, -0.494028538, -0.447911322, -0.153241515, 0.259806871, 0.417828172, 0.263810247]),
    ("l1", |x, d| l1(x, &d.t, Reduction::Sum),
     &[23.4936504],
     [1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, -1.0, 1.0, 1.0, 1.0]),
    ("smooth_l1 0.5", |x, d| smooth_l1(x, &d.t, 0.5, Reduction::Mean),
     &[1.7078042],
     [0.0833333358, 0.0833333358, 0.0833333358, 0.0833333358, -0.0833333358, -0.0833333358, -0.0833333358, -0.0833333358, -0.0833333358, 0.0833333358, 0.0833333358, 0.0833333358]),
    ("smooth_l1 0", |x, d| smooth_l1(x, &d.t, 0.0, Reduction::Mean),
     &[1.9578042],
     [0.0833333358, 0.0833333358, 0.0833333358, 0.0833333358, -0.0833333358, -0.0833333358, -0.0833333358, -0.0833333358, -0.0833333358, 0.0833333358, 0.0833333358, 0.0833333358]),
    ("huber 1.5", |x, d| huber(x, &d.t, 1.5, Reduction::Mean),
     &[1.86749899],
     [0.0957771763, 0.125, 0.125, 0.0468703508, -0.125, -0.125, -0.125, -0.125, -0.0766207576, 0.125, 0.125, 0.125]),
];

#[test]
fn losses_and_gradients_are_those_of_pytorch() {
    for device in device::all() {
        let data = Data::new(device);
        for (name, loss, wanted, gradient) in GOLDEN {
            let input = if name.starts_with("bce ") || *name == "bce" { &data.q } else { &data.s };
            let input = input.copy().set_requires_grad(true);
            let losses = loss(&input, &data).unwrap();
            let weights = Tensor::arange_start(1, losses.numel() as i64 + 1, (Kind::Float, device));
            (&losses * weights.reshape(losses.size())).sum(Kind::Float).backward();
            for (what, got, wanted) in
                [("loss", flat(&losses), wanted.to_vec()), ("gradient", flat(&input.grad()), gradient.to_vec())]
            {
                assert_eq!(got.len(), wanted.len(), "{name}");
                for (g, w) in got.iter().zip(&wanted) {
                    assert!((g - w).abs() <= 1e-5 * w.abs().max(0.05), "{name}: {what} {g}, PyTorch has {w}");
                }
            }
        }
    }
}

fn refused(result: Result<Tensor, Error>, kind: ErrorKind, message: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.message, message);
    assert_eq!(error.kind, kind);
}

fn ones(shape: &[i64]) -> Tensor {
    Tensor::ones(shape, (Kind::Float, Device::Cpu))
}

#[test]
fn a_label_that_is_no_class_is_named() {
    let scores = ones(&[2, 2]);
    for wrong in [2, 7, -1] {
        let labels = Tensor::from_slice(&[1_i64, wrong]);
        let says = |what| format!("{what}: label {wrong} is none of the 2 classes, 0 to 1");
        let ce = |o: &CrossEntropy| cross_entropy(&scores, &labels, o);
        refused(ce(&CrossEntropy::default()), ErrorKind::Value, &says("cross_entropy"));
        let smooth = CrossEntropy { label_smoothing: 0.1, ..Default::default() };
        refused(ce(&smooth), ErrorKind::Value, &says("cross_entropy"));
        let none = CrossEntropy { reduction: Reduction::None, ..Default::default() };
        refused(ce(&none), ErrorKind::Value, &says("cross_entropy"));
        refused(nll_loss(&scores, &labels, &Nll::default()), ErrorKind::Value, &says("nll_loss"));
        let deep = cross_entropy(&ones(&[1, 2, 2]), &labels.unsqueeze(0), &CrossEntropy::default());
        refused(deep, ErrorKind::Value, &says("cross_entropy"));
    }
}

#[test]
fn scores_and_labels_that_do_not_fit_are_refused_in_words() {
    let ce = |s: &Tensor, l: &Tensor| cross_entropy(s, l, &CrossEntropy::default());
    let labels = Tensor::from_slice(&[0_i64, 1, 1]);
    refused(
        ce(&ones(&[2, 4]), &labels),
        ErrorKind::Shape,
        "cross_entropy: for scores of shape [2, 4], labels must be int64 of shape [2], \
         or float probabilities of shape [2, 4] (4 classes), not [3] int64",
    );
    refused(
        nll_loss(&ones(&[3, 4]), &ones(&[3]), &Nll::default()),
        ErrorKind::Kind,
        "nll_loss: for scores of shape [3, 4], labels must be int64 of shape [3], not [3] float32",
    );
    refused(
        ce(&labels, &labels),
        ErrorKind::Kind,
        "cross_entropy: scores must be floats (float32, float64 or bfloat16), not [3] int64",
    );
    refused(
        ce(&ones(&[]), &labels),
        ErrorKind::Shape,
        "cross_entropy: scores must be [batch, classes] or [classes], not [] float32",
    );
    let weighted = CrossEntropy { weight: Some(ones(&[3])), ..Default::default() };
    refused(
        cross_entropy(&ones(&[3, 4]), &labels, &weighted),
        ErrorKind::Shape,
        "cross_entropy: weight must hold one number for each of 4 classes, not [3] float32",
    );
    let smooth = CrossEntropy { label_smoothing: 1.5, ..Default::default() };
    refused(
        cross_entropy(&ones(&[3, 4]), &labels, &smooth),
        ErrorKind::Value,
        "cross_entropy: label_smoothing must lie between 0 and 1, not 1.5",
    );
}

#[test]
fn numbers_are_compared_one_to_one() {
    refused(
        mse(&ones(&[4, 1]), &ones(&[4]), Reduction::Mean),
        ErrorKind::Shape,
        "mse: scores and targets must have the same shape, not [4, 1] and [4]; scores.squeeze(-1) has the targets' shape",
    );
    refused(
        bce(&(ones(&[2]) * 1.5), &ones(&[2]), Reduction::Mean),
        ErrorKind::Value,
        "bce: probabilities and targets must lie between 0 and 1; of raw scores take bce_with_logits",
    );
    let weighted = BceWithLogits { pos_weight: Some(ones(&[3])), ..Default::default() };
    refused(
        bce_with_logits(&ones(&[2]), &ones(&[2]), &weighted),
        ErrorKind::Shape,
        "bce_with_logits: pos_weight of [3] float32 does not fit scores of [2] float32",
    );
    assert!(smooth_l1(&ones(&[2]), &ones(&[2]), -1.0, Reduction::Mean).is_err());
    assert!(huber(&ones(&[2]), &ones(&[2]), 0.0, Reduction::Mean).is_err());
    assert!(Reduction::from_name("avg").unwrap_err().message.contains("mean, sum, none"));
}

#[test]
fn integer_targets_serve_for_floats() {
    let labels = Tensor::from_slice(&[0_i64, 1]);
    let loss = bce_with_logits(&ones(&[2]), &labels, &BceWithLogits::default()).unwrap();
    let same = bce_with_logits(&ones(&[2]), &labels.to_kind(Kind::Float), &BceWithLogits::default()).unwrap();
    assert_eq!(flat(&loss), flat(&same));
}
