//! Killed at random moments and resumed, every kind of training ends with the rows and the bits of one that was left alone. Each keeps
//! a checkpoint at every step, so that kills fall into the writing of them, too.
#![cfg(unix)]

use crate::common::runs::Place;
use std::fs;
use std::path::Path;

/// Twenty-four rows to learn from, of six positions with four features.
const POINTS: &str = r#"
let x = randn([36, 6, 4]);
let y = (x.sum([1, 2]) > 0).to("int64");
let data = #{ train: dataset(x[0..24], y[0..24]), test: dataset(x[24..36], y[24..36]) };
"#;

/// Reviews of different lengths.
const REVIEWS: &str = r#"
let data = imdb::load(#{ train: 24, test: 12, max_len: 30 });
"#;

const LSTM: &str = r#"sequential([lstm(4, 5, #{ readout: "max" }), dropout(0.3), linear(5, 2)])"#;

#[track_caller]
fn check(data: &str, net: &str, optimizer: &str, options: &str) {
    check_in(&Place::new(), data, net, optimizer, options);
}

/// Three epochs of three steps.
#[track_caller]
fn check_in(place: &Place, data: &str, net: &str, optimizer: &str, options: &str) {
    let script = format!(
        "manual_seed(3);\n{data}\nlet net = {net};\n\
         let o = #{{ epochs: 3, batch: 8, checkpoint_minutes: 0 }} + #{{ {options} }};\n\
         train::fit(net, {optimizer}, data, o);\n"
    );
    fs::write(place.path("s.rhai"), &script).unwrap();
    place.run(&["--run-dir", "whole", "s.rhai"]);
    let seed = u64::from(crc32fast::hash(script.as_bytes()));
    let resumed = place.killed_until_done("run", seed);
    assert!(resumed > 0, "it was never killed in the middle");
    let (run, whole) = (place.outcome("run"), place.outcome("whole"));
    assert!(run == whole, "resumed {resumed} times\n{}\nwithout a break\n{}\n{script}", run.0, whole.0);
}

#[test]
fn an_lstm_with_dropout_and_a_penalty() {
    check(POINTS, LSTM, "adam(net, #{ lr: 0.01 })", "penalty: penalty::l2(1e-3), clip: 1.0");
}

#[test]
fn a_bilstm_on_buckets_of_reviews() {
    let net = "sequential([bilstm(data.width, 4, #{ readout: \"last\" }), dropout(0.2), linear(8, 2)])";
    check(REVIEWS, net, "sgd(net, #{ lr: 0.1, momentum: 0.9 })", "bucket: true");
}

#[test]
fn an_lstm_written_by_hand() {
    let net = "sequential([handwritten::lstm(4, 5), handwritten::head(5, 2)])";
    check(POINTS, net, "rmsprop(net, #{ lr: 0.01 })", "clip_value: 0.1, metrics: [\"f1\"]");
}

#[test]
fn a_bert() {
    let place = Place::new();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny_bert");
    fs::create_dir(place.path("tiny_bert")).unwrap();
    for file in fs::read_dir(model).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), place.path("tiny_bert").join(file.file_name())).unwrap();
    }
    let data = "let data = bert::load(#{ model: \"tiny_bert\", train: 24, test: 12, max_len: 16 });";
    let net =
        "sequential([[\"bert\", bert(data.encoder, #{ readout: \"cls\" })], [\"classifier\", linear(data.width, 2)]])";
    check_in(&place, data, net, "adamw(bert::groups(net, #{ lr: 1e-3, decay: 0.9 }))", "bucket: true");
}

#[test]
fn batches_in_parts_the_last_one_left_out() {
    check(POINTS, LSTM, "adamw(net, #{ lr: 0.01 })", "accumulate: 3, batch: 7, drop_last: true");
}

#[test]
fn a_training_that_stops_early() {
    let options = "epochs: 12, stop: early_stopping::patience(1, \"train_loss\"), penalty: penalty::l1(0.5)";
    check(POINTS, LSTM, "sgd(net, #{ lr: 1.5 })", options);
}

#[test]
fn a_training_that_goes_back_after_a_loss_that_is_no_number() {
    // The rate is far too high, until it has been halved three times.
    let loss = "|y, t| { sleep(0.03); let l = cross_entropy(y, t); if l.item() > 1.0 { l / 0.0 } else { l } }";
    let options = format!("on_nan: \"restore\", checkpoint_minutes: 10, loss: {loss}");
    let net = "sequential([lstm(4, 5, #{ readout: \"max\" }), linear(5, 2)])";
    check(POINTS, net, "sgd(net, #{ lr: 8 })", &options);
}

#[test]
fn an_optimizer_that_keeps_numbers() {
    check(POINTS, LSTM, "nadam(net, #{ lr: 0.01 })", "bucket: false");
}

#[test]
fn a_second_pass_in_each_step() {
    check(POINTS, LSTM, "sam(adam(net, #{ lr: 0.01 }), #{ rho: 0.1 })", "clip: 1.0, accumulate: 2");
}

#[test]
fn steps_that_evaluate_the_loss_again_and_again() {
    let net = "sequential([lstm(4, 5, #{ readout: \"max\" }), linear(5, 2)])";
    check(POINTS, net, "lbfgs(net, #{ max_iter: 4, history_size: 3, line_search_fn: \"strong_wolfe\" })", "batch: 8");
}

#[test]
fn an_optimizer_written_in_the_script() {
    let rule = "|p, grad, state| { sleep(0.002); state.mean = state.mean * state.beta + grad; state.seen += 1; \
                p.sub_(state.mean * state.lr) }";
    let groups = "[#{ params: net[0] }, #{ params: net[2], lr: 0.05, beta: 0.5 }]";
    let own = format!("optimizer({groups}, #{{ lr: 0.1, beta: 0.9, mean: |p| zeros_like(p), seen: 0, step: {rule} }})");
    check(POINTS, LSTM, &own, "schedule: schedule::step(1, 0.5)");
}

#[test]
fn an_exponential_average_of_the_weights() {
    check(POINTS, LSTM, "adam(net, #{ lr: 0.05 })", "average: #{ decay: 0.8 }, restore_best: true");
}

#[test]
fn a_mean_of_the_weights_of_epochs() {
    check(POINTS, LSTM, "sgd(net, #{ lr: 0.5 })", "average: #{ start: 2 }");
}

macro_rules! schedules {
    ($($name:ident: $schedule:expr;)*) => {$(
        #[test]
        fn $name() {
            check(POINTS, LSTM, "adam(net, #{ lr: 0.02 })", concat!("schedule: schedule::", $schedule));
        }
    )*};
}

schedules! {
    schedule_constant: "constant()";
    schedule_step: "step(1, 0.5)";
    schedule_halve_every: "halve_every(2)";
    schedule_exponential: "exponential(0.9)";
    schedule_polynomial: "polynomial(2)";
    schedule_cosine: "cosine(0.001)";
    schedule_warmup: "warmup(1.0, schedule::cosine())";
    schedule_one_cycle: "one_cycle()";
    schedule_on_plateau: "on_plateau(#{ patience: 0, metric: \"train_loss\" }), epochs: 5";
    schedule_on_oscillation: "on_oscillation(#{ metric: \"train_loss\" }), epochs: 5";
}
