//! `imdbsh replay`: a run once more, and whether it comes to the same bits.

use crate::common::runs::Place;
use std::fs;

/// Exit code, stdout and stderr.
fn replayed(place: &Place, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = place.command(&[&["replay"], arguments].concat()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Puts something else into a file.
fn change(place: &Place, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(place.path(file)).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(place.path(file), text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_run_comes_to_the_same_again_and_with_another_digit_to_something_else() {
    let place = Place::new();
    place.run(&["--run-dir", "run", "s.rhai", "epochs=2", "lr=0.02"]);
    // What the script's file has become since does not matter.
    change(&place, "s.rhai", "seed: 3", "seed: 4");
    let (code, out, err) = replayed(&place, &["run"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("run again, in ") && out.contains("run-replay\n"), "{out}");
    assert!(out.contains("rows: equal to the bit (2 epochs)") && out.contains("weights: equal to the bit ("), "{out}");
    assert_eq!(place.outcome("run"), place.outcome("run-replay"));

    change(&place, "run/script.rhai", "clip: 1.0", "clip: 0.1");
    let (code, out, err) = replayed(&place, &["run"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(err.contains("did not come to the same again"), "{err}");
    assert!(
        out.contains("run-replay-2") && out.contains("rows: differ first in epoch 1, column train_loss: 0."),
        "{out}"
    );
    assert!(out.contains("weights: differ first in ") && out.contains(", and now "), "{out}");
}

#[test]
fn each_run_of_a_program_is_compared_with_its_own() {
    let place = Place::new();
    let script = "for i in 1..3 { let net = linear(2, 2); let x = randn([8, 2]); let set = dataset(x, arange(8) % 2);
        train::fit(net, sgd(net, #{ lr: 0.1 * i }), #{ train: set }, #{ epochs: i, progress: false }); }";
    fs::write(place.path("t.rhai"), script).unwrap();
    place.run(&["--run-dir", "run", "t.rhai"]);
    let (code, out, err) = replayed(&place, &["run-2", "--run-dir", "again"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("again-2") && out.contains("(2 epochs)"), "{out}");
}

#[test]
fn what_cannot_be_run_again_is_said() {
    let place = Place::new();
    fs::create_dir(place.path("empty")).unwrap();
    let (code, _, err) = replayed(&place, &["empty"]);
    assert!(code == Some(2) && err.contains("empty is no run folder"), "{err}");
    place.run(&["--run-dir", "run", "s.rhai", "epochs=1"]);
    fs::write(place.path("run/script.rhai"), "options(#{ epochs: 1 }); throw \"no\";").unwrap();
    let (code, _, err) = replayed(&place, &["run"]);
    assert!(code == Some(1) && err.contains("no"), "{err}");
    fs::write(place.path("run/script.rhai"), "options(#{ epochs: 1, lr: 1.0, seed: 1, wait: 0.0, abort: 0 });")
        .unwrap();
    let (code, _, err) = replayed(&place, &["run"]);
    assert!(code == Some(1) && err.contains("the script has made 0 runs"), "{err}");
    fs::remove_file(place.path("run/script.rhai")).unwrap();
    let (code, _, err) = replayed(&place, &["run"]);
    assert!(code == Some(2) && err.contains("script.rhai"), "{err}");
}
