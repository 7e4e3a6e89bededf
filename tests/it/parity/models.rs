//! Layers give the numbers of PyTorch 2.13. The Python that made the expected ones stands above each test; all begin with:
//!
//! ```python
//! import math, torch
//! from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
//! torch.set_printoptions(precision=9)
//!
//! def ramp(*shape, scale=0.3, phase=0.0):
//!     n = math.prod(shape)
//!     return (torch.arange(n, dtype=torch.float64).add(1 + phase).sin() * scale).float().reshape(shape)
//!
//! def fill(module):
//!     for i, (_, p) in enumerate(module.named_parameters()):
//!         p.data = ramp(*p.shape, phase=10.0 * i)
//!     return module
//!
//! def show(name, t):
//!     print(f"{name} {tuple(t.shape)}: [" + ", ".join(f"{v:.8}" for v in t.detach().flatten().tolist()) + "]")
//! ```

use crate::common::networks::*;
use imdbsh::ml::batch::Pad;
use imdbsh::ml::models::named_parameters;
use imdbsh::ml::models::{
    Activation, Embedding, LayerNorm, Linear, Lstm, LstmOptions, Module, Readout, activation_names,
};
use tch::Tensor;

// # linear
// l = fill(torch.nn.Linear(3, 2)); x = ramp(2, 3, scale=1.0).requires_grad_(True); y = l(x)
// (y * ramp(*y.shape, scale=1.0)).sum().backward()
// show("linear y", y); show("linear dx", x.grad); show("linear dw", l.weight.grad); show("linear db", l.bias.grad)
// # layer_norm
// l = fill(torch.nn.LayerNorm(4)); x = ramp(2, 4, scale=1.0).requires_grad_(True); y = l(x)
// (y * ramp(*y.shape, scale=1.0)).sum().backward()
// show("ln y", y); show("ln dx", x.grad); show("ln dw", l.weight.grad); show("ln db", l.bias.grad)
// # embedding
// l = torch.nn.Embedding(4, 2, padding_idx=0); l.weight.data = ramp(4, 2); l.weight.data[0] = 0
// y = l(torch.tensor([[0, 2, 2], [3, 0, 1]])); (y * ramp(*y.shape, scale=1.0)).sum().backward()
// show("emb y", y); show("emb dw", l.weight.grad)

#[test]
fn linear_is_pytorchs() {
    on_every_device(|_| {
        let layer = Linear::new(3, 2, true).unwrap();
        fill(&layer);
        let x = ramp(&[2, 3], 1.0, 0.0).set_requires_grad(true);
        let y = run(&layer, x.shallow_clone());
        probe(&y).backward();
        let p = layer.own_parameters();
        assert_close("y", &y, &[0.16644594, -0.62543362, -0.76445878, 0.31013575]);
        assert_close("dx", &x.grad(), &[0.0059744455, -0.032039989, -0.040597022, 0.20744953, 0.25621089, 0.069413163]);
        assert_close("dw", &p[0].1.grad(), &[0.60127342, 0.62982398, 0.079317264, 1.3378974, 1.552538, 0.33978239]);
        assert_close("db", &p[1].1.grad(), &[0.98259097, 0.15249491]);
    });
}

#[test]
fn layer_norm_is_pytorchs() {
    on_every_device(|_| {
        let layer = LayerNorm::new(&[4], 1e-5, true).unwrap();
        fill(&layer);
        let x = ramp(&[2, 4], 1.0, 0.0).set_requires_grad(true);
        let y = run(&layer, x.shallow_clone());
        probe(&y).backward();
        let p = layer.own_parameters();
        assert_close(
            "y",
            &y,
            &[-0.090444766, 0.093010984, 0.11706098, 0.64883059, -0.64819217, -0.29624277, 0.15659712, 0.035255626],
        );
        assert_close(
            "dx",
            &x.grad(),
            &[0.035463691, 0.083233893, -0.21756159, 0.098864019, -0.087841704, 0.089700922, 0.17248158, -0.17434086],
        );
        assert_close("dw", &p[0].1.grad(), &[2.0211627, 0.98516613, 0.44407666, 2.3135388]);
        assert_close("db", &p[1].1.grad(), &[-0.11745334, 0.62988192, 0.79810661, 0.23255575]);
    });
}

#[test]
fn embedding_is_pytorchs_and_its_padding_row_gets_no_gradient() {
    on_every_device(|device| {
        let table = ramp(&[4, 2], 0.3, 0.0);
        let _ = table.narrow(0, 0, 1).zero_();
        let layer = Embedding::from_table(&table, true, Some(0)).unwrap();
        let ids = Tensor::from_slice(&[0i64, 2, 2, 3, 0, 1]).view([2, 3]).to_device(device);
        let y = run(&layer, ids);
        probe(&y).backward();
        assert_close(
            "y",
            &y,
            &[
                0.0,
                0.0,
                -0.28767729,
                -0.083824649,
                -0.28767729,
                -0.083824649,
                0.19709598,
                0.29680747,
                0.0,
                0.0,
                0.042336002,
                -0.22704075,
            ],
        );
        assert_close(
            "dw",
            &layer.own_parameters()[0].1.grad(),
            &[0.0, 0.0, -0.99999022, -0.53657293, -0.81780428, -1.0362179, 0.65698659, 0.98935825],
        );
    });
}

// x = torch.tensor([-2.0, -0.5, 0.0, 0.7, 3.0])
// n = torch.nn
// for name, m in [("relu", n.ReLU()), ("gelu", n.GELU()), ("tanh", n.Tanh()), ("sigmoid", n.Sigmoid()), ("leaky_relu", n.LeakyReLU()),
//     ("elu", n.ELU()), ("selu", n.SELU()), ("silu", n.SiLU()), ("mish", n.Mish()), ("softplus", n.Softplus()), ("relu6", n.ReLU6()),
//     ("hardtanh", n.Hardtanh()), ("identity", n.Identity()), ("softmax", n.Softmax(-1)), ("log_softmax", n.LogSoftmax(-1))]:
//     show(name, m(x))

#[test]
fn every_activation_is_pytorchs() {
    let expected: [(&str, [f64; 5]); 15] = [
        ("relu", [0.0, 0.0, 0.0, 0.69999999, 3.0]),
        ("gelu", [-0.045500278, -0.15426877, 0.0, 0.53062546, 2.9959497]),
        ("tanh", [-0.96402758, -0.46211717, 0.0, 0.60436779, 0.99505478]),
        ("sigmoid", [0.11920292, 0.37754068, 0.5, 0.66818774, 0.95257413]),
        ("leaky_relu", [-0.02, -0.0049999999, 0.0, 0.69999999, 3.0]),
        ("elu", [-0.86466473, -0.39346933, 0.0, 0.69999999, 3.0]),
        ("selu", [-1.5201665, -0.69175816, 0.0, 0.73549068, 3.1521029]),
        ("silu", [-0.23840584, -0.18877034, 0.0, 0.46773142, 2.8577225]),
        ("mish", [-0.25250146, -0.22074376, 0.0, 0.56114835, 2.9865351]),
        ("softplus", [0.126928, 0.47407699, std::f64::consts::LN_2, 1.103186, 3.0485873]),
        ("relu6", [0.0, 0.0, 0.0, 0.69999999, 3.0]),
        ("hardtanh", [-1.0, -0.5, 0.0, 0.69999999, 1.0]),
        ("identity", [-2.0, -0.5, 0.0, 0.69999999, 3.0]),
        ("softmax", [0.0056765405, 0.02544049, 0.041944277, 0.084465407, 0.84247333]),
        ("log_softmax", [-5.1714134, -3.6714132, -3.1714132, -2.4714131, -0.17141327]),
    ];
    assert_eq!(expected.len(), activation_names().len(), "an activation has no golden numbers");
    on_every_device(|device| {
        let x = Tensor::from_slice(&[-2.0f32, -0.5, 0.0, 0.7, 3.0]).to_device(device);
        for (name, y) in &expected {
            assert_close(name, &run(&Activation::new(name).unwrap(), x.shallow_clone()), y);
        }
    });
}

struct Case<'a> {
    pad: Pad,
    readout: Readout,
    layers: i64,
    bidirectional: bool,
    y: &'a [f64],
    /// Of the real positions.
    dx: &'a [f64],
    /// Of each parameter, the sum of its gradient's products with a ramp.
    grads: &'a [f64],
}

fn check(case: Case) {
    on_every_device(|_| {
        let Case { pad, readout, layers, bidirectional, .. } = case;
        let lstm = Lstm::new(2, 3, LstmOptions { layers, bidirectional, readout, dropout: 0.0 }).unwrap();
        fill(&lstm);
        let lengths = [4, 1, 3];
        let x = (ramp(&[3, 4, 2], 1.0, 0.0) * real(&lengths, 4, pad)).set_requires_grad(true);
        let y = run(&lstm, sequence(&x, &lengths, pad));
        probe(&y).backward();
        let what = format!("{} {pad:?}", lstm.describe());
        assert_close(&format!("{what} y"), &y, case.y);
        assert_close(&format!("{what} dx"), &(x.grad() * real(&lengths, 4, pad)), case.dx);
        let grads: Vec<Tensor> = named_parameters(&lstm).iter().map(|(_, p)| probe(&p.grad())).collect();
        assert_close(&format!("{what} grads"), &Tensor::stack(&grads, 0), case.grads);
    });
}

// LEN = [4, 1, 3]
// def lstm(pad, readout, layers, bidirectional):
//     net = fill(torch.nn.LSTM(2, 3, num_layers=layers, batch_first=True, bidirectional=bidirectional))
//     x = ramp(3, 4, 2, scale=1.0)
//     n = torch.tensor(LEN)
//     real = torch.arange(4)[None] < n[:, None] if pad == "back" else torch.arange(4)[None] >= 4 - n[:, None]
//     x = (x * real[..., None]).requires_grad_(True)
//     if pad == "back":
//         packed = pack_padded_sequence(x, n, batch_first=True, enforce_sorted=False)
//         out, (h, c) = net(packed)
//         out, _ = pad_packed_sequence(out, batch_first=True)
//     else:
//         out, (h, c) = net(x)
//     D = 2 if bidirectional else 1
//     real = real[..., None]
//     y = {"last": lambda: out[torch.arange(3), n - 1] if pad == "back" else out[:, -1],
//          "final": lambda: torch.cat(list(h[-D:]), -1),
//          "max": lambda: out.masked_fill(~real, -math.inf).amax(1),
//          "mean": lambda: (out * real).sum(1) / n[:, None],
//          "all": lambda: out}[readout]()
//     (y * ramp(*y.shape, scale=1.0)).sum().backward()
//     show(f"{pad} {readout} {layers} {bidirectional} y", y)
//     show("  dx", x.grad * real)
//     # a gradient's fingerprint: its products with a ramp
//     print("  grads [" + ", ".join(f"{(p.grad.double() * ramp(*p.shape, scale=1.0)).sum().item():.8}" for _, p in net.named_parameters()) + "]")
//
// for case in [("back", "all", 1, False), ("back", "final", 1, True), ("back", "max", 2, True), ("front", "last", 1, True), ("front","final",2,True), ("front", "mean", 1, True), ("back","last",2,True)]:
//     lstm(*case)

#[rustfmt::skip]
#[test]
fn lstm_is_pytorchs_on_packed_and_on_front_padded_sequences() {
    check(Case {
        pad: Pad::Back, readout: Readout::All, layers: 1, bidirectional: false,
        y: &[0.15203321, 0.063258938, -0.053179812, 0.021839323, 0.10660768, 0.009679161, -0.020591239, 0.048806097, 0.1249561, 0.13449533, 0.082872882, -0.023306279, -0.0037183417, 0.079772592, 0.022275301, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.043285124, 0.010849589, 0.16572869, 0.087727182, 0.036568061, 0.015283373, 0.087434709, 0.11519133, -0.025726333, 0.0, 0.0, 0.0],
        dx: &[0.063534677, 0.054833129, -0.062018603, -0.011869096, 0.0041231001, -0.019144164, -0.064352393, -0.017278334, 0.023537267, -0.0372345, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.05904879, -0.078174248, 0.022127312, 0.051583938, -0.027883677, -0.095013976, 0.0, 0.0],
        grads: &[0.72976794, -0.001669057, 0.36145211, 0.36145206],
    });
    check(Case {
        pad: Pad::Back, readout: Readout::Final, layers: 1, bidirectional: true,
        y: &[0.13449533, 0.082872882, -0.023306279, 0.011027433, -0.076406509, -0.014775302, -0.0037183417, 0.079772592, 0.022275301, 0.049520947, -0.034926325, -0.061652031, 0.087434709, 0.11519133, -0.025726333, 0.0060122111, 0.021627212, -0.072296932],
        dx: &[-0.012529515, 0.016340747, 0.024768043, 0.030185077, 0.037212521, 0.027933409, 0.087955199, 0.065647021, 0.076961562, 0.028256189, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.087527364, 0.042668708, 0.037614059, 0.0029959818, 0.060877368, -0.0089502214, 0.0, 0.0],
        grads: &[0.53530731, 0.0036188021, 1.5581052, 1.5581052, 0.0870649, -0.011758992, -1.6526825, -1.6526826],
    });
    check(Case {
        pad: Pad::Back, readout: Readout::Max, layers: 2, bidirectional: true,
        y: &[-0.053180616, -0.017057166, 0.029924141, 0.080029115, 0.085088275, -0.00033054673, -0.046808906, -0.016042599, 0.020315032, 0.053285379, 0.046065245, 0.0085748136, -0.042316049, -0.013720185, 0.029453045, 0.080496043, 0.087448835, 0.0024414074],
        dx: &[-0.00027996406, 0.0076055708, -0.0013765143, 0.023324965, -0.0065594069, 0.014027691, -0.0012620471, 0.016587365, -0.0058178687, 0.025604445, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.0031755753, 0.022165328, 0.0016912089, 0.024344394, 0.00042106415, 0.01481807, 0.0, 0.0],
        grads: &[-0.17099009, 0.0015745194, -0.35816109, -0.35816108, -0.097284874, 0.0048903399, 0.39171665, 0.39171664, 0.078132968, 0.00070220531, 1.3640832, 1.3640832, -0.22374359, -0.0013967764, -1.5001678, -1.5001678],
    });
    check(Case {
        pad: Pad::Front, readout: Readout::Last, layers: 1, bidirectional: true,
        y: &[0.13449535, 0.082872875, -0.023306269, -0.0092974454, -0.077240847, 0.073446736, 0.030144241, 0.13257524, -0.0014474001, 0.044388641, -0.053848684, -0.042733435, -0.020382743, 0.075076558, 0.1182717, 0.024917372, 0.088420123, -0.081455998],
        dx: &[0.0068355696, 0.0056450926, 0.012941697, 0.0084003517, 0.028836058, 0.017575471, 0.072908737, 0.069646865, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0739896, 0.023537895, 0.0, 0.0, -0.00093859853, -0.0070460159, -0.00051264785, -0.018444093, 0.093573242, -0.00021848083],
        grads: &[0.60920513, 0.015955076, 1.7255882, 1.7255882, 0.047779252, 0.0, -1.0051066, -1.0051066],
    });
    check(Case {
        pad: Pad::Front, readout: Readout::Final, layers: 2, bidirectional: true,
        y: &[-0.11086209, -0.017057164, 0.029924143, 0.071518451, 0.080067672, -0.019353092, -0.11292595, -0.023549853, 0.018662145, 0.082521513, 0.096014865, -0.0042936737, -0.10587303, -0.014712272, 0.023935799, 0.077105917, 0.087022632, -0.01301781],
        dx: &[0.003382497, 0.031777572, -0.0065004309, 0.014921406, -0.010201086, 0.009202186, -0.0039514238, 0.012915963, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.0088672498, 0.012032472, 0.0, 0.0, 0.0013953063, 0.024575341, -0.0033744785, 0.020169202, -0.019403983, 0.0036633355],
        grads: &[-0.041755809, 0.00079272815, -0.58699371, -0.58699371, -0.20961204, -0.0076311903, 0.58005127, 0.58005127, 0.08693696, 0.00035338497, 2.1588048, 2.1588048, -0.031078922, -0.0078919153, -1.7476559, -1.7476559],
    });
    check(Case {
        pad: Pad::Front, readout: Readout::Mean, layers: 1, bidirectional: true,
        y: &[0.07194417, 0.075386398, 0.0145373, 0.0088924961, -0.04089281, -0.018548362, 0.030144241, 0.13257524, -0.0014474001, 0.044388641, -0.053848684, -0.042733435, 0.070807971, 0.082539976, 0.016155524, 0.023542633, -0.0052227429, -0.061071839],
        dx: &[0.029332105, 0.026745411, 0.039627984, 0.032632276, 0.04526088, 0.034192383, 0.023134334, 0.02635676, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0739896, 0.023537895, 0.0, 0.0, 0.018593406, -0.016850054, 0.022285942, -0.019801099, 0.047449715, 0.0051676221],
        grads: &[0.43338037, 0.0037108869, 1.6091781, 1.6091781, 0.13139661, 0.0043288718, -1.3703074, -1.3703074],
    });
    check(Case {
        pad: Pad::Back, readout: Readout::Last, layers: 2, bidirectional: true,
        y: &[-0.11086208, -0.017057166, 0.029924141, 0.040606223, 0.028588602, -0.012194189, -0.046808906, -0.016042599, 0.020315032, 0.053285379, 0.046065245, 0.0085748136, -0.099825457, -0.021431822, 0.026391365, 0.04968315, 0.039077442, -0.0012307356],
        dx: &[-0.0016373036, 0.0018309662, -0.0031536943, 0.0036016481, -0.0066467416, 0.0057796645, 0.0016256394, 0.034690879, -0.0058178687, 0.025604445, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.0025682633, 0.0040491447, -0.00098128489, 0.011001632, -0.0016314836, 0.036366582, 0.0, 0.0],
        grads: &[-0.035357276, 0.0041873424, -0.41294989, -0.4129499, -0.18057006, 0.00051529945, 0.31763021, 0.31763021, -0.013074472, -0.00031497879, 1.7502254, 1.7502253, 0.06764228, 0.0, -1.0883954, -1.0883954],
    });
}
