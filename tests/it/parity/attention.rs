//! Attention gives the numbers of PyTorch 2.13. The Python that made the expected ones, behind the beginning that stands in `models.rs`:
//!
//! ```python
//! N = torch.tensor([3, 2]); M = torch.tensor([2, 4])
//! def rows(y, n): return torch.cat([y[i, :n[i]] for i in range(2)])
//! def mask(n): return torch.arange(int(n.max()))[None] >= n[:, None]
//! def out(y, inputs, net):
//!     (y * ramp(*y.shape, scale=1.0)).sum().backward()
//!     show("y", y); [show("dx", rows(x.grad, n)) for x, n in inputs]
//!     # a gradient's fingerprint: its products with a ramp
//!     print([(p.grad.double() * ramp(*p.shape, scale=1.0)).sum().item() for p in net.parameters()])
//! x = lambda: ramp(2, 3, 4, scale=1.0).requires_grad_(True)
//! m = lambda: ramp(2, 4, 4, scale=1.0, phase=0.5).requires_grad_(True)
//! ```

use crate::common::networks::*;
use imdbsh::ml::batch::{Pad, Value};
use imdbsh::ml::models::*;
use imdbsh::ml::random;
use tch::{Device, Kind, Tensor};

const N: [i64; 2] = [3, 2];
const M: [i64; 2] = [2, 4];

fn rows(y: &Tensor, n: &[i64; 2]) -> Tensor {
    Tensor::cat(&[y.get(0).narrow(0, 0, n[0]), y.get(1).narrow(0, 0, n[1])], 0)
}

fn packed(value: &Value) -> Tensor {
    value.sequence("y").unwrap().to_packed().unwrap()
}

/// The gradients' fingerprints.
fn grads(layer: &dyn Module) -> Tensor {
    let all: Vec<Tensor> = named_parameters(layer).iter().map(|(_, p)| probe(&p.grad())).collect();
    Tensor::stack(&all, 0)
}

/// The output, the gradients of the inputs and those of the parameters are these.
#[track_caller]
fn check(layer: &dyn Module, memory: Option<&Tensor>, y: &[f64], dx: &[&[f64]], grad: &[f64]) {
    fill(layer);
    let x = ramp(&[2, 3, 4], 1.0, 0.0).set_requires_grad(true);
    let given = sequence(&x, &N, Pad::Back).into();
    let got = match memory {
        None => layer.forward(&given, &Pass::default()),
        Some(memory) => layer.forward_with(&given, &sequence(memory, &M, Pad::Back).into(), &Pass::default()),
    };
    let got = packed(&got.unwrap());
    probe(&got).backward();
    let what = format!("{}({})", layer.type_name(), layer.describe());
    assert_close(&format!("{what} y"), &got, y);
    assert_close(&format!("{what} dx"), &rows(&x.grad(), &N), dx[0]);
    if let Some(memory) = memory {
        assert_close(&format!("{what} dm"), &rows(&memory.grad(), &M), dx[1]);
    }
    assert_close(&format!("{what} grads"), &grads(layer), grad);
}

// l = fill(torch.nn.MultiheadAttention(4, 2, batch_first=True)); q = x()
// out(rows(l(q, q, q, key_padding_mask=mask(N))[0], N), [(q, N)], l)
// l = fill(torch.nn.MultiheadAttention(4, 2, batch_first=True)); q, k = x(), m()
// out(rows(l(q, k, k, key_padding_mask=mask(M))[0], N), [(q, N), (k, M)], l)
// l = fill(torch.nn.MultiheadAttention(4, 2, batch_first=True, bias=False)); q = x()
// out(rows(l(q, q, q, key_padding_mask=mask(N), attn_mask=torch.triu(torch.ones(3, 3), 1).bool())[0], N), [(q, N)], l)

#[rustfmt::skip]
#[test]
fn multihead_attention_is_pytorchs() {
    on_every_device(|_| {
        let of = |options| MultiheadAttention::new(4, 2, options).unwrap();
        let usual = AttentionOptions::default();
        check(&of(usual), None,
            &[-0.20768911, 0.33632731, 0.16303687, 0.16684106, -0.11486125, 0.2472325, 0.18668151, 0.22502552, -0.17579763, 0.29443282, 0.18591353, 0.17882919, -0.16616717, 0.34311724, 0.11263855, 0.22593623, -0.11924522, 0.30019081, 0.12183377, 0.25684184],
            &[&[0.010288724, 0.0021141032, -0.0080042146, -0.010763494, -0.010945166, 0.002398693, 0.013537207, 0.012229674, -0.0018293161, -0.0039098505, -0.0023956858, 0.0013210607, 0.019978376, 0.0012422223, -0.018636027, -0.0213804, -0.0055236332, -0.0048075486, 0.00032857107, 0.0051626097]],
            &[0.22939883, -0.08835904, -0.11971984, -0.070041476],
        );
        let memory = ramp(&[2, 4, 4], 1.0, 0.5).set_requires_grad(true);
        check(&of(usual), Some(&memory),
            &[-0.18834755, 0.31953168, 0.16565204, 0.18021792, -0.070096873, 0.19598919, 0.20890686, 0.24721391, -0.15667129, 0.28585204, 0.17800474, 0.19774903, -0.19443855, 0.35474116, 0.12571414, 0.19721876, -0.1325351, 0.28700516, 0.15236107, 0.23011954],
            &[&[0.011641924, 0.0073302272, -0.0037208474, -0.011350991, -0.0030632706, -0.0020223227, 0.00087793963, 0.002971028, -0.0090743192, -0.0056062629, 0.0030161664, 0.0088655446, 0.0096589988, 0.0064178398, -0.0027238515, -0.0093612466, -0.005737083, -0.0052893432, 2.1394604e-05, 0.0053124628], &[0.0062923562, -0.0083591295, -0.01532527, -0.0082014278, -0.011030506, 0.0061642667, 0.01769164, 0.012953402, -0.00374691, -0.00046204496, 0.0032476224, 0.0039714412, 0.010882275, -0.00086455373, -0.011816517, -0.011904428, 0.0026597944, -0.0015970729, -0.004385598, -0.0031420251, -0.0017186133, -0.00033109263, 0.0013608328, 0.0018016156]],
            &[0.44739157, -0.09342139, -0.065587314, -0.070041476],
        );
        check(&of(AttentionOptions { bias: false, causal: true, ..usual }), None,
            &[0.0014893711, 0.086609617, -0.114713, 0.06335324, -0.070913687, 0.082951814, -0.037528161, -0.033891726, 0.024263855, -0.015091489, -0.0045349435, 0.021019965, -0.025744095, 0.071038872, -0.067124113, 0.016711626, -0.051990949, 0.028022911, 0.015356954, -0.048098858],
            &[&[-0.0010309033, 0.016100692, 0.018429387, 0.003814186, 0.0073115593, -0.0078741387, -0.015820391, -0.0092214467, 0.0050718463, -0.0028695306, -0.008172676, -0.0059618987, -0.020641234, -0.0034018606, 0.016965169, 0.0217345, 0.0085947281, -0.0011861594, -0.009876498, -0.0094864275]],
            &[-0.068663816, 0.21082006],
        );
    });
}

// for kw in [dict(), dict(norm_first=True, activation="gelu")]:
//     l = torch.nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0, batch_first=True, **kw)
//     net = torch.nn.TransformerEncoder(l, 2, norm=torch.nn.LayerNorm(4) if kw else None, enable_nested_tensor=False); fill(net); q = x()
//     out(rows(net(q, src_key_padding_mask=mask(N)), N), [(q, N)], net)

#[rustfmt::skip]
#[test]
fn transformer_encoder_is_pytorchs_with_norms_behind_and_in_front() {
    on_every_device(|_| {
        let of = |layer, final_norm| {
            let options = TransformerOptions { layers: 2, layer, final_norm, ..TransformerOptions::default() };
            TransformerEncoder::new(4, 2, options).unwrap()
        };
        let layer = LayerOptions { dim_feedforward: 6, dropout: 0.0, ..LayerOptions::default() };
        check(&of(layer, false), None,
            &[-0.051724095, -0.09978307, 0.12313864, 0.15642546, -0.027983559, -0.27523628, 0.12768613, 0.083865121, -0.064764291, -0.060524505, 0.12265994, 0.17382418, -0.043371558, -0.1383881, 0.12378402, 0.13789245, -0.032126036, -0.24240012, 0.12650138, 0.092615478],
            &[&[0.0081727766, 0.0044512628, -0.019102717, 0.0078096902, -0.0011822911, 0.0034507234, -0.0041107023, 0.002513628, 0.0019161196, -0.012041031, 0.0013116647, 0.0087053403, 0.032737743, 0.042881388, -0.079168215, 0.0088339122, -0.001593279, -0.025644101, 0.040842243, -0.017010434]],
            &[0.024359684, 0.0073026398, 0.062319292, 0.035134786, -0.0017948343, 0.00011749364, -0.00099560462, -0.04064924, 0.57944492, -0.040231964, -0.088164473, 0.13425539, 0.0026659691, 0.010846346, 0.0052064198, 0.13408363, -0.0028761913, 0.0097954467, -0.0047795177, -0.030900545, 0.017234087, -0.014972601, -0.61148489, -0.070041371],
        );
        check(&of(LayerOptions { norm_first: true, activation: FeedForward::Gelu, ..layer }, true), None,
            &[0.071582392, 0.15329117, 0.42510548, 0.49659055, -0.49422747, 0.17600493, 0.19406828, -0.10415363, 0.21249264, 0.16983415, 0.62135613, 0.31402966, -0.047578633, 0.14639232, 0.34785256, 0.50174522, -0.41465253, 0.18778101, 0.3225469, -0.24604172],
            &[&[0.13534504, -0.06477543, -0.13121898, 0.060649376, -0.057919316, 0.31323248, -0.040502079, -0.21481097, 0.077301122, -0.094175488, 0.067204379, -0.050330017, 0.13902533, 0.011429259, -0.2094173, 0.058962677, -0.25875336, 0.3070527, 0.17422503, -0.22252434]],
            &[0.0071720899, -0.344925, -0.06027945, 0.71817326, 0.028769689, -0.018624553, 0.031249397, 0.71623854, 0.003805132, -0.063860825, 0.0044853281, 0.015007432, 0.038682651, -0.25270482, -0.31773758, 0.71682493, 0.044003403, 0.038595547, 0.11252189, 0.71714031, 0.011635432, -0.05451286, -0.0053041523, 0.031921916, 2.4155678, -0.070041371],
        );
    });
}

#[test]
fn parameters_have_pytorchs_names_and_first_values() {
    let net =
        TransformerEncoder::new(16, 4, TransformerOptions { layers: 2, ..TransformerOptions::default() }).unwrap();
    let names: Vec<String> = named_parameters(&net).into_iter().map(|(name, _)| name).collect();
    let of_layer = [
        "self_attn.in_proj_weight",
        "self_attn.in_proj_bias",
        "self_attn.out_proj.weight",
        "self_attn.out_proj.bias",
        "linear1.weight",
        "linear1.bias",
        "linear2.weight",
        "linear2.bias",
        "norm1.weight",
        "norm1.bias",
        "norm2.weight",
        "norm2.bias",
    ];
    let expected: Vec<String> = (0..2).flat_map(|n| of_layer.map(|name| format!("layers.{n}.{name}"))).collect();
    assert_eq!(names, expected);
    let attention = MultiheadAttention::new(16, 4, AttentionOptions::default()).unwrap();
    let parameters = named_parameters(&attention);
    let largest = |i: usize| parameters[i].1.abs().max().double_value(&[]);
    let bound = (6.0f64 / 64.0).sqrt();
    assert!(largest(0) <= bound && largest(0) > 0.95 * bound && largest(2) <= 0.25);
    assert_eq!((largest(1), largest(3)), (0.0, 0.0));
}

#[test]
fn a_row_sees_itself_alone_and_causal_attention_what_came_before() {
    let layer = LayerOptions { dim_feedforward: 12, dropout: 0.0, ..LayerOptions::default() };
    for (causal, positions) in [(false, Positions::Sinusoidal), (false, Positions::Learned), (true, Positions::None)] {
        let layer = LayerOptions { causal, ..layer };
        let net = TransformerEncoder::new(
            8,
            2,
            TransformerOptions { layers: 2, layer, positions, ..TransformerOptions::default() },
        );
        let net = net.unwrap();
        let x = ramp(&[2, 6, 8], 1.0, 0.0);
        let rubbish = x.shallow_clone();
        let _ = rubbish.get(1).narrow(0, 3, 3).fill_(1e4);
        for pad in [Pad::Back, Pad::Front] {
            let given = if pad == Pad::Front { rubbish.flip([1]) } else { rubbish.shallow_clone() };
            let y = packed(&net.forward(&sequence(&given, &[6, 3], pad).into(), &Pass::default()).unwrap());
            let row = given.get(1).narrow(0, if pad == Pad::Front { 3 } else { 0 }, 3).unsqueeze(0);
            let alone = run(&net, row.shallow_clone());
            assert_close("the short row", &y.narrow(0, 6, 3), &numbers(&alone));
            if causal {
                let before = run(&net, row.narrow(1, 0, 2));
                assert_close("what came before", &alone.narrow(1, 0, 2), &numbers(&before));
            }
        }
    }
    // sin(p / 10000^(2i/width)), cos(…) in turn: of position 1 and a width of 4, rates 1 and 0.01.
    let options = TransformerOptions { positions: Positions::Sinusoidal, ..TransformerOptions::default() };
    let net = TransformerEncoder::new(4, 1, options).unwrap();
    net.set_training(false);
    let zero = Tensor::zeros([1, 2, 4], (Kind::Float, Device::Cpu));
    let places = Tensor::from_slice(&[0.0f32, 1.0, 0.0, 1.0, 1f32.sin(), 1f32.cos(), 0.01f32.sin(), 0.01f32.cos()]);
    let other = TransformerEncoder::new(4, 1, TransformerOptions::default()).unwrap();
    other.set_training(false);
    for ((_, mut p), (_, of)) in named_parameters(&other).into_iter().zip(named_parameters(&net)) {
        tch::no_grad(|| p.copy_(&of));
    }
    assert_close("positions", &run(&net, zero), &numbers(&run(&other, places.view([1, 2, 4]))));
}

#[test]
fn dropout_is_of_training_alone_and_a_copy_scores_alike() {
    let layer = LayerOptions { dim_feedforward: 12, dropout: 0.5, ..LayerOptions::default() };
    for norm_first in [false, true] {
        let layer = LayerOptions { norm_first, ..layer };
        let options = TransformerOptions {
            layer,
            positions: Positions::Learned,
            readout: Readout::Mean,
            ..TransformerOptions::default()
        };
        let net = rc(TransformerEncoder::new(8, 2, options).unwrap());
        let x = || Value::from(ramp(&[2, 6, 8], 1.0, 0.0));
        let at = |step| {
            random::begin_step(1, step);
            numbers(&net.forward(&x(), &Pass::default()).unwrap().tensor().unwrap())
        };
        assert_ne!(at(1), at(2));
        assert_eq!(at(1), at(1));
        net.set_training(false);
        assert_eq!(at(1), at(2));
        let copy = Replica::default().module(&net).unwrap();
        assert_eq!(numbers(&copy.forward(&x(), &Pass::default()).unwrap().tensor().unwrap()), at(1));
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let message = |result: imdbsh::error::Result<Value>| result.unwrap_err().message;
    let attention = MultiheadAttention::new(8, 2, AttentionOptions::default()).unwrap();
    let x = |rows, width| Value::from(ramp(&[rows, 5, width], 1.0, 0.0));
    let got = message(attention.forward(&x(2, 6), &Pass::default()));
    assert!(
        got.starts_with("multihead_attention(8, 2) takes [batch, length, 8], got a sequence of [2, 5, 6]"),
        "{got}"
    );
    let got = message(attention.forward_with(&x(2, 8), &x(3, 8), &Pass::default()));
    assert_eq!(got, "multihead_attention(8, 2): 2 rows cannot attend to 3, each to its own");
    let got = message(Linear::new(8, 2, true).unwrap().forward_with(&x(2, 8), &x(2, 8), &Pass::default()));
    assert_eq!(got, "Linear takes one input; multihead_attention takes two");
    let got = MultiheadAttention::new(8, 3, AttentionOptions::default()).unwrap_err().message;
    assert_eq!(got, "multihead_attention: num_heads must divide embed_dim, got 3 for 8");
    let short = TransformerOptions { positions: Positions::Learned, max_len: 4, ..TransformerOptions::default() };
    let got = message(TransformerEncoder::new(8, 2, short).unwrap().forward(&x(2, 8), &Pass::default()));
    assert!(got.contains("a row of 5 positions, and the table of positions has 4"), "{got}");
    let refused = |options| TransformerEncoder::new(8, 2, options).err().unwrap().message;
    let last = refused(TransformerOptions { readout: Readout::Last, ..TransformerOptions::default() });
    assert!(last.starts_with("transformer_encoder: unknown readout `last`"), "{last}");
}
