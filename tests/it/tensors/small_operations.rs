//! Small operations stay on the thread that asks for them, forward and backward.
#![cfg(target_os = "linux")]

use crate::common::alone::alone;
use imdbsh::ml::small_operations;
use tch::{Kind, Tensor};

const FLOAT: (Kind, tch::Device) = (Kind::Float, tch::Device::Cpu);

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

/// Steps of a cell over a batch of 64, as a script writes it, and the gradients of its weights.
fn cell(x: &Tensor, leaves: &[Tensor; 3]) -> Vec<Tensor> {
    let mut h = Tensor::zeros([64, 128], FLOAT);
    let mut c = h.shallow_clone();
    for x in x.unbind(0) {
        let gates = (x.matmul(&leaves[0]) + h.matmul(&leaves[1]) + &leaves[2]).chunk(4, -1);
        c = gates[2].sigmoid() * c + gates[1].sigmoid() * gates[0].tanh();
        h = gates[3].sigmoid() * c.tanh();
    }
    h.sum(Kind::Float).backward();
    leaves.iter().map(Tensor::grad).chain([h.detach()]).collect()
}

/// False, and it is said, where nothing is caught.
fn caught() -> bool {
    let caught = small_operations::stay_on_one_thread();
    if !caught {
        eprintln!("skipped: this libtorch has no MKL");
    }
    caught
}

#[test]
fn a_cell_wakes_no_threads_and_its_bits_do_not_depend_on_their_number() {
    alone!();
    if !caught() {
        return;
    }
    tch::set_num_threads(1);
    let [x, w, u, b] = [&[5, 64, 100][..], &[100, 512], &[128, 512], &[512]].map(|size| Tensor::randn(size, FLOAT));
    // Copied here, where no thread helps: these are large.
    let [first, second] = [(); 2].map(|()| [&w, &u, &b].map(|t| t.copy().set_requires_grad(true)));
    let one = cell(&x, &first);
    tch::set_num_threads(4);
    let before = threads();
    let four = cell(&x, &second);
    assert_eq!(threads(), before);
    assert_eq!(one, four);
    assert_eq!(tch::get_num_threads(), 4);
}

#[test]
fn a_large_product_wakes_all_threads() {
    alone!();
    if !caught() {
        return;
    }
    tch::set_num_threads(1);
    let large = Tensor::randn([1024, 1024], FLOAT);
    tch::set_num_threads(4);
    let before = threads();
    let _ = large.matmul(&large);
    assert_eq!(threads(), before + 3);
}

#[test]
fn what_a_small_tensor_is_added_to_counts() {
    alone!();
    if !caught() {
        return;
    }
    tch::set_num_threads(4);
    let [row, column] = [[1, 4096], [4096, 1]].map(|size| Tensor::ones(size, FLOAT));
    let before = threads();
    let _ = &row + 1.0;
    let _ = &row * Tensor::ones([8, 1], FLOAT);
    assert_eq!(threads(), before);
    // Each is small, and sixteen million numbers come out.
    let _ = &row + &column;
    assert_eq!(threads(), before + 3);
}

#[test]
fn another_thread_has_the_threads_that_were_set_after_its_first_operation() {
    alone!();
    small_operations::stay_on_one_thread();
    tch::set_num_threads(3);
    let asked = std::thread::spawn(|| {
        let x = Tensor::ones([2, 2], FLOAT);
        let _ = (&x + &x).tanh().sum(Kind::Float);
        let _ = x.matmul(&x);
        tch::get_num_threads()
    });
    assert_eq!(asked.join().unwrap(), 3);
}

#[test]
fn what_fails_says_what_libtorch_says_and_leaves_the_threads_as_they_were() {
    alone!();
    let ask = || {
        let [a, b] = [[2, 3], [4, 2]].map(|size| Tensor::ones(size, FLOAT));
        let sparse = Tensor::eye(2, FLOAT).to_sparse(None, None::<&[i64]>, None);
        let asked = [
            a.f_mm(&a),
            a.f_mm(&Tensor::ones([3], FLOAT)),
            a.f_bmm(&a),
            a.f_mv(&Tensor::ones([2], FLOAT)),
            a.f_mm(&Tensor::ones([3, 2], (Kind::Double, tch::Device::Cpu))),
            a.f_addmm(&a, &a),
            a.f_add(&b),
            a.f_sum_dim_intlist([7].as_slice(), false, None),
            a.f_softmax(5, None),
            a.f_layer_norm([5], None::<Tensor>, None::<Tensor>, 1e-5, false),
            sparse.f_mm(&a.transpose(0, 1)),
            Tensor::new().f_add(&a),
        ];
        // What follows says where in libtorch it was.
        asked.map(|made| made.unwrap_err().to_string().lines().next().unwrap().to_string())
    };
    tch::set_num_threads(2);
    let before = ask();
    small_operations::stay_on_one_thread();
    assert_eq!(ask(), before);
    assert!(before[0].contains("cannot be multiplied (2x3 and 2x3)"), "{before:?}");
    assert_eq!(tch::get_num_threads(), 2);
}

#[test]
fn numbers_of_all_kinds_and_shapes_are_those_of_libtorch() {
    alone!();
    tch::set_num_threads(2);
    let ask = || {
        let mut made = Vec::new();
        for kind in [Kind::Float, Kind::Double, Kind::BFloat16, Kind::Int64] {
            let x = Tensor::arange(12, FLOAT).view([3, 4]).to_kind(kind);
            let y = x.transpose(0, 1);
            let vector = x.get(0);
            made.extend([x.mm(&y), x.mv(&vector), vector.dot(&vector), &x + &vector, &x * 2, x.sum(kind)]);
            made.extend([x.get(0).get(1) + 1, Tensor::zeros([0, 4], (kind, tch::Device::Cpu)).mm(&y)]);
            made.extend([y.contiguous().g_add_(&y), x.max_dim(1, false).0, x.unsqueeze(0).bmm(&y.unsqueeze(0))]);
            if kind != Kind::Int64 {
                made.extend([x.tanh(), x.softmax(-1, None), x.mean_dim(1, false, None), x.gelu("none")]);
            }
        }
        let eye = Tensor::eye(4, FLOAT);
        let sparse = eye.to_sparse(None, None::<&[i64]>, None);
        made.extend([sparse.mm(&eye), (&sparse + &sparse).to_dense(None, false), sparse.sum(Kind::Float)]);
        // Where second gradients are asked for, and where none is.
        let x = Tensor::from_slice(&[0.5f32, -0.5]).set_requires_grad(true);
        let first = Tensor::run_backward(&[x.tanh().sum(Kind::Float)], &[&x], true, true);
        made.extend(Tensor::run_backward(&[first[0].sum(Kind::Float)], &[&x], false, false));
        made.push(tch::no_grad(|| x.sigmoid()));
        assert!(!made.last().unwrap().requires_grad());
        made
    };
    let before = ask();
    small_operations::stay_on_one_thread();
    assert_eq!(ask(), before);
}
