//! What must hold of data sets and their batches.

use imdbsh::ml::batch::*;
use imdbsh::ml::data::*;
use imdbsh::ml::{device, random};
use proptest::prelude::*;
use std::rc::Rc;
use tch::{Device, Kind, Tensor};

/// Rows of the given lengths, of words `a`.
fn words(lengths: &[usize], options: WordOptions) -> Rc<Dataset> {
    let texts = Texts::new(lengths.iter().map(|n| vec!["a"; *n].join(" ")));
    let tokens = Tokens::split(&texts, Split::WhiteSpace).unwrap();
    let vocabulary = Vocabulary::new(&tokens, VocabularyOptions::default()).unwrap();
    let labels = Tensor::from_slice(&(0..lengths.len()).map(|i| i as i64 % 2).collect::<Vec<_>>());
    Rc::new(Dataset::words(vocabulary.encode(&tokens, 6).unwrap(), &labels, options).unwrap())
}

fn tensors(n: i64) -> Rc<Dataset> {
    let x = Tensor::arange(2 * n, (Kind::Float, Device::Cpu)).reshape([n, 2]);
    Rc::new(Dataset::tensors(&x, &Tensor::arange(n, (Kind::Int64, Device::Cpu))).unwrap())
}

fn order(data: &Rc<Dataset>, options: BatchOptions) -> Vec<Vec<i64>> {
    data.batches(options).unwrap().map(|b| b.unwrap().rows).collect()
}

fn ids(batch: &Batch) -> Vec<i64> {
    let Inputs::Words(words) = &batch.inputs else { panic!("words") };
    Vec::try_from(words.ids.reshape(-1)).unwrap()
}

proptest! {
    // The default keeps failures beside src/lib.rs, which a test here does not find.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_row_comes_exactly_once_in_whatever_way_it_is_drawn(
        lengths in prop::collection::vec(1usize..9, 1..200), size in 1usize..20, seed in 0i64..5, epoch in 0i64..5,
        shuffle: bool, bucket: bool, drop_last: bool,
    ) {
        random::manual_seed(seed);
        let data = words(&lengths, WordOptions::default());
        prop_assume!(!drop_last || size <= data.len());
        let options = BatchOptions { size, epoch: Some(epoch), shuffle, drop_last, bucket };
        let batches = order(&data, options);
        prop_assert_eq!(batches.len(), data.steps(size, drop_last).unwrap());
        prop_assert_eq!(batches.len(), data.batches(options).unwrap().len());
        prop_assert!(batches.iter().all(|b| b.len() <= size && !b.is_empty()));
        prop_assert!(!drop_last || batches.iter().all(|b| b.len() == size));
        let mut rows = batches.concat();
        rows.sort();
        let count = rows.len();
        rows.dedup();
        prop_assert_eq!(rows.len(), count);
        prop_assert_eq!(count, if drop_last { data.len() / size * size } else { data.len() });
        prop_assert_eq!(&batches, &order(&data, options));
    }
}

#[test]
fn the_same_seed_draws_the_same_order_and_another_epoch_or_seed_another() {
    let data = words(&[1, 2, 3, 4, 5, 6].repeat(30), WordOptions::default());
    for bucket in [false, true] {
        let draw = |seed, epoch| {
            random::manual_seed(seed);
            order(&data, BatchOptions { size: 4, epoch: Some(epoch), shuffle: true, bucket, ..BatchOptions::default() })
        };
        let first = draw(1, 1);
        let _ = random::draw(random::Purpose::Script, || Tensor::rand([9], (Kind::Float, Device::Cpu)));
        assert_eq!(first, draw(1, 1));
        assert_ne!(first, draw(1, 2));
        assert_ne!(first, draw(2, 1));
    }
}

#[test]
fn buckets_save_padding() {
    let lengths: Vec<usize> = (0..300).map(|i| 1 + i * 7 % 6).collect();
    let data = words(&lengths, WordOptions::default());
    let positions = |bucket| {
        let options = BatchOptions { size: 8, epoch: Some(1), shuffle: true, bucket, ..BatchOptions::default() };
        data.batches(options).unwrap().map(|b| b.unwrap().shape().iter().product::<i64>()).sum::<i64>()
    };
    let real: i64 = data.lengths().unwrap().iter().sum();
    assert!(positions(true) < real * 115 / 100, "{} for {real} words", positions(true));
    assert!(positions(false) > real * 150 / 100);
}

#[test]
fn padding_is_where_it_was_asked_for() {
    // Index 1 is <pad>, index 2 the word.
    for (pad, to_limit, shape, expected) in [
        (Pad::Front, false, [2, 3], vec![1, 1, 2, 2, 2, 2]),
        (Pad::Back, false, [2, 3], vec![2, 1, 1, 2, 2, 2]),
        (Pad::Front, true, [2, 6], vec![1, 1, 1, 1, 1, 2, 1, 1, 1, 2, 2, 2]),
        (Pad::Back, true, [2, 6], vec![2, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1]),
    ] {
        for device in device::all() {
            device::set_current(device);
            let batch = words(&[1, 3, 5], WordOptions { pad, to_limit, vectors: None }).batch(&[0, 1], None).unwrap();
            assert_eq!((batch.shape(), ids(&batch)), (shape.to_vec(), expected.clone()));
            let Inputs::Words(w) = &batch.inputs else { panic!("words") };
            assert_eq!(Vec::<i64>::try_from(&w.lengths).unwrap(), [1, 3]);
            assert_eq!((w.ids.device(), w.lengths.device(), batch.labels.device()), (device, Device::Cpu, device));
        }
        device::set_current(Device::Cpu);
    }
}

#[test]
fn skipping_resumes_in_the_middle_of_an_epoch() {
    random::manual_seed(1);
    let options = BatchOptions { size: 3, epoch: Some(4), shuffle: true, ..BatchOptions::default() };
    let data = tensors(20);
    let rest: Vec<_> = data.batches(options).unwrap().skip(5).map(|b| b.unwrap().rows).collect();
    assert_eq!(rest, order(&data, options)[5..]);
    assert_eq!((random::state().epoch, random::state().step), (4, 6));
}

#[test]
fn without_an_epoch_randomness_stays_as_it_stands() {
    random::manual_seed(1);
    random::begin_step(3, 7);
    let before = random::state();
    order(&tensors(20), BatchOptions { size: 3, ..BatchOptions::default() });
    assert_eq!(random::state(), before);
}

#[test]
fn batches_of_tensors_keep_rows_and_labels_together() {
    random::manual_seed(1);
    let options = BatchOptions { size: 3, epoch: Some(1), shuffle: true, ..BatchOptions::default() };
    for batch in tensors(10).batches(options).unwrap() {
        let batch = batch.unwrap();
        let Inputs::Tensor(x) = &batch.inputs else { panic!("tensor") };
        assert_eq!(Vec::<i64>::try_from(&batch.labels).unwrap(), batch.rows);
        let expected: Vec<f64> = batch.rows.iter().flat_map(|r| [2.0 * *r as f64, 2.0 * *r as f64 + 1.0]).collect();
        assert_eq!(Vec::<f64>::try_from(x.reshape(-1).to_kind(Kind::Double)).unwrap(), expected);
    }
}

#[test]
fn a_split_keeps_the_classes_apart_alike_and_loses_no_row() {
    random::manual_seed(1);
    let data = words(&[1; 40], WordOptions::default());
    let (a, b) = data.split(0.25).unwrap();
    assert_eq!((a.len(), b.len()), (30, 10));
    assert_eq!(b.labels().sum(Kind::Int64).int64_value(&[]), 5);
    let rows = Dataset::tensors(
        &Tensor::arange(9, (Kind::Float, Device::Cpu)),
        &Tensor::zeros([9, 1], (Kind::Float, Device::Cpu)),
    );
    let (a, b) = rows.unwrap().split(1.0 / 3.0).unwrap();
    assert_eq!((a.len(), b.len()), (6, 3));
    assert!(data.split(0.0).unwrap_err().message.starts_with("split(0): 40 of 40 rows"));
}

#[test]
fn a_subset_is_the_rows_that_were_asked_for() {
    let data = words(&[1, 2, 3, 4], WordOptions::default());
    let part = data.subset(&[3, 0]).unwrap();
    assert_eq!(part.lengths().unwrap(), [4, 1]);
    assert_eq!(Vec::<i64>::try_from(part.labels()).unwrap(), [1, 0]);
    assert_eq!(data.slice(1..3).unwrap().lengths().unwrap(), [2, 3]);
    assert_eq!(data.subset(&[4]).unwrap_err().message, "there is no row 4 (rows are 0 to 3)");
    assert!(data.subset(&[]).is_err() && data.slice(2..5).is_err() && data.slice(2..2).is_err());
}

#[test]
fn fingerprints_tell_data_sets_apart() {
    let of =
        |lengths: &[usize], pad| words(lengths, WordOptions { pad, ..WordOptions::default() }).fingerprint().unwrap();
    assert_eq!(of(&[1, 2], Pad::Back), of(&[1, 2], Pad::Back));
    assert_ne!(of(&[1, 2], Pad::Back), of(&[1, 2], Pad::Front));
    assert_ne!(of(&[1, 2], Pad::Back), of(&[2, 1], Pad::Back));
    assert_ne!(tensors(3).fingerprint().unwrap(), tensors(4).fingerprint().unwrap());
    // Written into runs, so it must stay the same from version to version.
    assert_eq!(of(&[1, 2], Pad::Back), "0f1bc2bfff8500a2");
}

#[test]
fn rows_of_a_tensor_are_all_of_one_length_and_keep_their_order_in_buckets() {
    let data = tensors(10);
    for shuffle in [false, true] {
        let options = BatchOptions { size: 4, epoch: Some(1), shuffle, ..BatchOptions::default() };
        assert_eq!(order(&data, BatchOptions { bucket: true, ..options }), order(&data, options));
    }
}

#[test]
fn what_cannot_be_a_data_set_or_batches_is_an_error_that_says_why() {
    let (cpu, data) = ((Kind::Float, Device::Cpu), tensors(10));
    let message = |options| data.batches(options).unwrap_err().message;
    let options = BatchOptions::default();
    assert_eq!(message(BatchOptions { size: 0, ..options }), "batches: size must be at least 1");
    assert!(
        message(BatchOptions { drop_last: true, ..options }).starts_with("batches: 10 rows do not fill a batch of 64")
    );
    assert!(message(BatchOptions { shuffle: true, ..options }).starts_with("batches: shuffle needs the epoch"));
    let made =
        |x: &[i64], y: &[i64]| Dataset::tensors(&Tensor::zeros(x, cpu), &Tensor::zeros(y, cpu)).unwrap_err().message;
    assert_eq!(made(&[3, 2], &[4]), "dataset: 3 rows need as many labels, [3] or [3, …]; got [4] float32");
    assert_eq!(made(&[0, 2], &[0]), "dataset: there are no rows");
    assert_eq!(made(&[], &[1]), "dataset: the rows are the first dimension of x, but x is [] float32");
    let encoded = words(&[1, 2], WordOptions::default()).encoded().unwrap().clone();
    let vectors = Some(Rc::new(Tensor::zeros([5, 4], cpu)));
    let e = Dataset::words(encoded, &Tensor::zeros([2], cpu), WordOptions { vectors, ..WordOptions::default() });
    assert_eq!(
        e.unwrap_err().message,
        "dataset: the vectors of a vocabulary of 3 words must be [3, dimensions], got [5, 4] float32"
    );
}
