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
use imdbsh::ml::models::{Activation, Embedding, LayerNorm, Linear, Module, activation_names};
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
