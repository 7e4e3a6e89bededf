//! Gradients that are clipped.

use super::problem::{Problem, assert_close, flat};
use imdbsh::ml::device;
use imdbsh::ml::optim::{clip_grad_norm, clip_grad_value};
use tch::Device;

// After one backward pass, with p = [w, b, v]:
// torch.nn.utils.clip_grad_norm_(p, max_norm, norm_type); print(total, v.grad)
// torch.nn.utils.clip_grad_value_(p, 0.1); print(v.grad)

#[test]
fn gradients_are_clipped_as_pytorch_clips_them() {
    let golden = [
        (0.5, 2.0, 0.680900276, [0.0132551352, 0.141257808, 0.105652109, -0.0519986339]),
        (0.5, 1.0, 2.39643359, [0.00376619468, 0.0401357226, 0.0300190374, -0.0147744231]),
        (0.1, f64::INFINITY, 0.422739267, [0.00426996872, 0.0455043614, 0.0340344459, -0.0167506803]),
        (0.3, 3.0, 0.499579012, [0.0108396308, 0.115516186, 0.0863989592, -0.0425228439]),
        (100.0, 2.0, 0.680900276, [0.0180508774, 0.192365259, 0.143877313, -0.0708118752]),
    ];
    for device in device::all() {
        for (max_norm, norm_type, norm, wanted) in golden {
            let problem = Problem::new(device);
            problem.loss().backward();
            let total = clip_grad_norm(&problem.tensors(), max_norm, norm_type).unwrap();
            let what = format!("{max_norm} {norm_type}");
            assert_eq!(total.size(), [0_i64; 0]);
            assert_close(&what, &flat(&total), &[norm]);
            assert_close(&what, &flat(&problem.v.grad()), &wanted);
        }
        let problem = Problem::new(device);
        problem.loss().backward();
        clip_grad_value(&problem.tensors(), 0.1).unwrap();
        assert_close("value", &flat(&problem.v.grad()), &[0.0180508774, 0.1, 0.1, -0.0708118752]);
    }
}

#[test]
fn clipping_without_gradients_gives_a_norm_of_zero() {
    let problem = Problem::new(Device::Cpu);
    assert_eq!(flat(&clip_grad_norm(&problem.tensors(), 1.0, 2.0).unwrap()), [0.0]);
    clip_grad_value(&problem.tensors(), 1.0).unwrap();
    let message = clip_grad_norm(&problem.tensors(), -1.0, 2.0).unwrap_err().message;
    assert_eq!(message, "clip_grad_norm: max_norm must be at least 0, not -1");
    assert!(clip_grad_value(&problem.tensors(), f64::NAN).is_err());
}
