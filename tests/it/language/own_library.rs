//! A user's own `stdlib` folder: files that add to a module, and files that take the place of its own.

use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A folder with files of the library, by their places in it, and the script `s.rhai`.
fn folder(files: &[(&str, &str)], script: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (file, text) in files {
        let path = folder.path().join("stdlib").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::write(folder.path().join("s.rhai"), script).unwrap();
    folder
}

/// Exit code, stdout and stderr.
fn run(folder: &Path) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
    let output = command
        .current_dir(folder)
        .env_remove("IMDBSH_PATH")
        .args(["--threads", "1", "--no-check", "s.rhai"])
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

#[track_caller]
fn prints(files: &[(&str, &str)], script: &str, expected: &str) {
    let (code, out, err) = run(folder(files, script).path());
    assert_eq!((code, out.as_str()), (0, expected), "{err}");
}

/// A file of the embedded library with `line` put in front of its first line that holds `before`.
fn with_line(file: &str, before: &str, line: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib").join(file)).unwrap();
    let (head, rest) = text.split_once(before).unwrap_or_else(|| panic!("{file} has no `{before}`"));
    format!("{head}{line}\n        {before}{rest}")
}

/// Networks of one layer on 16 rows, two epochs.
const FIT: &str = r#"
let x = randn([16, 4]);
let set = dataset(x, (x.sum(1) > 0).to("int64"));
let net = linear(4, 2);
let t = train::start(net, sgd(net, #{ lr: 0.5 }), #{ train: set, test: set }, #{ epochs: 2, run: false, progress: false } + given());
t.run();
"#;

#[test]
fn a_metric_is_a_function_in_a_file_and_a_line_of_the_table() {
    let metric = "/// The share of rows that are predicted wrong.\nfn error_rate(scores, labels) { 1.0 - accuracy(scores, labels) }\n";
    let table =
        with_line("metrics.rhai", "[\"accuracy\",", "[\"error_rate\", |scores, labels| error_rate(scores, labels)],");
    let script = "fn given() { #{ metrics: [\"error_rate\"] } }".to_string()
        + FIT
        + "print(t.history.len() == 2 && t.history[1].test_error_rate == 1.0 - t.history[1].test_acc);";
    prints(&[("metrics/error_rate.rhai", metric), ("metrics.rhai", &table)], &script, "true\n");
}

#[test]
fn a_schedule_is_a_function_in_a_file_and_a_line_of_the_table() {
    let schedule = "/// One over the epoch.\nfn inverse() { |s| s.base_lr * share(s.epoch) }\nprivate fn share(epoch) { 1.0 / epoch }\n";
    let table = with_line("schedule.rhai", "[\"constant\",", "[\"inverse\", || inverse()],");
    let script = "fn given() { #{ schedule: schedule::named(\"inverse\") } }".to_string()
        + FIT
        + "print(t.history.column(\"lr\"));";
    let own = [("schedule/inverse.rhai", schedule), ("schedule.rhai", &table)];
    prints(&own, &script, "[0.5, 0.25]\n");
    // It is found without the line, too, but not by its name.
    let script = "print(schedule::inverse().call(#{ base_lr: 1.0, epoch: 4 })); schedule::named(\"inverse\")";
    let (code, out, err) = run(folder(&own[..1], script).path());
    assert_eq!((code, out.as_str()), (1, "0.25\n"), "{err}");
    assert!(err.contains("unknown schedule `inverse` (known: constant,"), "{err}");
}

#[test]
fn a_cleaning_is_a_line_of_the_table() {
    let table =
        with_line("cleaning.rhai", "[\"lab\",", "[\"loud\", |texts| texts.replace(\"[a-z]+\", \"x\").split()],");
    let script = "print(imdb::clean(texts([\"so GOOD\"]), \"loud\")[0]);";
    prints(&[("cleaning.rhai", &table)], script, "[\"x\", \"GOOD\"]\n");
}

#[test]
fn a_listener_is_a_function_in_a_file() {
    let gap = "fn gap() { #{ name: \"gap\", on_epoch: |t, row| #{ gap: difference(row) } } }\n\
               private fn difference(row) { row.train_acc - row.test_acc }\n";
    let script = "fn given() { #{ callbacks: [train::gap()] } }".to_string()
        + FIT
        + "print(t.history.column(\"gap\") == t.history.to_array().map(|row| row.train_acc - row.test_acc));";
    prints(&[("train/gap.rhai", gap)], &script, "true\n");
}

#[test]
fn a_file_of_a_modules_folder_takes_the_place_of_the_embedded_one() {
    let rows = with_line("train/rows.rhai", "let text = `epoch ", "return `my own line`;");
    let script = "fn given() { #{ progress: true } }".to_string() + FIT;
    let (code, _, err) = run(folder(&[("train/rows.rhai", &rows)], &script).path());
    let said = "with stdlib/train/rows.rhai of your own in the standard library\n";
    assert_eq!((code, err.as_str()), (0, format!("{said}my own line\nmy own line\n").as_str()));
}

#[test]
fn errors_name_the_file_of_a_module_in_which_they_stand() {
    let own = [
        ("schedule/mine.rhai", "\n\nfn mine() {\n    helper(1)\n}\n"),
        ("schedule/other.rhai", "private fn helper(x) { throw `no ${x}` }"),
    ];
    let (code, _, err) = run(folder(&own, "schedule::mine()").path());
    assert_eq!(code, 1);
    for part in [
        "error: no 1",
        "--> stdlib/schedule/other.rhai:1:",
        "helper() called from stdlib/schedule/mine.rhai:4:5",
        "mine() called from s.rhai:1:",
    ] {
        assert!(err.contains(part), "no `{part}` in\n{err}");
    }
    // A closure of an embedded file.
    let (_, _, err) = run(folder(&[], "schedule::on_plateau().call(#{ base_lr: 1.0, history: [#{}] })").path());
    for part in [
        "--> stdlib/schedule/history.rhai:",
        "column() called from stdlib/schedule/on_plateau.rhai:",
        "closure called from s.rhai:1:",
    ] {
        assert!(err.contains(part), "no `{part}` in\n{err}");
    }
    let (_, _, err) = run(folder(&[("schedule/mine.rhai", "fn mine( {}")], "1").path());
    assert!(err.contains("stdlib module stdlib/schedule/mine.rhai: "), "{err}");
}

/// The page as it was before trainings had listeners: copies of it lie beside scripts, and go on to work.
#[test]
fn a_copy_of_the_old_loop_trains_the_same() {
    let old = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/train_before_listeners.rhai"))
        .unwrap();
    let script = "fn given() { #{ clip: 0.5, schedule: schedule::cosine(), progress: true } }".to_string()
        + FIT
        + "print([t.history.column(\"train_loss\"), t.history.column(\"test_loss\"), net.parameters().map(|p| p.to_array())]);";
    let (new, own) = (run(folder(&[], &script).path()), run(folder(&[("train.rhai", &old)], &script).path()));
    assert_eq!((new.0, own.0), (0, 0), "{}{}", new.2, own.2);
    assert_eq!(new.1, own.1);
    assert!(own.2.contains("epoch 2/2  lr "), "{}", own.2);
}
