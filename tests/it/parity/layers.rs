//! Layers of windows, norms and bags give the numbers of PyTorch 2.13. The Python that made the expected ones stands above each test; all begin as
//! `models.rs` says.

use crate::common::networks::*;
use imdbsh::ml::models::*;
use tch::Tensor;

/// The output, the gradient of the input and those of the parameters are these.
#[track_caller]
fn check(layer: &dyn Module, x: &Tensor, y: &[f64], dx: &[f64], grads: &[&[f64]]) {
    fill(layer);
    let x = x.detach().set_requires_grad(true);
    let got = run(layer, x.shallow_clone());
    probe(&got).backward();
    let what = format!("{}({})", layer.type_name(), layer.describe());
    assert_close(&format!("{what} y"), &got, y);
    assert_close(&format!("{what} dx"), &x.grad(), dx);
    let parameters = layer.own_parameters();
    assert_eq!(parameters.len(), grads.len());
    for ((name, p), expected) in parameters.iter().zip(grads) {
        assert_close(&format!("{what} {name}"), &p.grad(), expected);
    }
}

// def conv(i, o, k, **options):
//     l = fill(torch.nn.Conv1d(i, o, k, **options)); x = ramp(2, 5, i, scale=1.0).requires_grad_(True)
//     y = l(x.transpose(1, 2)).transpose(1, 2)
//     (y * ramp(*y.shape, scale=1.0)).sum().backward()
//     show("y", y); show("dx", x.grad); [show("dp", p.grad) for p in l.parameters()]
// conv(2, 3, 3)
// conv(2, 4, 2, stride=2, padding=1, groups=2)
// conv(1, 2, 4, padding="same")
// conv(2, 2, 3, dilation=2, padding=2, bias=False)

#[rustfmt::skip]
#[test]
fn conv1d_is_pytorchs() {
    on_every_device(|_| {
        let conv = |i, o, k, options| Conv1d::new(i, o, k, options).unwrap();
        let usual = ConvOptions::default();
        check(&conv(2, 3, 3, usual), &ramp(&[2, 5, 2], 1.0, 0.0),
            &[-0.054986827, 0.051820468, 0.28967366, -0.32886875, -0.28846675, -0.089911841, -0.52097756, -0.26765108, 0.14217032, -0.54930615, -0.31622139, 0.077227294, -0.1363735, 0.041573327, 0.35138234, -0.1868708, -0.17429948, -0.012669657],
            &[0.40942907, -0.35163999, 0.12610018, -0.20309943, 0.014272454, -0.0089502931, 0.39023477, -0.32391781, 0.23053272, -0.30717924, -0.40206254, 0.33306405, -0.22138649, 0.29802015, -0.0062816767, 0.0089886365, -0.31994215, 0.24665122, -0.27755892, 0.34808588],
            &[&[0.50460911, 1.5975353, -1.8342277, 1.9453412, -0.21903703, -1.7630378, 0.47212031, 2.846153, -2.8409555, 3.0707562, 0.0048098192, -3.0747595, 0.0055661369, 1.4780308, -1.2357218, 1.3729323, 0.22423457, -1.5595614][..], &[0.32989764, -0.031048954, -0.36344928][..]],
        );
        check(&conv(2, 4, 2, ConvOptions { stride: 2, padding: Padding::Zeros(1), groups: 2, ..usual }), &ramp(&[2, 5, 2], 1.0, 0.0),
            &[-0.070452839, -0.35202008, 0.049828582, 0.56706846, -0.52595675, 0.062717468, 0.3671869, 0.065086871, -0.021725029, -0.22672538, -0.11296341, 0.33071119, -0.57278365, 0.066066653, 0.17102815, 0.13792334, -0.016538024, -0.29082555, -0.13479173, 0.40697509, -0.50180858, -0.23570183, 0.26556477, 0.4201346],
            &[0.023096651, -0.23645397, -0.25390142, 0.0059984177, -0.19814551, 0.23857726, 0.081004038, 0.18191811, 0.23593646, -0.075435027, -0.11029121, -0.139962, -0.27449021, 0.13682157, -0.091754183, 0.25840557, 0.21083169, 0.064952537, 0.23024026, -0.19784831],
            &[&[-1.0728731, 0.87749845, -0.70387614, -0.67139769, -0.70258754, -0.67586631, 0.30483651, -1.607796][..], &[0.59009033, 0.31662965, -0.24793899, -0.5845536][..]],
        );
        check(&conv(1, 2, 4, ConvOptions { padding: Padding::Same, ..usual }), &ramp(&[2, 5, 1], 1.0, 0.0),
            &[-0.063996814, -0.010403554, 0.33827096, -0.67607594, 0.15371807, -0.86816406, -0.51141715, -0.32713032, -0.75262952, 0.13712451, -0.57302904, 0.28558835, -0.24299644, 0.18165632, 0.2767022, -0.51314729, 0.039147619, -0.58735788, -0.34436446, -0.23392662],
            &[0.40666211, 0.1550875, -0.42127788, 0.0044911955, 0.51561886, -0.40671626, 0.13047053, 0.45568311, -0.25469545, -0.45745441],
            &[&[-1.5519475, 0.52974904, 1.4305099, -0.2384761, -1.1722578, -0.47977018, 0.90021139, 1.0030186][..], &[0.3517161, 0.64650571][..]],
        );
        check(&conv(2, 2, 3, ConvOptions { dilation: 2, padding: Padding::Zeros(2), bias: false, ..usual }), &ramp(&[2, 5, 2], 1.0, 0.0),
            &[-0.049215101, -0.096610785, 0.20109247, 0.19089203, -0.11217846, -0.044820033, 0.10205252, 0.049523097, 0.090290636, 0.14212686, -0.06676276, -0.0090912459, -0.14810869, -0.17044567, 0.059417766, 0.041430116, -0.16505764, -0.13891616, 0.0077765607, -0.054239467],
            &[0.20228672, -0.25154138, 0.17472044, -0.12419076, -0.1996595, 0.13799722, 0.38527456, -0.37581012, -0.12419076, 0.17000714, -0.3246305, 0.34799057, 0.017923743, -0.07720954, 0.20103765, -0.1135326, -0.34489504, 0.30718589, 0.30378935, -0.32516298],
            &[&[-2.0661492, 4.7951403, -2.0661492, -2.8287532, 2.9764748, 0.99221092, 0.99221092, 2.9764748, -2.8287532, -1.703105, 5.5019865, -1.703105][..]],
        );
    });
}

// for l in [torch.nn.MaxPool1d(3, stride=2, padding=1), torch.nn.MaxPool1d(2, stride=1, dilation=2), torch.nn.AvgPool1d(3, stride=2, padding=1),
//     torch.nn.AvgPool1d(2)]:
//     x = ramp(2, 5, 2, scale=1.0).requires_grad_(True); y = l(x.transpose(1, 2)).transpose(1, 2)
//     (y * ramp(*y.shape, scale=1.0)).sum().backward(); show("y", y); show("dx", x.grad)

#[rustfmt::skip]
#[test]
fn pooling_is_pytorchs() {
    on_every_device(|_| {
        let pool = |pooled, kernel, stride, padding, dilation| Pool1d::new(pooled, kernel, stride, padding, dilation).unwrap();
        let x = ramp(&[2, 5, 2], 1.0, 0.0);
        check(&pool(Pooled::Max, 3, Some(2), 1, 1), &x,
            &[0.84147096, 0.90929741, 0.65698659, 0.98935825, 0.65698659, 0.98935825, 0.42016703, 0.99060738, 0.65028787, 0.99060738, 0.14987721, 0.91294527],
            &[0.84147096, 0.90929741, 0.0, 0.0, 0.0, 0.0, -0.81780428, -1.0362179, 0.0, 0.0, 0.0, 0.0, 0.65698659, 0.44533712, 0.41211849, 0.0, 0.0, 0.0, -0.99999022, -0.53657293],
            &[],
        );
        check(&pool(Pooled::Max, 2, Some(1), 0, 2), &x,
            &[0.84147096, 0.90929741, 0.65698659, 0.98935825, 0.41211849, -0.27941549, 0.65028787, -0.28790331, 0.42016703, 0.99060738, 0.65028787, 0.91294527],
            &[0.84147096, 0.90929741, 0.0, 0.0, 0.0, -0.27941549, 0.14112, -0.7568025, -0.95892429, 0.0, 0.0, 0.0, 0.41211849, -0.54402113, -0.34300363, 0.98935825, 0.0, 0.0, 0.0, -0.53657293],
            &[],
        );
        check(&pool(Pooled::Mean, 3, Some(2), 1, 1), &x,
            &[0.32753032, 0.050831635, -0.053605895, -0.015619894, 0.35636839, 0.14844571, -0.19327439, 0.15134482, 0.036352456, -0.016094387, -0.27050677, 0.053986013],
            &[0.28049031, 0.30309913, 0.32753032, 0.050831616, 0.047040001, -0.25226751, -0.27260143, -0.345406, -0.31964144, -0.093138494, 0.21899553, 0.32978609, 0.35636836, 0.14844571, 0.13737284, -0.18134038, -0.19595723, -0.36019802, -0.33333007, -0.17885764],
            &[],
        );
        check(&pool(Pooled::Mean, 2, None, 0, 1), &x,
            &[0.49129549, 0.076247454, -0.15096885, 0.35497138, -0.2899116, 0.22701722, -0.1555548, -0.5194453],
            &[0.42073548, 0.4546487, 0.42073548, 0.4546487, 0.070560001, -0.37840125, 0.070560001, -0.37840125, 0.0, 0.0, -0.47946215, -0.13970774, -0.47946215, -0.13970774, 0.3284933, 0.49467912, 0.3284933, 0.49467912, 0.0, 0.0],
            &[],
        );
    });
}

// l = fill(torch.nn.BatchNorm1d(3)); x = ramp(4, 3, scale=1.0).square().requires_grad_(True); y = l(x)
// (y * ramp(*y.shape, scale=1.0)).sum().backward(); show("y", y); show("dx", x.grad); [show("dp", p.grad) for p in l.parameters()]
// show("running_mean", l.running_mean); show("running_var", l.running_var)
// l(ramp(4, 3, scale=2.0, phase=3.0)); l.eval()
// show("running_mean", l.running_mean); show("running_var", l.running_var); show("eval", l(ramp(1, 3)))

#[rustfmt::skip]
#[test]
fn batch_norm_is_pytorchs_with_its_running_statistics() {
    on_every_device(|_| {
        let layer = BatchNorm::new(3, BatchNormOptions::default()).unwrap();
        check(&layer, &ramp(&[4, 3], 1.0, 0.0).square(), 
            &[0.037541706, -0.58497429, 0.076315731, -0.18422303, -0.2086852, 0.100618, -0.41548496, 0.031964984, 0.13896492, -0.63782173, 0.11780719, 0.18830179],
            &[0.63763309, 1.2790219, 0.0052738516, -1.5477067, -4.1089888, -0.13080308, 1.2216321, 5.2016687, 0.22072954, -0.31155869, -2.3717022, -0.095200337], 
            &[&[1.205511, -1.5678167, -0.66119903], &[0.19763392, -0.060258865, -0.26274991]],
       );
        let buffers = layer.own_buffers();
        assert_close("running_mean", &buffers[0].1, &[0.050210346, 0.093129195, 0.013893502]);
        assert_close("running_var", &buffers[1].1, &[0.90316254, 0.90060097, 0.90136725]);
        let _ = run(&layer, ramp(&[4, 3], 2.0, 3.0));
        layer.set_training(false);
        assert_close("running_mean", &buffers[0].1, &[0.03400581, 0.084868833, 0.024825048]);
        assert_close("running_var", &buffers[1].1, &[1.0080961, 1.3278127, 0.937033]);
        assert_close("batches", &buffers[2].1, &[2.0]);
        assert_close("in evaluation", &run(&layer, ramp(&[1, 3], 0.3, 0.0)), &[-0.24507709, -0.11648508, 0.12681596]);
        assert_close("batches", &buffers[2].1, &[2.0]);
    });
}

// for l in [fill(torch.nn.RMSNorm(4)), torch.nn.RMSNorm(4, eps=0.5, elementwise_affine=False)]:
//     x = ramp(2, 4, scale=1.0).requires_grad_(True); y = l(x); (y * ramp(*y.shape, scale=1.0)).sum().backward()
//     show("y", y); show("dx", x.grad); [show("dp", p.grad) for p in l.parameters()]

#[rustfmt::skip]
#[test]
fn rms_norm_is_pytorchs() {
    on_every_device(|_| {
        let x = ramp(&[2, 4], 1.0, 0.0);
        check(&RmsNorm::new(4, None, true).unwrap(), &x,
            &[0.29126516, 0.34011218, 0.0081919525, 0.23560007, -0.31198958, -0.098236546, 0.035847735, -0.2895028],
            &[0.14207588, 0.17889754, -0.016828034, 0.36977798, -0.28660244, -0.090839133, 0.018454274, -0.31569567],
            &[&[2.1560085, 1.2343299, 0.58360565, 2.0468779]],
        );
        check(&RmsNorm::new(4, Some(0.5), false).unwrap(), &x,
            &[0.82836628, 0.89513642, 0.13892226, -0.7450164, -0.91346109, -0.26616824, 0.62583846, 0.94245219],
            &[0.40138307, 0.43373638, 0.067314476, -0.36099607, -0.41444942, -0.12076406, 0.28395122, 0.42760307],
            &[],
        );
    });
}

// for mode in ["sum", "mean", "max"]:
//     l = fill(torch.nn.EmbeddingBag(5, 2, mode=mode)); y = l(torch.tensor([0, 2, 2, 4, 3]), torch.tensor([0, 3]))
//     (y * ramp(*y.shape, scale=1.0)).sum().backward(); show("y", y); show("dw", l.weight.grad)

#[rustfmt::skip]
#[test]
fn embedding_bag_is_pytorchs() {
    on_every_device(|device| {
        let cases = [
            (BagMode::Sum, [-0.32291329, 0.10513994, 0.32073152, 0.13360113],
             [0.84147096, 0.90929741, 0.0, 0.0, 1.6829419, 1.8185948, 0.14112, -0.7568025, 0.14112, -0.7568025]),
            (BagMode::Mean, [-0.10763776, 0.035046648, 0.16036576, 0.066800565],
             [0.28049034, 0.30309916, 0.0, 0.0, 0.56098068, 0.60619831, 0.070560001, -0.37840125, 0.070560001, -0.37840125]),
            (BagMode::Max, [0.25244129, 0.27278924, 0.19709598, 0.29680747],
             [0.84147096, 0.90929741, 0.0, 0.0, 0.0, 0.0, 0.14112, -0.7568025, 0.0, 0.0]),
        ];
        for (mode, y, dw) in cases {
            let layer = EmbeddingBag::new(5, 2, BagOptions { mode, ..BagOptions::default() }).unwrap();
            fill(&layer);
            let ids = Tensor::from_slice(&[0i64, 2, 2, 4, 3, 9]).view([2, 3]).to_device(device);
            let got = run(&layer, sequence(&ids, &[3, 2], imdbsh::ml::batch::Pad::Back));
            probe(&got).backward();
            assert_close("y", &got, &y);
            assert_close("dw", &layer.own_parameters()[0].1.grad(), &dw);
        }
    });
}
