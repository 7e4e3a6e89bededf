use super::super::commands::{TABLE, listed};
use super::{options::options_of, *};
use crate::script::{Session, Setup, docs::Doc};
use std::rc::Rc;

/// What is known after these lines were typed.
fn known(lines: &[&str]) -> Known {
    let mut session = Session::new(Setup::named("test")).unwrap();
    let mut workspace = session.workspace();
    for line in lines {
        let _ = workspace.input(line).unwrap();
    }
    Known::of(&workspace, &Rc::new(Library::of(&workspace)), listed(TABLE, &[]))
}

/// The candidates at the end of `line`.
fn at_end(known: &Known, line: &str) -> Vec<String> {
    complete(known, line, line.len()).1.into_iter().map(|c| c.text).collect()
}

fn has(known: &Known, line: &str, wanted: &[&str], unwanted: &[&str]) {
    let found = at_end(known, line);
    for name in wanted {
        assert!(found.iter().any(|f| f == name), "{line}: `{name}` is not in {found:?}");
    }
    for name in unwanted {
        assert!(!found.iter().any(|f| f == name), "{line}: `{name}` is in {found:?}");
    }
}

#[test]
fn what_can_stand_at_the_cursor_is_offered() {
    let k = known(&[
        "let weights = ones([2, 3]); let o = #{ lr: 0.1, inner: #{ depth: 1 } }; let net = linear(2, 1); let words = [1]",
        "fn wider(x) { x }",
        "let held = 1; let f = || held; held = ones([1]);",
    ]);
    has(&k, "wei", &["weights"], &["ones("]);
    has(&k, "wid", &["wider("], &[]);
    has(&k, "lin", &["linear(", "linspace("], &[]);
    has(&k, "whi", &["while"], &[]);
    has(&k, "sched", &["schedule::"], &[]);
    has(&k, "1 + schedule::c", &["cosine(", "constant("], &["step("]);
    has(&k, "weights.mat", &["matmul("], &["map("]);
    has(&k, "weights.sh", &["shape"], &["shape("]);
    has(&k, "weights.", &["matmul(", "shape", "sum("], &["push(", "forward("]);
    has(&k, "held.", &["matmul("], &["push("]);
    has(&k, "net.", &["forward(", "parameters("], &["matmul("]);
    has(&k, "words.", &["push(", "len("], &["matmul("]);
    has(&k, "o.", &["lr", "inner", "keys("], &["matmul(", "network("]);
    has(&k, "o.inner.", &["depth"], &["lr"]);
    has(&k, "weights.sum().ba", &["backward("], &[]);
    has(&k, "zeros([2]).ma", &["matmul("], &["map("]);
    has(&k, "weights[0].ma", &["matmul("], &["map("]);
    has(&k, "\"text\".to_", &["to_upper("], &[]);
    has(&k, "f(weights, o.l", &["lr"], &[]);
    has(&k, "let we", &[], &["weights"]);
    has(&k, "// wei", &[], &["weights"]);
    has(&k, ":q", &[":quit"], &[]);
    has(&k, ":h", &[":help"], &[":quit"]);
    has(&k, "?schedule::co", &["schedule::cosine"], &[]);
    has(&k, ":time wei", &["weights"], &[]);
}

#[test]
fn options_are_offered_in_the_map_of_a_call() {
    let k = known(&[
        "let net = linear(2, 1)",
        "fn mine(given) { let o = with_defaults(#{ deep: 1, wide: 2 }, given, \"mine\"); o }",
    ]);
    has(&k, "adam(net, #{ l", &["lr: "], &["linear("]);
    has(&k, "adam(net, #{ lr: 1e-3, ", &["betas: ", "eps: ", "weight_decay: ", "amsgrad: "], &["lr: "]);
    has(
        &k,
        "train::fit(net, adam(net), data, #{\n    epochs: 3,\n    s",
        &["schedule: ", "shuffle: ", "stop: "],
        &["epochs: "],
    );
    has(&k, "train::fit(net, adam(net), data, #{ ", &["batch: "], &["step: ", "base_lr: "]);
    has(&k, "adam(net, #{ ", &[], &["momentum: "]);
    has(&k, "mine(#{ ", &["deep: ", "wide: "], &[]);
    has(&k, "adam(net, #{ lr: l", &["linear("], &["lr: "]);
    has(&k, "#{ l", &["linear("], &["lr: "]);
}

/// Each function with options, all of which are known.
#[test]
fn the_options_of_every_function_are_found() {
    let k = known(&[]);
    let docs: Vec<&Doc> = k.docs().collect();
    let expected: &[(&str, &[&str])] = &[
        ("sgd", &["lr", "momentum", "dampening", "weight_decay", "nesterov"]),
        ("adam", &["lr", "betas", "eps", "weight_decay", "amsgrad"]),
        ("adamw", &["lr", "betas", "eps", "weight_decay", "amsgrad"]),
        ("rmsprop", &["lr", "alpha", "eps", "momentum", "centered"]),
        ("bilstm", &["readout"]),
        ("plot", &["file", "title", "y", "x", "names", "x_label", "y_label", "log_x", "log_y"]),
        ("batches", &["size", "shuffle", "bucket", "drop_last", "epoch"]),
        ("zeros", &["kind", "device", "requires_grad"]),
        (
            "train::fit",
            &["epochs", "batch", "loss", "penalty", "schedule", "clip", "stop", "metrics", "run", "progress"],
        ),
        ("train::evaluate", &["batch", "loss", "metrics"]),
        ("imdb::load", &["data", "train", "test", "classes", "vectors", "max_len"]),
    ];
    for (function, names) in expected {
        let found = options_of(&docs, function, &k.texts_of(function));
        for name in *names {
            assert!(found.iter().any(|f| f == name), "{function}: `{name}` is not in {found:?}");
        }
    }
}

#[test]
fn texts_that_a_function_takes_are_offered() {
    let k = known(&["let h = history(); h.push(#{ epoch: 1, test_loss: 0.5, mine: 1 });"]);
    has(&k, "lstm(1, 2, #{ readout: \"", &["max\"", "mean\"", "last\"", "all\""], &["layers\""]);
    has(&k, "bilstm(1, 2, #{ layers: 2, readout: \"m", &["max\"", "mean\""], &["last\""]);
    has(&k, "schedule::named(\"", &["cosine\"", "on_plateau\"", "halve_every:"], &["halve_every:N\""]);
    has(&k, "metrics::named(\"f", &["f1\""], &[]);
    has(&k, "train::fit(net, o, d, #{ metrics: [\"f1\", \"a", &["auc\""], &["f1\""]);
    has(&k, "plot([h], #{ y: \"te", &["test_loss\""], &["train_loss\""]);
    has(&k, "plot([h], #{ file: \"a.png\", y: [\"epoch\", \"m", &["mine\""], &[]);
    has(&k, "h.column(\"", &["epoch\"", "mine\""], &[]);
    has(&k, "train::fit(net, o, d, #{ on_nan: \"re", &["restore\""], &[]);
    let line = "lstm(1, 2, #{ readout: \"m\" })";
    let found = complete(&k, line, line.find("\" })").unwrap()).1;
    assert!(found.iter().any(|c| c.text == "max"), "the quote is there: {found:?}");
    has(&known(&[]), "plot(t, #{ y: \"te", &["test_loss\"", "test_acc\""], &[]);
}

#[test]
fn methods_of_scripts_and_elements_of_arrays_are_known() {
    let k = known(&[
        "fn Tensor.doubled() { this * 2 } fn int.next() { this + 1 }",
        "let rows = [#{ lr: 0.1, deep: [#{ inner: 1 }] }]; let nets = [linear(2, 1)]; let x = ones([2]); let n = 1;",
        "let net = linear(2, 2); let t = train::start(net, adam(net), #{ train: dataset(randn([4, 2]), arange(4) % 2) }, #{ run: false, progress: false });",
        "let h = history(); h.push(#{ epoch: 1 });",
    ]);
    has(&k, "t.", &["run(", "finish(", "history"], &["matmul("]);
    has(&k, "t.ru", &["run("], &[]);
    has(&k, "x.dou", &["doubled("], &[]);
    has(&k, "n.ne", &["next("], &["doubled("]);
    has(&k, "rows[0].", &["lr", "deep"], &["push("]);
    has(&k, "rows[-1].deep[0].", &["inner"], &["lr"]);
    has(&k, "nets[0].", &["forward("], &["push("]);
    has(&k, "h[-1].", &["epoch"], &[]);
}

#[test]
fn what_is_put_into_a_text_is_escaped() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a\"b\\c.txt"), "").unwrap();
    std::fs::write(folder.path().join("t`${x}.txt"), "").unwrap();
    let k = known(&[]);
    let path = folder.path().display();
    has(&k, &format!("read_text(\"{path}/a"), &[&format!("{path}/a\\\"b\\\\c.txt")], &[]);
    has(&k, &format!("read_text(\"{path}/a\\\""), &[&format!("{path}/a\\\"b\\\\c.txt")], &[]);
    has(&k, &format!("read_text(`{path}/t"), &[&format!("{path}/t``${{\"${{\"}}x}}.txt")], &[]);
}

#[test]
fn files_are_offered_in_strings_and_behind_commands() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("first.rhai"), "").unwrap();
    std::fs::create_dir(folder.path().join("firs_folder")).unwrap();
    let k = known(&[]);
    let path = folder.path().display();
    has(&k, &format!("read_text(\"{path}/fi"), &[&format!("{path}/first.rhai"), &format!("{path}/firs_folder/")], &[]);
    has(&k, &format!(":load {path}/first"), &[&format!("{path}/first.rhai")], &[&format!("{path}/firs_folder/")]);
}
